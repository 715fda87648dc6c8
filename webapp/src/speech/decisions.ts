/**
 * When somebody speaks: decisions ten times a second, and the gate that turns them into "speaks" and "is silent".
 * `training/preprocessing/voice_activity.py` is the reference.
 */
import type { GateSpec } from '../contract/types';

/** A decision is made every so many frames of the log-mel (0.1 s). */
export const DECISION_FRAMES = 5;

/** Decisions with speech, within one opening of the gate, after which an emotion is read (0.5 s): a click is no voice. */
export const READ_AFTER = 5;

/** Index of the newest frame of the decision that frame `t` completes, or null where it completes none. */
export function completesDecision(frame: number): boolean {
  return (frame + 1) % DECISION_FRAMES === 0;
}

/** Frames `end - length + 1 .. end` of a log-mel; before the signal there is its first frame, again and again. */
export function decisionWindow(decibels: Float64Array, bands: number, end: number, length: number): Float64Array {
  const window = new Float64Array(length * bands);
  for (let i = 0; i < length; i++) {
    const frame = Math.max(0, end - length + 1 + i);
    window.set(decibels.subarray(frame * bands, (frame + 1) * bands), i * bands);
  }
  return window;
}

/** Opens as soon as a decision is sure enough, and closes when none was for a while: pauses between words are no silence. */
export class SpeechGate {
  private left = 0;
  private heard = 0;

  constructor(private readonly spec: GateSpec) {}

  get open(): boolean {
    return this.left > 0;
  }

  /** Decisions with speech since the gate opened; 0 while it is closed. */
  get spoken(): number {
    return this.heard;
  }

  /** Takes one decision in; whether the gate is open after it. */
  push(probability: number): boolean {
    const { open_at: openAt, keep_at: keepAt, hangover } = this.spec;
    if (probability >= (this.open ? keepAt : openAt)) {
      this.left = hangover;
      this.heard += 1;
    } else if (this.open) {
      this.left -= 1;
    }
    if (!this.open) this.heard = 0;
    return this.open;
  }
}
