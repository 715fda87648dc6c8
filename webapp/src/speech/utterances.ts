/**
 * What a live reading hears: the last seconds, but of an utterance that has gone on for a while not those before it.
 * `training/preprocessing/utterances.py` is the reference, and says by how much it helps.
 */
import type { SpeechGate } from './decisions';

/** From the opening of the gate (0.8 s): until then an utterance is read with what was said before. */
const SETTLED_FRAMES = 40;

/** The gate opens so long after a voice begins (0.2 s): a decision hears that much. */
const ONSET_FRAMES = 10;

/** A voice's last decision hears no more than so many frames of what follows it. */
const FADE_FRAMES = 3;

/** Frames `start` to `stop`, which is not one of them. */
export interface Pause {
  start: number;
  stop: number;
}

/** Watches the gate. */
export class Utterances {
  private opened = 0;
  private voiced: number | null = null;
  private before: Pause | null = null;

  constructor(private readonly gate: SpeechGate) {}

  /** Passes a decision, whose newest frame is `end`, on to the gate; whether that is open then. */
  push(end: number, probability: number): boolean {
    const { open: wasOpen, spoken } = this.gate;
    const isOpen = this.gate.push(probability);
    if (isOpen && !wasOpen) {
      this.opened = end;
      this.before = this.voiced === null ? null : pause(this.voiced + FADE_FRAMES, end - ONSET_FRAMES);
    }
    if (this.gate.spoken > spoken) this.voiced = end;
    return isOpen;
  }

  /** The pause before the utterance that goes on at frame `end`, once that is settled; null where there is none. */
  pauseBefore(end: number): Pause | null {
    return this.gate.open && end - this.opened >= SETTLED_FRAMES ? this.before : null;
  }
}

/** Null where a gate that closes at once leaves nothing between. */
function pause(start: number, stop: number): Pause | null {
  return stop > start ? { start, stop } : null;
}
