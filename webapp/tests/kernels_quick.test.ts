import { readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { readSpec } from '../src/contract/spec';
import { KernelNetwork } from '../src/runtime/kernels/network';
import { GraphNetwork } from '../src/runtime/tfjs/network';
import { inputShape } from '../src/worker/inputs';
import { BINARIES, startKernels } from './kernel_runtime';
import { chance } from './random';
const MODELS = new URL('../../models_tfjs/', import.meta.url);
const tasks = ['face-detector', 'face-emotion', 'face-age-gender', 'speech-emotion', 'voice-activity'];
const files = (task: string) => {
    const folder = new URL(`${task}/`, MODELS);
    const shard = 'group1-shard1of1.bin';
    return {
      spec: readSpec(readFileSync(new URL('spec.json', folder), 'utf8')),
      topology: readFileSync(new URL('model.json', folder), 'utf8'),
      shards: new Map([[shard, new Uint8Array(readFileSync(new URL(shard, folder)))]]),
    };
};
it.each(tasks)('%s', async (task) => {
  await setBackend('cpu');
  const given = files(task);
  const theirs = new GraphNetwork(given.spec, given);
  const shape = inputShape(given.spec.input);
  for (const b of BINARIES) {
    const runtime = await startKernels(b);
    const ours = new KernelNetwork(runtime, given.spec, given, shape);
    for (const batch of [1, 2]) {
    const random = chance(7);
    const input = Float32Array.from({ length: batch * shape.reduce((a, b) => a * b, 1) }, () => 2 * random() - 1);
    const e = await theirs.run(input, shape, batch);
    const f = await ours.run(input, shape, batch);
    for (const n of Object.keys(e)) {
      let d = 0, m = 0; e[n]!.forEach((v, i) => { d = Math.max(d, Math.abs(v - f[n]![i]!)); m = Math.max(m, Math.abs(v)); });
      console.log(task, b, batch, n, e[n]!.length, f[n]!.length, 'max', m, 'diff', d);
      expect(d).toBeLessThan(1e-3);
    }
    }
    if (b==='relaxed'){ console.log(task, (ours as any).plans.values().next().value.compiled.steps.map((s: any) => s.kernel).join(' '), 'ws', (ours as any).plans.values().next().value.compiled.bytes, 'heap', runtime.heap.bytes);
    for (const [n] of [['ours'], ['tfjs']]) { const input = new Float32Array(shape.reduce((a, b) => a * b, 1)); if (n === 'ours') { for (let i = 0; i < 50; i++) await ours.run(input, shape, 1); await new Promise(r=>setTimeout(r,200)); const t = performance.now(); for (let i = 0; i < 20; i++) await ours.run(input, shape, 1); console.log(task, 'ms', (performance.now() - t) / 20); } } }
  }
});
