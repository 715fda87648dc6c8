/** The part of TensorFlow.js that the page has: it is whole in itself, and says so where a model wants more. */
import { readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import { engine, getKernelsForBackend, ready, setBackend, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { readSpec } from '../src/contract/spec';
import { GraphNetwork } from '../src/runtime/graph_network';
import '../src/runtime/tfjs/kernels';
import { executeOp, json } from '../src/runtime/tfjs/none';
import * as operations from '../src/runtime/tfjs/operations';

const CONVERTER = new URL('../node_modules/@tensorflow/tfjs-converter/dist/operations/', import.meta.url);
const KEPT = ['arithmetic', 'basic_math', 'convolution', 'creation', 'graph', 'logical', 'matrices', 'normalization', 'reduction', 'slice_join', 'transformation'];
const { OPERATORS, fused, ...plain } = operations;

/** By operator, the functions that the converter calls for it. */
function calls(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const kind of KEPT) {
    const source = readFileSync(new URL(`executors/${kind}_executor.js`, CONVERTER), 'utf8');
    for (const [, cases, body] of source.matchAll(/((?:\s*case '\w+':)+)([\s\S]*?)(?=\n\s*case '|\n\s*default:)/g)) {
      const names = [...body!.matchAll(/\bops\.((?:fused\.)?\w+)\(/g)].map(([, name]) => name!);
      for (const [, operator] of cases!.matchAll(/case '(\w+)'/g)) found.set(operator!, names);
    }
  }
  return found;
}

describe('operations', () => {
  it('have all that the converter calls for the operators that are promised', () => {
    const called = calls();
    for (const operator of OPERATORS) {
      expect(called.has(operator), operator).toBe(true);
      for (const name of called.get(operator)!) {
        const [first, second] = name.split('.') as [string, string?];
        const there = second === undefined ? first in plain : second in fused;
        expect(there, `${operator} calls ${name}`).toBe(true);
      }
    }
  });

  describe('on WASM', () => {
    beforeAll(async () => {
      await setBackend('cpu');
      await ready();
    });

    const row = (): Tensor => tensor([0.5, 1, 2, 3], [1, 4]);
    const picture = (): Tensor => tensor(Array.from({ length: 16 }, (_, i) => i), [1, 4, 4, 1]);
    const kernel = (): Tensor => tensor([1, 2, 3, 4], [2, 2, 1, 1]);
    const apply = (name: keyof typeof plain, ...parts: Tensor[]): unknown => (plain[name] as unknown as (...parts: Tensor[]) => unknown)(...parts);
    const one = ['abs', 'neg', 'exp', 'log', 'sqrt', 'rsqrt', 'square', 'relu', 'relu6', 'elu', 'leakyRelu', 'sigmoid', 'tanh', 'softmax', 'mean', 'sum', 'max', 'min', 'prod', 'squeeze', 'transpose', 'unstack'] as const;
    const two = ['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'squaredDifference', 'prelu'] as const;
    const examples: Record<string, () => unknown> = {
      ...Object.fromEntries(one.map((name) => [name, () => apply(name, row())])),
      ...Object.fromEntries(two.map((name) => [name, () => apply(name, row(), row())])),
      clipByValue: () => plain.clipByValue(row(), 0, 1),
      cast: () => plain.cast(row(), 'int32'),
      reshape: () => plain.reshape(row(), [2, 2]),
      expandDims: () => plain.expandDims(row(), 0),
      pad: () => plain.pad(row(), [[1, 0], [0, 1]]),
      concat: () => plain.concat([row(), row()], 0),
      gather: () => plain.gather(row(), tensor([0], [1], 'int32'), 0),
      slice: () => plain.slice(row(), [0, 1], [1, 2]),
      stridedSlice: () => plain.stridedSlice(row(), [0, 0], [1, 4], [1, 2]),
      stack: () => plain.stack([row(), row()]),
      split: () => plain.split(row(), 2, 1),
      matMul: () => plain.matMul(row(), row(), false, true),
      batchNorm: () => plain.batchNorm(picture(), tensor([1]), tensor([2])),
      conv2d: () => plain.conv2d(picture() as never, kernel() as never, 1, 'same'),
      depthwiseConv2d: () => plain.depthwiseConv2d(picture() as never, kernel() as never, 1, 'same'),
      avgPool: () => plain.avgPool(picture() as never, 2, 2, 'valid'),
      maxPool: () => plain.maxPool(picture() as never, 2, 2, 'valid'),
      scalar: () => plain.scalar(1),
      tensor: () => plain.tensor([1]),
      tensor1d: () => plain.tensor1d([1]),
      'fused.conv2d': () => fused.conv2d({ x: picture() as never, filter: kernel() as never, strides: 1, pad: 'same', bias: tensor([1]), activation: 'relu' }),
      'fused.depthwiseConv2d': () =>
        fused.depthwiseConv2d({ x: picture() as never, filter: kernel() as never, strides: 1, pad: 'same', bias: tensor([1]), activation: 'relu' }),
      'fused.matMul': () => fused.matMul({ a: row(), b: row(), transposeB: true, bias: tensor([1]), activation: 'relu' }),
    };

    it('are each tried here', () => {
      expect(Object.keys(examples).sort()).toEqual([...Object.keys(plain), ...Object.keys(fused).map((name) => `fused.${name}`)].sort());
    });

    it.each(Object.keys(examples))('%s calls kernels that are there', (name) => {
      const spied = vi.spyOn(engine(), 'runKernel');
      examples[name]!();
      const called = new Set(spied.mock.calls.map(([kernel]) => kernel));
      spied.mockRestore();
      const there = new Set(getKernelsForBackend('wasm').map(({ kernelName }) => kernelName));
      expect([...called].filter((kernel) => !there.has(kernel))).toEqual([]);
    });
  });

  it('that are left out list none and refuse', () => {
    expect(json).toEqual([]);
    expect(() => executeOp({ op: 'While' })).toThrow('the operator While');
  });
});

describe('a model with an operator that the page has not', () => {
  it('is refused by name', () => {
    const models = new URL('../../models_tfjs/face-emotion/', import.meta.url);
    const text = (name: string): string => readFileSync(new URL(name, models), 'utf8');
    const spec = readSpec(text('spec.json'));
    const topology = text('model.json').replace('"op":"AvgPool"', '"op":"Cumsum"');
    expect(() => new GraphNetwork(spec, { spec, topology, shards: new Map() })).toThrow(/node\[?.*"Cumsum"/);
  });
});
