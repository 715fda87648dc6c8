/** Who a tracked face is in the session. The tracker's ids last only as long as its memory does. */

import { sameLabels, type Session, type Subject } from './session';

/**
 * Pictures come all the time while the camera is on, with faces or without. After such a silence the camera was off:
 * the tracker has forgotten everybody, or counts from 0 again because the networks were restarted. An id that comes
 * back then may be somebody else; the visitor can say that two are one.
 */
const CAMERA_WAS_OFF_MS = 3000;

interface Track {
  /** When it was first seen, in milliseconds since 1970. */
  readonly since: number;
  subject: string | null;
}

export class Identities {
  #pictureTime = -Infinity;
  #replacements: number;
  readonly #tracks = new Map<number, Track>();

  constructor(private readonly session: Session) {
    this.#replacements = session.replacements;
  }

  /** Takes note of a picture with these tracked faces. To be called for each before anything is asked about it. */
  see(time: number, trackIds: Iterable<number>): void {
    if (time - this.#pictureTime > CAMERA_WAS_OFF_MS || this.session.replacements !== this.#replacements) this.#tracks.clear();
    this.#replacements = this.session.replacements;
    this.#pictureTime = time;
    for (const id of trackIds) if (!this.#tracks.has(id)) this.#tracks.set(id, { since: time, subject: null });
  }

  /** For how long the face has been known, in milliseconds. */
  knownFor(trackId: number): number {
    return this.#pictureTime - (this.#tracks.get(trackId)?.since ?? this.#pictureTime);
  }

  /** The subject that the face is; undefined while it is none yet. */
  find(trackId: number): Subject | undefined {
    return this.#subjectOf(this.#tracks.get(trackId));
  }

  /** The subject that the face is, made where there is none with these labels; null where the session has too many. */
  claim(trackId: number, labels: readonly string[]): Subject | null {
    return this.claimLater(trackId, labels)();
  }

  /** The same, later: whoever has the id by then, the subject is the face that has it now. */
  claimLater(trackId: number, labels: readonly string[]): () => Subject | null {
    const track = this.#tracks.get(trackId);
    const { replacements } = this.session;
    return () => {
      if (this.session.replacements !== replacements) return null;
      const known = this.#subjectOf(track);
      if (known && sameLabels(known.series.labels, labels)) return known;
      const subject = this.session.addSubject('person', labels);
      if (track && subject) track.subject = subject.id;
      return subject;
    };
  }

  #subjectOf(track: Track | undefined): Subject | undefined {
    const id = track?.subject ?? null;
    return id === null ? undefined : this.session.subject(id);
  }
}

/** The session's voice (or fused reading) with these labels, made where there is none. */
export function theOne(session: Session, kind: 'voice' | 'together', labels: readonly string[]): Subject | null {
  const known = session.subjects.find((one) => one.kind === kind && sameLabels(one.series.labels, labels));
  return known ?? session.addSubject(kind, labels);
}
