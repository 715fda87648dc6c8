/** What goes from the microphone to the worker: everything, in order, one call at a time. */
import { describe, expect, it } from 'vitest';
import { LiveVoice, type LiveUpdate } from '../src/audio/live_voice';
import type { VoiceStream, VoiceUpdate } from '../src/types';

const RATE = 1000;

/** A stream whose answers come when the test says so. */
class SlowStream implements VoiceStream {
  readonly pushed: number[][] = [];
  closed = false;
  private answers: { resolve: (update: VoiceUpdate) => void; reject: (error: Error) => void }[] = [];

  push(samples: Float32Array): Promise<VoiceUpdate> {
    this.pushed.push([...samples]);
    return new Promise((resolve, reject) => this.answers.push({ resolve, reject }));
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.reject(new Error('the worker is gone'));
  }

  async answer(): Promise<void> {
    this.answers.shift()!.resolve({ seconds: 0, speaking: true, decisions: [], voice: null });
    await settle();
  }

  async fail(): Promise<void> {
    this.answers.shift()!.reject(new Error('no'));
    await settle();
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function live(): { voice: LiveVoice; stream: SlowStream; updates: LiveUpdate[]; errors: unknown[] } {
  const stream = new SlowStream();
  const updates: LiveUpdate[] = [];
  const errors: unknown[] = [];
  const voice = new LiveVoice(stream, RATE, (update) => updates.push(update), (error) => errors.push(error));
  return { voice, stream, updates, errors };
}

function block(first: number, length = 40): Float32Array {
  return Float32Array.from({ length }, (_, i) => first + i);
}

describe('LiveVoice', () => {
  it('gathers blocks to portions and sends what came meanwhile in one', async () => {
    const { voice, stream, updates } = live();
    for (let i = 0; i < 10; i++) voice.push(block(1 + 40 * i));
    expect(stream.pushed.map((samples) => samples.length)).toEqual([120]);
    await stream.answer();
    expect(stream.pushed.map((samples) => samples.length)).toEqual([120, 280]);
    await stream.answer();
    expect(stream.pushed.flat()).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
    expect(updates.length).toBe(2);
    voice.push(block(401));
    expect(stream.pushed.length).toBe(2);
  });

  it('says that the microphone is muted after a second of zeros', async () => {
    const { voice, stream, updates } = live();
    for (let i = 0; i < 10; i++) {
      voice.push(new Float32Array(100));
      await stream.answer();
    }
    expect(updates.map((update) => update.muted)).toEqual([...new Array<boolean>(9).fill(false), true]);
    voice.push(block(1, 100));
    await stream.answer();
    expect(updates.at(-1)!.muted).toBe(false);
  });

  it('drops what comes after its end, and a close that fails', async () => {
    const { voice, stream, updates, errors } = live();
    voice.push(block(1, 100));
    voice.end();
    voice.push(block(1, 100));
    await stream.answer();
    expect([stream.closed, updates.length, errors.length, stream.pushed.length]).toEqual([true, 0, 0, 1]);
  });

  it('reports one error and sends nothing any more', async () => {
    const { voice, stream, errors } = live();
    voice.push(block(1, 100));
    await stream.fail();
    voice.push(block(1, 100));
    expect([errors.length, stream.pushed.length]).toEqual([1, 1]);
  });
});
