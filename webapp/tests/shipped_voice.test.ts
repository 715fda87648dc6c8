/** The speech models that ship, in Node: the whole stream on a made voice, on TensorFlow.js's plain CPU backend. */
import '@tensorflow/tfjs-backend-cpu';
import { readFileSync, readdirSync } from 'node:fs';
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readGolden } from '../src/contract/golden';
import { readSpec } from '../src/contract/spec';
import type { LogMelInput, ModelSpec } from '../src/contract/types';
import { GraphNetwork } from '../src/runtime/tfjs/network';
import { SpeechPipeline } from '../src/speech/pipeline';
import type { VoiceUpdate } from '../src/types';
import { testModel } from '../src/worker/self_test';

const MODELS = new URL('../../models_tfjs/', import.meta.url);
const RATE = 16000;

function file(task: string, name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`${task}/${name}`, MODELS)));
}

function text(task: string, name: string): string {
  return new TextDecoder().decode(file(task, name));
}

function shipped(task: string): GraphNetwork<LogMelInput> {
  const spec = readSpec(text(task, 'spec.json')) as ModelSpec<LogMelInput>;
  const names = readdirSync(new URL(`${task}/`, MODELS)).filter((name) => name.endsWith('.bin'));
  const shards = new Map(names.map((name) => [name, file(task, name)]));
  return new GraphNetwork(spec, { spec, topology: text(task, 'model.json'), shards });
}

async function listen(samples: Float32Array, pipeline: SpeechPipeline): Promise<VoiceUpdate[]> {
  const stream = pipeline.open(RATE);
  const updates: VoiceUpdate[] = [];
  for (let at = 0; at < samples.length; at += RATE / 10) updates.push(await stream.push(samples.subarray(at, at + RATE / 10)));
  return updates;
}

describe('the speech models that ship', () => {
  let emotion: GraphNetwork<LogMelInput>;
  let activity: GraphNetwork<LogMelInput>;

  beforeAll(async () => {
    await setBackend('cpu');
    emotion = shipped('speech-emotion');
    activity = shipped('voice-activity');
  });

  it.each(['speech-emotion', 'voice-activity'])('%s reproduces its golden vector', { timeout: 60_000 }, async (task) => {
    const network = task === 'speech-emotion' ? emotion : activity;
    const report = await testModel(network, readGolden(text(task, 'golden.json')), 1e-3);
    expect(report).toMatchObject({ cases: 1, sameTop: true, passed: true });
  });

  it('hear the made voice soon, and neither silence nor noise', { timeout: 120_000 }, async () => {
    const [golden] = readGolden(text('voice-activity', 'golden.json'));
    const input = golden!.input;
    if (input.kind !== 'samples') throw new TypeError('expected samples');
    const voice = input.samples;
    let state = 1;
    const noise = (): number => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return 0.02 * (state / 1073741824 - 1);
    };
    // Two seconds of faint noise, two of the voice, two of noise.
    const samples = Float32Array.from({ length: 6 * RATE }, (_, i) => {
      const spoken = i >= 2 * RATE && i < 4 * RATE ? voice[i % voice.length]! : 0;
      return spoken + 0.02 * noise();
    });
    const updates = await listen(samples, new SpeechPipeline(emotion, activity));
    const open = updates.filter((update) => update.speaking).map((update) => update.seconds);
    expect(open[0]).toBeGreaterThan(2);
    expect(open[0]).toBeLessThanOrEqual(2.35);
    expect(open.at(-1)).toBeLessThanOrEqual(5);
    const read = updates.filter((update) => update.voice !== null);
    expect(read.length).toBeGreaterThanOrEqual(3);
    for (const { voice: reading } of read) {
      const sum = Object.values(reading!.emotion!.probabilities).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
  });
});
