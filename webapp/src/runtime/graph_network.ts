import { memory, tensor } from '@tensorflow/tfjs-core';
import { MienError } from '../errors';
import { parseJson, type Reader } from '../contract/reader';
import type { ModelInput, ModelSpec } from '../contract/types';
import type { Network } from '../network';
import { joined } from './bytes';
import { Graph } from './graph/graph';
import { readWeights } from './weights';

/** A model's files as they came, hashes checked. */
export interface ModelFiles {
  spec: ModelSpec;
  /** `model.json`. */
  topology: string;
  /** Weight shards by file name. */
  shards: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** A graph model on the current backend. Owns its weights until `dispose`. */
export class GraphNetwork<Input extends ModelInput = ModelInput> implements Network<Input> {
  private readonly graph: Graph;
  private readonly outputNames: string[];

  constructor(
    readonly spec: ModelSpec<Input>,
    files: ModelFiles,
  ) {
    this.outputNames = Object.keys(spec.outputs);
    this.graph = readGraph(files, spec, this.outputNames);
  }

  async run(values: Float32Array, shape: readonly number[], batch: number): Promise<Record<string, Float32Array>> {
    const input = tensor(values, [batch, ...shape], 'float32');
    let outputs;
    try {
      outputs = this.graph.execute(input);
    } finally {
      input.dispose();
    }
    try {
      const data = await Promise.all(outputs.map((output) => output.data<'float32'>()));
      return Object.fromEntries(this.outputNames.map((name, index) => [name, data[index]!]));
    } finally {
      outputs.forEach((output) => output.dispose());
    }
  }

  dispose(): void {
    this.graph.dispose();
  }
}

/** Tensors alive on all backends. */
export function tensorMemory(): { tensors: number; bytes: number } {
  const { numTensors, numBytes } = memory();
  return { tensors: numTensors, bytes: numBytes };
}

function readGraph({ spec, topology, shards }: ModelFiles, { input }: ModelSpec, outputNames: readonly string[]): Graph {
  const root = parseJson(`${spec.task}/model.json`, topology);
  root.at('format').literal('graph-model');
  const [inputs, outputs] = [namesOf(root, 'inputs'), namesOf(root, 'outputs')];
  checkSignature(spec, inputs, outputs, outputNames);
  const groups = root.at('weightsManifest').list((group) => ({
    paths: group.at('paths').list((path) => path.string()),
    weights: group.at('weights'),
  }));
  // One request for all weights of a model: the converter writes one group.
  if (groups.length !== 1) root.at('weightsManifest').fail('one group of weights');
  const [{ paths, weights }] = groups as [(typeof groups)[number]];
  const parts = paths.map((path) => {
    const shard = shards.get(path);
    if (!shard) root.at('weightsManifest').fail(`only shards that the catalogue lists, but it names ${path}`);
    return shard!;
  });
  const tensors = new Map([...readWeights(weights, joined(parts))].map(([name, { values, shape, dtype }]) => [name, tensor(values, shape, dtype)]));
  return new Graph(root.at('modelTopology'), tensors, inputs.get(input.tensor)!, outputNames.map((name) => outputs.get(name)!));
}

/** By the names that the spec knows, those within the graph. */
function namesOf(root: Reader, side: 'inputs' | 'outputs'): Map<string, string> {
  const signature = root.at('signature');
  if (!signature.has(side)) return new Map();
  return new Map(signature.at(side).entries().map(([name, tensor]) => [name, tensor.at('name').string()]));
}

/** Inputs and outputs are found by name, never by position. */
function checkSignature({ task, input }: ModelSpec, inputs: ReadonlyMap<string, string>, outputs: ReadonlyMap<string, string>, outputNames: readonly string[]): void {
  const missing = [
    ...(inputs.has(input.tensor) ? [] : [`input ${input.tensor}`]),
    ...outputNames.filter((name) => !outputs.has(name)).map((name) => `output ${name}`),
  ];
  if (missing.length === 0) return;
  throw new MienError(
    'spec-invalid',
    `${task}/model.json: signature: expected ${missing.join(', ')}, found inputs ${[...inputs.keys()].join(', ')} and outputs ${[...outputs.keys()].join(', ')}`,
    'Rebuild the model with mien-convert.',
  );
}
