/** The page's own kernels beside TensorFlow.js's plain CPU backend: the same numbers but for the order of sums, and nothing left behind. */
import { readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import { io, ready, setBackend, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Reader } from '../src/contract/reader';
import { readGolden } from '../src/contract/golden';
import { readSpec } from '../src/contract/spec';
import { readWeights } from '../src/runtime/graph/weights';
import type { ModelFiles } from '../src/runtime/graph/read_model';
import { KernelBackend } from '../src/runtime/kernels/backend';
import { KernelGraph } from '../src/runtime/kernels/graph';
import { KernelNetwork } from '../src/runtime/kernels/network';
import { OPERATORS } from '../src/runtime/kernels/operators';
import { rehearse } from '../src/runtime/kernels/rehearsal';
import type { KernelRuntime } from '../src/runtime/kernels/runtime';
import { Unsupported } from '../src/runtime/kernels/unsupported';
import type { RunningBackend } from '../src/runtime/running';
import { GraphNetwork } from '../src/runtime/tfjs/network';
import { OPERATORS as ALL_OPERATORS } from '../src/runtime/tfjs/operators';
import { inputShape } from '../src/worker/inputs';
import { probabilityTolerance, testModel } from '../src/worker/self_test';
import { BINARIES, startKernels, type Binary } from './kernel_runtime';
import { floats, integer, list, madeGraph, oneOperator, single, text, texts, whole, type Made, type MadeNode, type OneOperator } from './made_graphs';
import { EXAMPLES } from './operator_examples';
import { chance } from './random';

const MODELS = new URL('../../models_tfjs/', import.meta.url);
const TASKS = ['face-detector', 'face-emotion', 'face-age-gender', 'speech-emotion', 'voice-activity'];

/** Of the largest number of a result, and of 1. */
const ROUNDING = 2e-6;

/** Tiles of sixteen pixels are weighed with numbers up to eight; and what an activation cuts off has been rounded, too. */
const LARGE_TILES_ROUNDING = 10 * ROUNDING;

const runtimes = new Map<Binary, KernelRuntime>();

beforeAll(async () => {
  await setBackend('cpu');
  await ready();
  for (const binary of BINARIES) runtimes.set(binary, await startKernels(binary));
});

function ours(runtime: KernelRuntime, artifacts: io.ModelArtifacts, shape: readonly number[]): KernelGraph {
  const names = Object.keys((artifacts.signature as { outputs: object }).outputs);
  const weights = artifacts.weightSpecs!.length === 0 ? new Map() : readWeights(new Reader('made', 'weights', artifacts.weightSpecs), new Uint8Array(artifacts.weightData as ArrayBuffer));
  return new KernelGraph(runtime, new Reader('made', 'modelTopology', artifacts.modelTopology), weights, 'x:0', names, shape);
}

function theirs(artifacts: io.ModelArtifacts, x: Made): Float32Array[] {
  const model = loadGraphModelSync(io.fromMemorySync(artifacts));
  const input = tensor(x.values, x.shape);
  const computed: Tensor[] = [model.execute({ x: input }, Object.keys((artifacts.signature as { outputs: object }).outputs))].flat();
  const values = computed.map((one) => one.dataSync<'float32'>());
  for (const one of [input, ...computed]) one.dispose();
  model.dispose();
  return values;
}

function expectClose(found: readonly Float32Array[], expected: readonly Float32Array[], rounding = ROUNDING): void {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  found.forEach((values, index) => {
    const wanted = expected[index]!;
    const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const worst = values.reduce((most, value, at) => (Object.is(value, wanted[at]) ? most : Math.max(most, Math.abs(value - wanted[at]!))), 0);
    expect(worst).toBeLessThanOrEqual(rounding * scale);
  });
}

function compare(binary: Binary, artifacts: io.ModelArtifacts, x: Made, rounding = ROUNDING): void {
  const graph = ours(runtimes.get(binary)!, artifacts, x.shape);
  const expected = theirs(artifacts, x);
  // The second run finds what the first one left in the memory.
  for (let run = 0; run < 2; run++) expectClose(graph.execute(Float32Array.from(x.values), x.shape), expected, rounding);
  graph.dispose();
}

/** What TensorFlow.js is fetched for. */
const LEFT_OUT: Readonly<Record<string, (example: OneOperator) => boolean>> = {
  Shape: () => true,
  Cast: () => true,
  Gather: () => true,
  GatherV2: () => true,
  BatchMatMulV2: ({ x }) => x.shape.length > 2,
  DepthwiseConv2d: ({ others }) => others![0]!.shape[3] !== 1,
  DepthwiseConv2dNative: ({ others }) => others![0]!.shape[3] !== 1,
  FusedDepthwiseConv2dNative: () => true,
  _FusedConv2D: ({ others }) => others!.length > 2,
  _FusedMatMul: ({ others }) => others!.length > 2,
  StridedSlice: ({ attr }) => attr !== undefined && 'ellipsis_mask' in attr,
};

const perChannel = floats([3, 3, 7, 1]);
const seven = floats([2, 5, 6, 7]);
const moved = (stride: number, padding: string, dilation = 1): Record<string, object> => ({
  strides: list(1, stride, stride, 1),
  padding: text(padding),
  data_format: text('NHWC'),
  dilations: list(1, dilation, dilation, 1),
});
const depthwise = (op: string, attr: Record<string, object>): OneOperator => ({ op, x: seven, others: [perChannel], attr });
const biased = (...then: string[]): Record<string, object> => ({ ...moved(1, 'SAME'), fused_ops: texts('BiasAdd', ...then), num_args: integer(1) });

/** Besides those of the other executor. */
const MORE: Readonly<Record<string, OneOperator[]>> = {
  DepthwiseConv2d: [depthwise('DepthwiseConv2d', moved(1, 'SAME'))],
  DepthwiseConv2dNative: [moved(1, 'SAME'), moved(2, 'SAME'), moved(1, 'VALID'), moved(1, 'SAME', 2)].map((attr) => depthwise('DepthwiseConv2dNative', attr)),
  FusedDepthwiseConv2dNative: [[], ['Relu'], ['Relu6'], ['Elu'], ['Sigmoid']].map((then) => ({
    op: 'FusedDepthwiseConv2dNative',
    x: seven,
    others: [perChannel, floats([7])],
    attr: biased(...then),
  })),
  Mean: [[0], [0, 2], [3], [0, 1, 2, 3]].map((axes) => ({ op: 'Mean', x: seven, others: [whole(...axes)] })),
  Log: [{ op: 'Log', x: floats([8], [0, 1e-30, 0.1, 0.70710677, 1, 1.5, 7, 3e38]) }],
  Exp: [{ op: 'Exp', x: floats([8], [-200, -87, -1, -1e-4, 0, 0.5, 10, 80]) }],
  Tanh: [{ op: 'Tanh', x: floats([6], [-30, -1, -1e-3, 0, 1e-3, 30]) }],
  Transpose: [[0, 2, 1, 3], [3, 2, 1, 0]].map((order) => ({ op: 'Transpose', x: seven, others: [whole(...order)] })),
  Pad: [{ op: 'Pad', x: seven, others: [{ ...whole(0, 0, 1, 2, 3, 0, 0, 1), shape: [4, 2] }] }],
  Softmax: [{ op: 'Softmax', x: floats([2, 3, 9]) }],
  AddV2: [{ op: 'AddV2', x: seven, others: [floats([6, 1])] }, { op: 'AddV2', x: seven, others: [single(0.5, 'float32')] }],
};

const examplesOf = (operator: string): OneOperator[] => [...EXAMPLES[operator]!, ...(MORE[operator] ?? [])];

describe.each(BINARIES)('with the binary %s', (binary) => {
  it.each([...OPERATORS.keys()])('%s gives what TensorFlow.js gives', (operator) => {
    const left = (example: OneOperator): boolean => !MORE[operator]?.includes(example) && LEFT_OUT[operator]?.(example) === true;
    const examples = examplesOf(operator).filter((example) => !left(example));
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) compare(binary, oneOperator(example), example.x);
  });

  it.each(Object.entries(LEFT_OUT))('%s is left to TensorFlow.js where the kernels do not do', (operator, left) => {
    const examples = EXAMPLES[operator]!.filter(left);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(() => ours(runtimes.get(binary)!, oneOperator(example), example.x.shape)).toThrow(Unsupported);
  });

  const random = chance(11);
  const one = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)]!;
  const numbers = (...shape: number[]): Made => floats(shape, Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * random() - 1));
  const convolutions = Array.from({ length: 80 }, () => {
    const [rows, columns] = one<[number, number]>([3, 3], [3, 3], [1, 1], [5, 5], [2, 3], [1, 4]);
    const [depth, channels] = [one(1, 3, 4, 7, 8, 28), one(1, 2, 6, 7, 8, 12, 16, 117)];
    const dilation = one(1, 1, 1, 2);
    const side = (): number => Math.max(one(5, 6, 7, 8, 12, 13), 1 + (Math.max(rows, columns) - 1) * dilation);
    return {
      rows, columns, depth, channels, dilation,
      batch: one(1, 2, 3, 4), height: side(), width: side(),
      // TensorFlow knows no stride beside a dilation.
      stride: dilation === 1 ? one(1, 1, 2, 3) : 1,
      padding: one('SAME', 'SAME', 'VALID', 'EXPLICIT'),
      end: one('', 'bias', 'bias relu', 'bias add relu', 'add', 'narrow add relu', 'relu6'),
    };
  });

  it.each(convolutions)('convolves $batch pictures of $height x $width x $depth by $rows x $columns to $channels channels, stride $stride, dilation $dilation, $padding, $end', (made) => {
    const { rows, columns, depth, channels, dilation, batch, height, width, stride, padding, end } = made;
    const attr = {
      ...moved(stride, padding, dilation),
      ...(padding === 'EXPLICIT' && { explicit_paddings: list(0, 0, 1, 2, 0, 1, 0, 0) }),
    };
    const constants: Record<string, Made> = { filter: numbers(rows, columns, depth, channels) };
    const nodes: MadeNode[] = [{ name: 'conv', op: 'Conv2D', input: ['x', 'filter'], attr }];
    const then = (op: string, ...others: string[]): void => {
      const last = nodes.at(-1)!.name;
      nodes.push({ name: `${op}${nodes.length}`, op, input: [last, ...others] });
    };
    if (end.includes('bias')) {
      constants.bias = numbers(channels);
      then('BiasAdd', 'bias');
    }
    if (end.includes('add')) {
      // Another convolution of the same sides; a narrow one is filled up with zeros.
      const missing = end.includes('narrow') ? Math.floor(channels / 3) : 0;
      constants.other = numbers(rows, columns, depth, channels - missing);
      nodes.unshift({ name: 'beside', op: 'Conv2D', input: ['x', 'other'], attr });
      if (missing) {
        constants.sides = { ...whole(0, 0, 0, 0, 0, 0, 0, missing), shape: [4, 2] };
        nodes.splice(1, 0, { name: 'wide', op: 'Pad', input: ['beside', 'sides'] });
      }
      then('AddV2', missing ? 'wide' : 'beside');
    }
    if (end.includes('relu6')) then('Relu6');
    else if (end.includes('relu')) then('Relu');
    compare(binary, madeGraph(nodes, constants, [nodes.at(-1)!.name]), numbers(batch, height, width, depth));
  });

  const plain = Array.from({ length: 60 }, () => ({
    depth: one(16, 20, 24, 32), channels: one(16, 24, 32),
    // Some have more tiles than are computed at a time, and some a last group that is not full.
    batch: one(1, 2, 3), height: one(2, 5, 6, 7, 10, 14, 17, 22), width: one(2, 4, 5, 7, 13, 14, 15, 26),
    padding: one('SAME', 'SAME', 'VALID'),
    end: one('', 'bias relu', 'bias add relu', 'narrow relu6'),
  }));

  it.each(plain)('convolves $batch pictures of $height x $width x $depth by 3 x 3 to $channels channels with fewer products, $padding, $end', (made) => {
    const { depth, channels, batch, height, width, padding, end } = made;
    const beyond = padding === 'VALID' ? 2 : 0;
    const constants: Record<string, Made> = { filter: numbers(3, 3, depth, channels), bias: numbers(channels) };
    const nodes: MadeNode[] = [{ name: 'conv', op: 'Conv2D', input: ['x', 'filter'], attr: moved(1, padding) }];
    const then = (op: string, other?: string): void => {
      nodes.push({ name: `${op}${nodes.length}`, op, input: [nodes.at(-1)!.name, ...(other === undefined ? [] : [other])] });
    };
    if (end.includes('bias')) then('BiasAdd', 'bias');
    if (end.includes('add') || end.includes('narrow')) {
      const missing = end.includes('narrow') ? 5 : 0;
      constants.other = numbers(3, 3, depth, channels - missing);
      nodes.unshift({ name: 'beside', op: 'Conv2D', input: ['x', 'other'], attr: moved(1, padding) });
      if (missing) {
        constants.sides = { ...whole(0, 0, 0, 0, 0, 0, 0, missing), shape: [4, 2] };
        nodes.splice(1, 0, { name: 'wide', op: 'Pad', input: ['beside', 'sides'] });
      }
      then('AddV2', missing ? 'wide' : 'beside');
    }
    if (end.includes('relu6')) then('Relu6');
    else if (end.includes('relu')) then('Relu');
    compare(binary, madeGraph(nodes, constants, [nodes.at(-1)!.name]), numbers(batch, height + beyond, width + beyond, depth), LARGE_TILES_ROUNDING);
  });

  it('rehearses with the kernels that the networks spend their time in, and leaves nothing behind', async () => {
    const runtime = await startKernels(binary);
    const called = new Set<string>();
    const { kernels } = runtime;
    const listening = Object.create(runtime, {
      kernels: { value: new Proxy(kernels, { get: (all, name: string) => { called.add(name); return all[name as keyof typeof all]; } }) },
    }) as KernelRuntime;
    rehearse(listening);
    for (const name of ['convolution', 'winogradLarge', 'depthwise', 'border', 'widenBytes', 'widenHalves', 'pack', 'winogradLargeWeights']) expect(called).toContain(name);
    // The room for what is computed on the way stays, for the networks to come.
    const { bytes } = runtime.heap;
    rehearse(listening);
    expect(runtime.heap.bytes).toBe(bytes);
  });

  it('computes a result that several read once, with the border of the one that needs it', () => {
    const same = moved(1, 'SAME');
    const nodes: MadeNode[] = [
      { name: 'first', op: 'Conv2D', input: ['x', 'small'], attr: same },
      { name: 'relu', op: 'Relu', input: ['first'] },
      { name: 'wide', op: 'Conv2D', input: ['relu', 'large'], attr: same },
      { name: 'pool', op: 'MaxPool', input: ['relu'], attr: { ...moved(2, 'SAME'), ksize: list(1, 2, 2, 1) } },
      { name: 'twice', op: 'AddV2', input: ['relu', 'relu'] },
      { name: 'sum', op: 'AddV2', input: ['wide', 'twice'] },
      { name: 'mean', op: 'Mean', input: ['sum', 'axes'] },
    ];
    const constants = { small: numbers(3, 3, 2, 5), large: numbers(5, 5, 5, 5), axes: whole(1, 2) };
    compare(binary, madeGraph(nodes, constants, ['first', 'pool', 'mean', 'sum']), numbers(3, 7, 9, 2));
  });

  const sides = (...values: number[]): Made => ({ ...whole(...values), shape: [values.length / 2, 2] });
  const row = floats([2, 4]);
  it.each<[string, OneOperator]>([
    ['a border that is larger than any memory', { op: 'Pad', x: row, others: [sides(0, 1e9, 0, 1e9)] }],
    ['a border of less than nothing', { op: 'Pad', x: row, others: [sides(0, 0, -2, 2)] }],
    ['sides of less than nothing', { op: 'Reshape', x: row, others: [whole(-2, -4)] }],
    ['other numbers than there are', { op: 'Reshape', x: row, others: [whole(3, 3)] }],
    ['sides that there are not', { op: 'Transpose', x: row, others: [whole(0, 2)] }],
    ['a side twice', { op: 'Transpose', x: row, others: [whole(1, 1)] }],
    ['a slice from before the beginning', { op: 'Slice', x: row, others: [whole(0, -3), whole(1, 2)] }],
    ['a slice to behind the end', { op: 'Slice', x: row, others: [whole(0, 3), whole(2, 2)] }],
    ['a slice that does not go on', { op: 'StridedSlice', x: row, others: [whole(0, 0), whole(2, 4), whole(1, 0)] }],
    ['parts that do not fit together', { op: 'ConcatV2', x: row, others: [floats([3, 4]), single(1)], attr: { N: integer(2) } }],
    ['matrices that do not', { op: 'MatMul', x: row, others: [floats([3, 4])] }],
    ['windows that do not move', { op: 'MaxPool', x: seven, attr: { ...moved(0, 'VALID'), ksize: list(1, 2, 2, 1) } }],
    ['a kernel for other channels', { op: 'Conv2D', x: seven, others: [floats([3, 3, 6, 4])], attr: moved(1, 'SAME') }],
  ])('leaves %s to TensorFlow.js, and nothing behind', (_, example) => {
    const { heap } = runtimes.get(binary)!;
    const before = heap.bytes;
    expect(() => ours(runtimes.get(binary)!, oneOperator(example), example.x.shape)).toThrow(Unsupported);
    expect(heap.bytes).toBe(before);
  });

  describe.each(TASKS)('%s', (task) => {
    const given = files(task);
    const shape = inputShape(given.spec.input);

    it.each([1, 2, 4])('reads %i at once as TensorFlow.js does', async (batch) => {
      const network = new KernelNetwork(runtimes.get(binary)!, given.spec, given, shape);
      const reference = new GraphNetwork(given.spec, given);
      const draw = chance(7);
      const input = Float32Array.from({ length: batch * shape.reduce((a, b) => a * b, 1) }, () => 2 * draw() - 1);
      const [found, expected] = [await network.run(input, shape, batch), await reference.run(input, shape, batch)];
      expect(Object.keys(found)).toEqual(Object.keys(expected));
      expectClose(Object.values(found), Object.values(expected), 2 * ROUNDING);
      network.dispose();
      reference.dispose();
    });

    it('passes its golden vectors', async () => {
      const network = new KernelNetwork(runtimes.get(binary)!, given.spec, given, shape);
      const report = await testModel(network, readGolden(readFileSync(new URL(`${task}/golden.json`, MODELS), 'utf8')), probabilityTolerance('wasm'));
      expect(report).toMatchObject({ passed: true, sameTop: true });
      network.dispose();
    });
  });
});

