/** Takes samples of the live readings into the session, as they are shown, while it is on. */

import type { FaceReadings, LiveReadings } from '../live/readings';
import type { Categorical, Face } from '../types';
import type { Scope } from '../ui/scope';
import { theOne, type Identities } from './identities';
import { MAX_MS, SAMPLE_MS } from './limits';
import type { Session, Subject } from './session';
import type { Sample } from './series';

/** A face is recorded once it has been there for so long: what flashes up for a moment is nobody. */
const SETTLED_MS = 1000;

/** `full`: the session holds as much as it may; `crowded`: it goes on, but no new people are taken in. */
export type RecorderState = 'off' | 'on' | 'crowded' | 'full';

export class Recorder {
  #state: RecorderState = 'off';
  #takenAt = -Infinity;

  /** `onState` is called after every change of state. */
  constructor(
    scope: Scope,
    private readonly session: Session,
    private readonly identities: Identities,
    readings: LiveReadings,
    private readonly onState: () => void,
  ) {
    readings.onFaces(scope, (reading) => { this.#takeFaces(reading); });
    readings.onVoice(scope, ({ time, voice }) => { if (voice.emotion) this.#takeOne('voice', time, voice.emotion); });
    readings.onTogether(scope, ({ time, emotion }) => { this.#takeOne('together', time, emotion); });
  }

  get state(): RecorderState {
    return this.#state;
  }

  /** When the last sample was taken, in milliseconds since 1970; −∞ before the first. */
  get takenAt(): number {
    return this.#takenAt;
  }

  get isOn(): boolean {
    return this.#state === 'on' || this.#state === 'crowded';
  }

  start(): void {
    this.#enter(this.session.isFull ? 'full' : 'on');
  }

  stop(): void {
    this.#enter('off');
  }

  #takeFaces({ time, faces }: FaceReadings): void {
    this.identities.see(time, faces.map((face) => face.id));
    if (!this.isOn) return;
    for (const face of faces) {
      if (!face.emotion || this.identities.knownFor(face.id) < SETTLED_MS) continue;
      const subject = this.identities.claim(face.id, Object.keys(face.emotion.probabilities));
      this.#take(subject, time, face.emotion, face);
    }
  }

  /** A reading of which there is one at a time: the voice, or the one fused from face and voice. */
  #takeOne(kind: 'voice' | 'together', time: number, emotion: Categorical): void {
    if (!this.isOn) return;
    this.#take(theOne(this.session, kind, Object.keys(emotion.probabilities)), time, emotion, {});
  }

  #take(subject: Subject | null, time: number, emotion: Categorical, person: Pick<Face, 'age' | 'gender'>): void {
    if (subject === null) {
      this.#enter('crowded');
      return;
    }
    const ms = this.session.at(time);
    const { series } = subject;
    if (series.length > 0 && slot(ms) <= slot(series.lastMs)) return;
    if (this.session.isFull || ms >= MAX_MS) {
      this.#enter('full');
      return;
    }
    series.push(sampleOf(ms, emotion, series.labels, person));
    if (person.age) subject.ageInterval ??= person.age.interval;
    this.session.countSample();
    this.#takenAt = time;
  }

  #enter(state: RecorderState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.onState();
  }
}

function slot(ms: number): number {
  return Math.floor(ms / SAMPLE_MS);
}

function sampleOf(ms: number, { label, probabilities }: Categorical, labels: readonly string[], { age, gender }: Pick<Face, 'age' | 'gender'>): Sample {
  return {
    ms,
    label: labels.indexOf(label),
    probabilities: labels.map((one) => probabilities[one]!),
    age: age ?? null,
    female: gender?.probabilities.female ?? null,
  };
}
