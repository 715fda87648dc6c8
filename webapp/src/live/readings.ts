/** What the live views read, for whoever listens: session, fusion, correction. Times are milliseconds since 1970. */
import type { Face, Voice } from '../types';
import type { Scope } from '../ui/scope';

export interface FaceReadings {
  time: number;
  /** Tracked and smoothed; as shown. */
  faces: readonly Face[];
}

export interface VoiceReading {
  time: number;
  /** Smoothed, as shown; `emotion` is null while nobody speaks. */
  voice: Voice;
}

/** The panel whose readings have ended: the visitor stopped it, left the view, or it failed. */
export type LiveSource = 'face' | 'voice';

type Listener<T> = (reading: T) => void;

/** Passes each reading on to its listeners, in the order of their coming. One for the page; `main.ts` owns it. */
export class LiveReadings {
  readonly #faces = new Set<Listener<FaceReadings>>();
  readonly #voices = new Set<Listener<VoiceReading>>();
  readonly #ends = new Set<Listener<LiveSource>>();

  onFaces(scope: Scope, listener: Listener<FaceReadings>): void {
    listen(this.#faces, scope, listener);
  }

  onVoice(scope: Scope, listener: Listener<VoiceReading>): void {
    listen(this.#voices, scope, listener);
  }

  onEnd(scope: Scope, listener: Listener<LiveSource>): void {
    listen(this.#ends, scope, listener);
  }

  publishFaces(reading: FaceReadings): void {
    for (const listener of this.#faces) listener(reading);
  }

  publishVoice(reading: VoiceReading): void {
    for (const listener of this.#voices) listener(reading);
  }

  publishEnd(source: LiveSource): void {
    for (const listener of this.#ends) listener(source);
  }
}

function listen<T>(listeners: Set<Listener<T>>, scope: Scope, listener: Listener<T>): void {
  if (scope.disposed()) return;
  listeners.add(listener);
  scope.add(() => { listeners.delete(listener); });
}
