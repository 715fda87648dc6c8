/**
 * Applies the visitor's corrections to the live readings, between the engine and the panels.
 *
 * Readings are smoothed before they come here. A bias shifts log-odds by a constant and so makes a smooth reading no less
 * smooth; the label may still sit on a new border, so a shown label is held until another leads it by `LEAD`. Without a
 * correction for somebody, readings pass unchanged, with the label that the panels' own rule has chosen.
 */

import type { Identities } from '../session/identities';
import { theOne } from '../session/identities';
import type { Correction, Session, Subject } from '../session/session';
import type { Categorical, Face } from '../types';
import type { Scope } from '../ui/scope';
import { fitBias, withBias } from './fit';

/** Another label must be more probable by so much to take the place of the one that is shown. */
const LEAD = 0.1;

/** Of the probabilities that are kept of a corrected reading. */
const DIGITS = 6;

/** A voice of which nothing came for so long is not heard any more, whether or not somebody said that it ended. */
const HEARD_MS = 10_000;

/** A reading before and after. */
interface Seen {
  readonly read: Categorical;
  readonly shown: Categorical;
}

/** One reading that the visitor looks at, frozen, so that the answer is about what was seen. */
export interface Doubt extends Seen {
  readonly time: number;
  /** The subject that it is of, made where there is none; null where the session has too many or was replaced. */
  readonly subject: () => Subject | null;
}

export class Corrector {
  #isOn = true;
  readonly #biases = new Map<string, Readonly<Record<string, number>>>();
  /** What is shown of whom, by subject. */
  readonly #held = new Map<string, string>();
  /** Which corrections each bias was fitted to. */
  #fitted = new Map<string, string>();
  readonly #faces = new Map<number, Seen>();
  #voice: (Seen & { readonly time: number }) | null = null;

  constructor(
    scope: Scope,
    private readonly session: Session,
    private readonly identities: Identities,
  ) {
    session.onChange(scope, () => { this.#refit(); });
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Whether corrections are applied; they are kept either way. */
  switch(on: boolean): void {
    this.#isOn = on;
    this.#held.clear();
  }

  /** The faces of one picture with the corrections of each person applied. */
  adjustFaces(faces: readonly Face[], time: number): Face[] {
    this.identities.see(time, faces.map((face) => face.id));
    this.#faces.clear();
    return faces.map((face) => {
      if (!face.emotion) return face;
      const shown = this.#adjust(this.identities.find(face.id), face.emotion);
      this.#faces.set(face.id, { read: face.emotion, shown });
      return { ...face, emotion: shown };
    });
  }

  /** The same for a voice that is heard now. */
  adjustVoice(read: Categorical, time: number): Categorical {
    const labels = Object.keys(read.probabilities).join();
    const subject = this.session.subjects.find(({ kind, series }) => kind === 'voice' && series.labels.join() === labels);
    const shown = this.#adjust(subject, read);
    this.#voice = { read, shown, time };
    return shown;
  }

  /** Nobody speaks any more. */
  fallSilent(): void {
    this.#voice = null;
  }

  /** The face's reading as it is now, to be corrected; null where there is none. */
  doubtFace(trackId: number, time: number): Doubt | null {
    const seen = this.#faces.get(trackId);
    if (!seen) return null;
    return { ...seen, time, subject: this.identities.claimLater(trackId, Object.keys(seen.read.probabilities)) };
  }

  /** The same for the voice; null where nobody speaks. */
  doubtVoice(time: number): Doubt | null {
    const seen = this.#voice;
    if (!seen || time - seen.time > HEARD_MS) return null;
    return { ...seen, time, subject: () => theOne(this.session, 'voice', Object.keys(seen.read.probabilities)) };
  }

  /** Takes the visitor's word; null where the session has too many subjects to keep it. */
  correct(doubt: Doubt, right: string): Correction | null {
    const subject = doubt.subject();
    if (!subject) return null;
    const read = Object.entries(doubt.read.probabilities).map(([label, share]) => [label, Number(share.toFixed(DIGITS))] as const);
    return this.session.addCorrection({
      subject: subject.id,
      ms: this.session.at(doubt.time),
      shown: doubt.shown.label,
      right,
      read: Object.fromEntries(read),
    });
  }

  /** Takes a correction back. */
  takeBack(id: number): void {
    this.session.removeCorrection(id);
  }

  /** The bias of each label for a subject; undefined where nothing was corrected. */
  biasOf(subject: string): Readonly<Record<string, number>> | undefined {
    return this.#biases.get(subject);
  }

  #adjust(subject: Subject | undefined, read: Categorical): Categorical {
    const bias = this.#isOn && subject ? this.#biases.get(subject.id) : undefined;
    if (!bias || !subject) return read;
    const probabilities = withBias(read.probabilities, bias);
    const label = this.#steady(subject.id, probabilities);
    return { label, probabilities };
  }

  #steady(subject: string, probabilities: Readonly<Record<string, number>>): string {
    const top = Object.keys(probabilities).reduce((best, label) => (probabilities[label]! > probabilities[best]! ? label : best));
    const held = this.#held.get(subject);
    const heldShare = held === undefined ? undefined : probabilities[held];
    const label = held !== undefined && heldShare !== undefined && probabilities[top]! - heldShare < LEAD ? held : top;
    this.#held.set(subject, label);
    return label;
  }

  #refit(): void {
    const fitted = new Map<string, string>();
    for (const { id, series } of this.session.subjects) {
      const its = this.session.corrections.filter((correction) => correction.subject === id);
      if (its.length === 0) continue;
      fitted.set(id, its.map((correction) => correction.id).join());
      if (this.#fitted.get(id) === fitted.get(id)) continue;
      const bias = fitBias(series.labels, its);
      this.#biases.set(id, Object.fromEntries(series.labels.map((label, k) => [label, bias[k]!])));
      // A new correction counts at once, not only after it has won by a lead.
      this.#held.delete(id);
    }
    for (const id of this.#biases.keys()) {
      if (fitted.has(id)) continue;
      this.#biases.delete(id);
      this.#held.delete(id);
    }
    this.#fitted = fitted;
  }
}
