import { type GraphModel, loadGraphModelSync } from '@tensorflow/tfjs-converter';
import { io, memory, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { MienError } from '../errors';
import { parseJson, type Reader } from '../contract/reader';
import type { ModelInput, ModelSpec } from '../contract/types';
import type { Network } from '../network';
import { joined } from './bytes';
import { widenWeights } from './eight_bit';
import { OPERATORS } from './tfjs/operations';

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
  private readonly model: GraphModel<io.IOHandlerSync>;
  private readonly outputNames: string[];

  constructor(
    readonly spec: ModelSpec<Input>,
    files: ModelFiles,
  ) {
    const artifacts = readArtifacts(files);
    this.outputNames = Object.keys(spec.outputs);
    checkSignature(artifacts, spec, this.outputNames);
    this.model = loadGraphModelSync(io.fromMemorySync(artifacts));
  }

  async run(values: Float32Array, shape: readonly number[], batch: number): Promise<Record<string, Float32Array>> {
    const outputs = tidy(() => {
      const input = tensor(values, [batch, ...shape], 'float32');
      const result = this.model.execute({ [this.spec.input.tensor]: input }, this.outputNames);
      return Array.isArray(result) ? result : [result];
    });
    try {
      const data = await Promise.all(outputs.map((output: Tensor) => output.data<'float32'>()));
      return Object.fromEntries(this.outputNames.map((name, index) => [name, data[index]!]));
    } finally {
      outputs.forEach((output: Tensor) => output.dispose());
    }
  }

  dispose(): void {
    this.model.dispose();
  }
}

/** Tensors alive on all backends. */
export function tensorMemory(): { tensors: number; bytes: number } {
  const { numTensors, numBytes } = memory();
  return { tensors: numTensors, bytes: numBytes };
}

function readArtifacts({ spec, topology, shards }: ModelFiles): io.ModelArtifacts {
  const root = parseJson(`${spec.task}/model.json`, topology);
  root.at('format').literal('graph-model');
  checkOperators(root.at('modelTopology'));
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
  const { specs, data } = widenWeights(weights, joined(parts));
  return {
    format: 'graph-model',
    modelTopology: root.at('modelTopology').object(),
    signature: root.at('signature').object(),
    weightSpecs: specs,
    weightData: data,
  };
}

/** What was left out of the page would fail at the first reading, and say nothing of why. */
function checkOperators(topology: Reader): void {
  topology.at('node').list((node) => {
    const operator = node.at('op');
    if (!OPERATORS.has(operator.string())) operator.fail('an operator that this page computes (src/runtime/tfjs/operations.ts)');
  });
}

/** The names that the spec uses must be those of the graph: outputs are found by name, never by position. */
function checkSignature(artifacts: io.ModelArtifacts, spec: ModelSpec, outputNames: readonly string[]): void {
  const { inputs = {}, outputs = {} } = artifacts.signature as { inputs?: object; outputs?: object };
  const missing = [
    ...(spec.input.tensor in inputs ? [] : [`input ${spec.input.tensor}`]),
    ...outputNames.filter((name) => !(name in outputs)).map((name) => `output ${name}`),
  ];
  if (missing.length === 0) return;
  throw new MienError(
    'spec-invalid',
    `${spec.task}/model.json: signature: expected ${missing.join(', ')}, found inputs ${Object.keys(inputs).join(', ')} and outputs ${Object.keys(outputs).join(', ')}`,
    'Rebuild the model with mien-convert.',
  );
}