function files(task: string): ModelFiles {
  const folder = new URL(`${task}/`, MODELS);
  const shard = 'group1-shard1of1.bin';
  return {
    spec: readSpec(readFileSync(new URL('spec.json', folder), 'utf8')),
    topology: readFileSync(new URL('model.json', folder), 'utf8'),
    shards: new Map([[shard, new Uint8Array(readFileSync(new URL(shard, folder)))]]),
  };
}

describe('the memory of the kernels', () => {
  const given = files('face-emotion');
  const shape = inputShape(given.spec.input);
  const pictures = (batch: number): Float32Array => new Float32Array(batch * shape.reduce((a, b) => a * b, 1)).fill(0.25);

  it('does not grow from run to run, whatever the number of pictures, and is given back', async () => {
    const runtime = await startKernels('simd');
    const network = new KernelNetwork(runtime, given.spec, given, shape);
    const rounds = async (count: number): Promise<void> => {
      for (let round = 0; round < count; round++) for (const batch of [1, 2, 3, 4, 8, 11]) await network.run(pictures(batch), shape, batch);
    };
    await rounds(1);
    const [held, reserved, tensors] = [runtime.heap.bytes, runtime.kernels.memory.buffer.byteLength, network.tensors];
    await rounds(4);
    expect([runtime.heap.bytes, runtime.kernels.memory.buffer.byteLength, network.tensors]).toEqual([held, reserved, tensors]);
    network.dispose();
    const workspace = runtime.heap.bytes;
    expect(held - workspace).toBeGreaterThan(3 * given.spec.parameters);
    // What was given back serves the next ones.
    const renew = (): number[] => {
      new KernelNetwork(runtime, given.spec, given, shape).dispose();
      return [runtime.heap.bytes, runtime.kernels.memory.buffer.byteLength];
    };
    const first = renew();
    expect(first[0]).toBe(workspace);
    for (let again = 0; again < 5; again++) expect(renew()).toEqual(first);
  });

  it('gives every one of many the reading that it has alone', async () => {
    const runtime = await startKernels('simd');
    const network = new KernelNetwork(runtime, given.spec, given, shape);
    const draw = chance(3);
    const many = pictures(19).map(() => draw());
    const together = (await network.run(many, shape, 19)).emotion!;
    const one = many.length / 19;
    for (const at of [0, 7, 8, 18]) {
      const alone = (await network.run(many.slice(at * one, (at + 1) * one), shape, 1)).emotion!;
      expectClose([together.slice(at * alone.length, (at + 1) * alone.length)], [alone]);
    }
  });

  it('refuses numbers that are not as many as the sides say', async () => {
    const runtime = await startKernels('simd');
    const network = new KernelNetwork(runtime, given.spec, given, shape);
    await expect(network.run(pictures(1), shape, 2)).rejects.toThrow(RangeError);
  });
});

