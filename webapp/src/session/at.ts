/** What was read at one moment. */

import { t } from '../i18n/i18n';
import { percent } from '../ui/format';
import { labelName, subjectName } from './names';
import type { Session, Subject } from './session';
import { standingAt } from './summary';
import { clock } from './time';

export interface Reading {
  readonly subject: Subject;
  readonly label: string;
  readonly share: number;
  /** Mean years; null where no age was read. */
  readonly years: number | null;
}

/** The readings that stand at `ms`, in the order of the subjects. */
export function readingsAt(session: Session, ms: number): Reading[] {
  return session.subjects.flatMap((subject) => {
    const index = standingAt(subject.series, ms);
    if (index < 0) return [];
    const { label, probabilities, age } = subject.series.sample(index);
    return [{ subject, label: subject.series.labels[label]!, share: probabilities[label]!, years: age?.years ?? null }];
  });
}

/** "1:05: Person 1 Happy 87 %, Voice Calm 60 %". */
export function spoken(session: Session, ms: number): string {
  const readings = readingsAt(session, ms).map(({ subject, label, share }) =>
    t('timeline.reading', { name: subjectName(subject), label: labelName(label), share: percent(share) }),
  );
  return t('timeline.at', { time: clock(ms), readings: readings.join(', ') || t('timeline.nothing') });
}
