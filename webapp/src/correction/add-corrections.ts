/** Corrections from a file join those of the session. */

import { t } from '../i18n/i18n';
import { MAX_MS, MAX_SUBJECTS } from '../session/limits';
import { FileFault } from '../session/place';
import { sameLabels, type Content, type Session, type Subject } from '../session/session';

/**
 * Adds the corrections to the session's. A voice's go to the session's voice. A person's go to the person of the same
 * given name, else to a person of their own: who is who in the camera the visitor alone can say, by joining them.
 *
 * @param now milliseconds since 1970; the session's zero where it has none
 * @returns how many were added
 * @throws FileFault where there is no room for the people; then nothing was added
 */
export function addCorrections(session: Session, content: Content, file: string, now: number): number {
  const { zero } = content;
  if (zero === null) return 0;
  const known = new Map(content.subjects.map((subject) => [subject.id, find(session, subject)]));
  const fresh = [...known.values()].filter((subject) => subject === undefined).length;
  if (session.subjects.length + fresh > MAX_SUBJECTS) throw new FileFault(t('correction.noRoom', { file }), t('correction.noRoom.remedy'));
  session.at(now);
  const shift = zero.time - session.zero!.time;
  const ids = new Map(content.subjects.map((subject) => [subject.id, known.get(subject.id)?.id ?? add(session, subject)]));
  for (const correction of content.corrections) {
    // What was said before this session began is put to its zero: times are not negative.
    const ms = Math.min(MAX_MS, Math.max(0, correction.ms + shift));
    session.addCorrection({ ...correction, ms, subject: ids.get(correction.subject)! });
  }
  return content.corrections.length;
}

function find(session: Session, { kind, name, series }: Subject): Subject | undefined {
  return session.subjects.find(
    (one) => one.kind === kind && sameLabels(one.series.labels, series.labels) && (kind !== 'person' || (name !== '' && one.name === name)),
  );
}

function add(session: Session, { kind, name, series }: Subject): string {
  const subject = session.addSubject(kind, series.labels)!;
  session.rename(subject.id, name);
  return subject.id;
}