describe('the backend', () => {
  const given = files('voice-activity');
  const shape = inputShape(given.spec.input);
  const other = (note: () => void): RunningBackend => ({
    name: 'wasm',
    threads: 3,
    open: (model) => {
      note();
      return Promise.resolve(new GraphNetwork(model.spec, model));
    },
    lost: new Promise(() => undefined),
    memory: () => ({ tensors: 1000, bytes: 10_000 }),
    resume: () => Promise.resolve(),
    stop: () => undefined,
  });
  const module = async (): Promise<WebAssembly.Module> => (await startKernels('simd')).module;
  /** A model whose first operator is another one. */
  const strange = (operator: string): ModelFiles => ({ ...given, topology: given.topology.replace(/"op": ?"Tanh"|"op": ?"Rsqrt"/, `"op": "${operator}"`) });

  it('leaves a model with an operator that the kernels have not to TensorFlow.js, and only that', async () => {
    let opened = 0;
    const backend = await KernelBackend.start(await module(), () => Promise.resolve(other(() => { opened += 1; })));
    const here = await backend.open(given, shape);
    expect([opened, backend.threads]).toEqual([0, 1]);
    const { tensors, bytes } = backend.memory();
    expect(tensors).toBeGreaterThan(10);
    expect(bytes).toBeGreaterThan(50_000);
    await expect(backend.open(strange('Cumsum'), shape)).rejects.toMatchObject({ code: 'spec-invalid', message: expect.stringContaining('"Cumsum"') as string });
    expect([opened, backend.threads]).toEqual([1, 3]);
    expect(backend.memory().tensors).toBe(1000 + tensors);
    here.dispose();
    expect(backend.memory().tensors).toBe(1000);
  });

  it('leaves all of them to it where the browser cannot run the kernels', async () => {
    let opened = 0;
    const backend = await KernelBackend.start(null, () => Promise.resolve(other(() => { opened += 1; })));
    (await backend.open(given, shape)).dispose();
    expect(opened).toBe(1);
  });

  it('does not ask TensorFlow.js about files that are broken', async () => {
    const backend = await KernelBackend.start(await module(), () => Promise.reject(new Error('it was asked')));
    await expect(backend.open({ ...given, topology: '{' }, shape)).rejects.toMatchObject({ code: 'spec-invalid' });
    await expect(backend.open({ ...given, shards: new Map() }, shape)).rejects.toMatchObject({ code: 'spec-invalid' });
    await expect(backend.open({ ...given, topology: given.topology.replaceAll('Rsqrt"', 'Lost"') }, shape)).rejects.toThrow();
  });
});

it('every operator is one that TensorFlow.js has, too', () => {
  expect([...OPERATORS.keys()].filter((operator) => !ALL_OPERATORS.has(operator))).toEqual([]);
});
