/** Feeds a voice stream from a microphone: blocks are gathered, one call is on its way at a time, nothing is lost. */
import type { VoiceStream, VoiceUpdate } from '../types';

/** The worker decides ten times a second; smaller portions would only cost messages. */
const PORTION_SECONDS = 0.1;

/** A microphone that is on delivers some noise; so much of exact zeros means that it is muted. */
const MUTED_SECONDS = 1;

export interface LiveUpdate extends VoiceUpdate {
  /** Whether nothing but zeros came for a second. */
  muted: boolean;
  /** Milliseconds from the call to its answer. */
  took: number;
}

export class LiveVoice {
  private waiting: Float32Array[] = [];
  private count = 0;
  private zeros = 0;
  private busy = false;
  private ended = false;

  /**
   * @param onUpdate Called with each answer, in order.
   * @param onError Called once; nothing is sent any more.
   */
  constructor(
    private readonly stream: VoiceStream,
    private readonly sampleRate: number,
    private readonly onUpdate: (update: LiveUpdate) => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Takes a block of samples as the microphone gives it. */
  push(samples: Float32Array): void {
    if (this.ended) return;
    this.waiting.push(samples);
    this.count += samples.length;
    this.zeros = samples.every((sample) => sample === 0) ? this.zeros + samples.length : 0;
    if (!this.busy && this.count >= PORTION_SECONDS * this.sampleRate) void this.send();
  }

  /** Answers that are still on their way are dropped. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    // A worker that is gone has forgotten the stream already.
    this.stream.close().catch(() => undefined);
  }

  private async send(): Promise<void> {
    this.busy = true;
    try {
      while (!this.ended && this.count >= PORTION_SECONDS * this.sampleRate) {
        const start = performance.now();
        const update = await this.stream.push(this.take());
        if (this.isEnded()) return;
        const muted = this.zeros >= MUTED_SECONDS * this.sampleRate;
        this.onUpdate({ ...update, muted, took: performance.now() - start });
      }
    } catch (error) {
      if (this.isEnded()) return;
      this.end();
      this.onError(error);
    } finally {
      this.busy = false;
    }
  }

  /** A method, since the answer may change during any `await`. */
  private isEnded(): boolean {
    return this.ended;
  }

  private take(): Float32Array {
    const samples = new Float32Array(this.count);
    let at = 0;
    for (const block of this.waiting) {
      samples.set(block, at);
      at += block.length;
    }
    this.waiting = [];
    this.count = 0;
    return samples;
  }
}
