import { parseJson, type Reader } from '../../contract/reader';
import type { ModelSpec } from '../../contract/types';
import { MienError } from '../../errors';
import { joined } from '../bytes';
import { readWeights, type Weight } from './weights';

/** A model's files as they came, hashes checked. */
export interface ModelFiles {
  spec: ModelSpec;
  /** `model.json`. */
  topology: string;
  /** Weight shards by file name. */
  shards: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** What a model's files say, before anything is made of it. */
export interface ReadModel {
  /** The graph in `model.json`. */
  topology: Reader;
  /** By name. */
  weights: ReadonlyMap<string, Weight>;
  /** Within the graph. */
  input: string;
  /** By the names that the spec knows, those within the graph. */
  outputs: ReadonlyMap<string, string>;
}

/** @throws MienError `spec-invalid` where the files do not fit together. */
export function readModel({ spec, topology, shards }: ModelFiles): ReadModel {
  const root = parseJson(`${spec.task}/model.json`, topology);
  root.at('format').literal('graph-model');
  const [inputs, outputs] = [namesOf(root, 'inputs'), namesOf(root, 'outputs')];
  const outputNames = Object.keys(spec.outputs);
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
  return {
    topology: root.at('modelTopology'),
    weights: readWeights(weights, parts.length === 1 ? parts[0]! : joined(parts)),
    input: inputs.get(spec.input.tensor)!,
    outputs: new Map(outputNames.map((name) => [name, outputs.get(name)!])),
  };
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
