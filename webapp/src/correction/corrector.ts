/**
 * Applies the visitor's corrections to the live readings, between the engine and the panels.
 *
 * Readings are smoothed before they come here. A bias shifts log-odds by a constant and so makes a smooth reading no less
 * smooth; the label may still sit on a new border, so it is chosen anew by the rules that keep uncorrected ones steady.
 * Without a correction for somebody, readings pass unchanged, with the label that those rules have chosen already.
 */

import { SteadyLabel } from '../face/steady_label';
import type { Identities } from '../session/identities';
import { theOne } from '../session/identities';
import type { Correction, Session, Subject } from '../session/session';
import { SteadyWord } from '../speech/steady';
import type { Categorical, Face } from '../types';
import type { Scope } from '../ui/scope';
import { fitBias, withBias } from './fit';

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
  /** Which label is shown of whom, by subject. */
  readonly #faceLabels = new Map<string, SteadyLabel>();
  readonly #voiceWords = new Map<string, SteadyWord>();
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
    this.#faceLabels.clear();
    this.#voiceWords.clear();
  }

  /** The faces of one picture with the corrections of each person applied. */
  adjustFaces(faces: readonly Face[], time: number): Face[] {
    this.identities.see(time, faces.map((face) => face.id));
    this.#faces.clear();
    const people = faces.map((face) => this.identities.find(face.id));
    for (const id of this.#faceLabels.keys()) {
      if (!people.some((person) => person?.id === id)) this.#faceLabels.delete(id);
    }
    return faces.map((face, index) => {
      if (!face.emotion) return face;
      const shown = this.#adjustFace(people[index], face.emotion, time);
      this.#faces.set(face.id, { read: face.emotion, shown });
      return { ...face, emotion: shown };
    });
  }

  /**
   * The same for a voice that is heard now.
   * @param unsureBelow The model's threshold, if it has one: what corrections have changed is held against it anew.
   */
  adjustVoice(read: Categorical, time: number, unsureBelow?: number): Categorical {
    const labels = Object.keys(read.probabilities).join();
    const subject = this.session.subjects.find(({ kind, series }) => kind === 'voice' && series.labels.join() === labels);
    const shown = this.#adjustVoice(subject, read, unsureBelow);
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

  #adjustFace(subject: Subject | undefined, read: Categorical, time: number): Categorical {
    const corrected = this.#corrected(subject, read);
    if (!corrected || !subject) return read;
    const labels = Object.keys(corrected);
    const steady = kept(this.#faceLabels, subject.id, () => new SteadyLabel());
    return { label: labels[steady.update(Object.values(corrected), time / 1000)]!, probabilities: corrected };
  }

  #adjustVoice(subject: Subject | undefined, read: Categorical, unsureBelow?: number): Categorical {
    const corrected = this.#corrected(subject, read);
    if (!corrected || !subject) return read;
    return kept(this.#voiceWords, subject.id, () => new SteadyWord(unsureBelow)).push(corrected);
  }

  /** Null where there is nothing to correct. */
  #corrected(subject: Subject | undefined, read: Categorical): Record<string, number> | null {
    const bias = this.#isOn && subject ? this.#biases.get(subject.id) : undefined;
    return bias ? withBias(read.probabilities, bias) : null;
  }

  /** The next label is shown at once. */
  #forgetLabels(subject: string): void {
    this.#faceLabels.delete(subject);
    this.#voiceWords.delete(subject);
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
      this.#forgetLabels(id);
    }
    for (const id of this.#biases.keys()) {
      if (fitted.has(id)) continue;
      this.#biases.delete(id);
      this.#forgetLabels(id);
    }
    this.#fitted = fitted;
  }
}

function kept<T>(of: Map<string, T>, subject: string, make: () => T): T {
  const one = of.get(subject) ?? make();
  of.set(subject, one);
  return one;
}
