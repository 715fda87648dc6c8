/** What the live views read, for whoever listens: session, fusion, correction. Times are milliseconds since 1970. */
import type { Categorical, Face, Voice } from '../types';
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

/** Face and voice fused into one. */
export interface TogetherReading {
  time: number;
  emotion: Categorical;
}

/** What becomes of a reading before it is shown and published: the visitor's corrections. */
export interface Adjustment {
  adjustFaces(faces: readonly Face[], time: number): Face[];
  adjustVoice(read: Categorical, time: number, unsureBelow?: number): Categorical;
}

/** The panel whose readings have ended: the visitor stopped it, left the view, or it failed. */
export type LiveSource = 'face' | 'voice';

type Listener<T> = (reading: T) => void;

/** Passes each reading on to its listeners, in the order of their coming. One for the page; `main.ts` owns it. */
export class LiveReadings {
  readonly #faces = new Set<Listener<FaceReadings>>();
  readonly #voices = new Set<Listener<VoiceReading>>();
  readonly #together = new Set<Listener<TogetherReading>>();
  readonly #ends = new Set<Listener<LiveSource>>();

  /** Without an adjustment readings pass as they are. */
  constructor(private readonly adjustment: Adjustment | null = null) {}

  /** To be asked by the panels for what to show and to publish. */
  adjustFaces(faces: Face[]): Face[] {
    return this.adjustment?.adjustFaces(faces, Date.now()) ?? faces;
  }

  adjustVoice(read: Categorical, unsureBelow?: number): Categorical {
    return this.adjustment?.adjustVoice(read, Date.now(), unsureBelow) ?? read;
  }

  onFaces(scope: Scope, listener: Listener<FaceReadings>): void {
    listen(this.#faces, scope, listener);
  }

  onVoice(scope: Scope, listener: Listener<VoiceReading>): void {
    listen(this.#voices, scope, listener);
  }

  onTogether(scope: Scope, listener: Listener<TogetherReading>): void {
    listen(this.#together, scope, listener);
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

  publishTogether(reading: TogetherReading): void {
    for (const listener of this.#together) listener(reading);
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
