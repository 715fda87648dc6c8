/** The page's executor of graph models on TensorFlow.js's kernels beside TensorFlow.js's own, which it has to equal. */
import { readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import { engine, getKernelsForBackend, io, memory, ready, setBackend, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { parseJson, Reader } from '../src/contract/reader';
import { readSpec } from '../src/contract/spec';
import { Graph } from '../src/runtime/tfjs/graph';
import { OPERATORS } from '../src/runtime/tfjs/operators';
import { GraphNetwork } from '../src/runtime/tfjs/network';
import type { ModelFiles } from '../src/runtime/graph/read_model';
import '../src/runtime/tfjs/kernels';
import { readWeights, valuesOf } from '../src/runtime/graph/weights';
import { integer, oneOperator, whole } from './made_graphs';
import { EXAMPLES, row } from './operator_examples';
import { chance } from './random';

const MODELS = new URL('../../models_tfjs/', import.meta.url);

const values = (tensors: readonly Tensor[]): unknown => tensors.map((one) => ({ shape: one.shape, dtype: one.dtype, data: [...one.dataSync()] }));

function ours(artifacts: io.ModelArtifacts): Graph {
  const weights = io.decodeWeights(artifacts.weightData as ArrayBuffer, artifacts.weightSpecs!);
  const names = Object.keys((artifacts.signature as { outputs: object }).outputs);
  const topology = new Reader('made', 'modelTopology', artifacts.modelTopology);
  return new Graph(topology, new Map(Object.entries(weights)), 'x:0', names.map((name) => `${name}:0`));
}

beforeAll(async () => {
  await setBackend('cpu');
  await ready();
});

describe('each operator', () => {
  it('is tried here', () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual([...OPERATORS.keys()].sort());
  });

  it.each(Object.entries(EXAMPLES))('%s gives what TensorFlow.js gives, by kernels that the WASM backend of the page has', (_, examples) => {
    const there = new Set(getKernelsForBackend('wasm').map(({ kernelName }) => kernelName));
    for (const example of examples) {
      const artifacts = oneOperator(example);
      const input = tensor(example.x.values, example.x.shape);
      const theirs = loadGraphModelSync(io.fromMemorySync(artifacts));
      const expected = theirs.execute({ x: input }, Object.keys((artifacts.signature as { outputs: object }).outputs));
      const spied = vi.spyOn(engine(), 'runKernel');
      const graph = ours(artifacts);
      const found = graph.execute(input);
      const called = spied.mock.calls.map(([kernel]) => kernel);
      spied.mockRestore();
      expect(values(found)).toEqual(values([expected].flat()));
      expect(called.filter((kernel) => !there.has(kernel))).toEqual([]);
      graph.dispose();
      theirs.dispose();
    }
  });

  it.each(Object.entries(EXAMPLES))('%s leaves nothing behind', (_, examples) => {
    for (const example of examples) {
      const before = memory().numTensors;
      const graph = ours(oneOperator(example));
      const input = tensor(example.x.values, example.x.shape);
      for (let i = 0; i < 2; i++) for (const output of graph.execute(input)) output.dispose();
      input.dispose();
      graph.dispose();
      expect(memory().numTensors).toBe(before);
    }
  });
});

describe('a graph', () => {
  const chain = (change: (node: Record<string, unknown>[]) => void): io.ModelArtifacts => {
    const made = oneOperator({ op: 'Reshape', x: row, others: [whole(3, 3)] });
    change((made.modelTopology as { node: Record<string, unknown>[] }).node);
    return made;
  };

  it('keeps none of the tensors of a run that failed', () => {
    const graph = ours(chain(() => undefined));
    const input = tensor(row.values, row.shape);
    const before = memory().numTensors;
    expect(() => graph.execute(input)).toThrow();
    expect(memory().numTensors).toBe(before);
    input.dispose();
    graph.dispose();
  });

  it.each([
    ['an operator that the page has not', (node: Record<string, unknown>[]) => (node[2]!.op = 'Cumsum'), /node\[2\]\.op: .*"Cumsum"/],
    ['an operator by the name of what every object has', (node: Record<string, unknown>[]) => (node[2]!.op = 'constructor'), /"constructor"/],
    ['outputs without end', (node: Record<string, unknown>[]) => Object.assign(node[2]!, { op: 'Unpack', attr: { num: integer(1e9) } }), /outputs up to/],
    ['an input that is nowhere', (node: Record<string, unknown>[]) => (node[2]!.input = ['lost', 'c0']), /a node named lost/],
    ['an output that a node has not', (node: Record<string, unknown>[]) => (node[3]!.input = ['y:1']), /a node with the output y:1/],
    ['a node that waits for itself', (node: Record<string, unknown>[]) => (node[2]!.input = ['out0', 'c0']), /does not wait for itself/],
    ['an input too few', (node: Record<string, unknown>[]) => (node[2]!.input = ['x']), /a node with 2 inputs/],
    ['an output that is its input', (node: Record<string, unknown>[]) => (node[3]!.name = 'x'), /outputs that are computed|a node named/],
  ])('with %s is refused, and its weights are let go', (_, change, complaint) => {
    const before = memory().numTensors;
    expect(() => ours(chain(change))).toThrow(complaint);
    expect(memory().numTensors).toBe(before);
  });
});

describe('a shipped network', () => {
  const tasks = ['face-detector', 'face-emotion', 'face-age-gender', 'speech-emotion', 'voice-activity'];
  const files = (task: string): ModelFiles => {
    const folder = new URL(`${task}/`, MODELS);
    const shard = 'group1-shard1of1.bin';
    return {
      spec: readSpec(readFileSync(new URL('spec.json', folder), 'utf8')),
      topology: readFileSync(new URL('model.json', folder), 'utf8'),
      shards: new Map([[shard, new Uint8Array(readFileSync(new URL(shard, folder)))]]),
    };
  };
  const theirs = ({ spec, topology, shards }: ModelFiles): ReturnType<typeof loadGraphModelSync> => {
    const root = parseJson(spec.task, topology);
    const [weights] = root.at('weightsManifest').list((group) => group.at('weights'));
    const read = [...readWeights(weights!, [...shards.values()][0]!)];
    const weightSpecs = read.map(([name, { shape, dtype }]) => ({ name, shape: [...shape], dtype }));
    const parts = read.map(([, weight]) => new Uint8Array(valuesOf(weight).buffer));
    const weightData = Uint8Array.from(parts.flatMap((part) => [...part])).buffer;
    const { modelTopology, signature } = root.object() as { modelTopology: object; signature: object };
    return loadGraphModelSync(io.fromMemorySync({ format: 'graph-model', modelTopology, signature, weightSpecs, weightData }));
  };

  it.each(tasks)('%s reads two at once as TensorFlow.js does', async (task) => {
    const before = memory().numTensors;
    const given = files(task);
    const reference = theirs(given);
    const network = new GraphNetwork(given.spec, given);
    const shape = reference.inputs[0]!.shape!.slice(1);
    const random = chance(7);
    const input = Float32Array.from({ length: 2 * shape.reduce((a, b) => a * b, 1) }, () => 2 * random() - 1);
    const found = await network.run(input, shape, 2);
    tidy(() => {
      for (const [name, data] of Object.entries(found)) {
        const expected = reference.execute({ [given.spec.input.tensor]: tensor(input, [2, ...shape]) }, name) as Tensor;
        expect([...data]).toEqual([...expected.dataSync()]);
      }
    });
    network.dispose();
    reference.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
