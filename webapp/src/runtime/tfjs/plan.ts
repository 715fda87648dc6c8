import type { Tensor } from '@tensorflow/tfjs-core';
import type { Reader } from '../../contract/reader';
import { order, type OrderedNode } from '../graph/order';
import { OPERATORS, type Compute } from './operators';

/** One node's work. Tensors have places, which are numbered through the whole graph. */
export interface Step {
  compute: Compute;
  inputs: readonly number[];
  /** The places of its outputs. */
  outputs: readonly number[];
  /** Places whose tensors no later step needs. */
  last: readonly number[];
}

/** A graph in the order in which it is computed. */
export interface Plan {
  steps: readonly Step[];
  places: number;
  /** Those that are needed. */
  weights: ReadonlyMap<string, number>;
  input: number;
  /** In the order in which they were asked for. */
  outputs: readonly number[];
}

/**
 * Orders the nodes that the outputs need, and looks their operators up.
 * @param topology Of `model.json`.
 * @param weights By name.
 * @param input Name of the node that is fed; with a number after a colon or without.
 * @param outputs Likewise, of those to be computed.
 * @throws MienError `spec-invalid` where a node is missing, or of a kind that is not computed here.
 */
export function plan(topology: Reader, weights: ReadonlyMap<string, Tensor>, input: string, outputs: readonly string[]): Plan {
  const ordered = order(topology, weights, input, outputs);
  const places = new Map<string, number>();
  const place = (reference: string): number => {
    const known = places.get(reference);
    if (known !== undefined) return known;
    places.set(reference, places.size);
    return places.size - 1;
  };
  const fed = place(ordered.input);
  const weightPlaces = new Map([...ordered.weights].map((name) => [name, place(name)]));
  const steps = ordered.nodes.map((node) => ({
    compute: computing(node, weights),
    inputs: node.inputs.map(place),
    outputs: node.outputs.map(place),
  }));
  const wanted = ordered.outputs.map(place);
  return {
    steps: withLastUses(steps, new Set([...wanted, fed, ...weightPlaces.values()])),
    places: places.size,
    weights: weightPlaces,
    input: fed,
    outputs: wanted,
  };
}

function computing({ reader, operator, attributes, inputs: references }: OrderedNode, weights: ReadonlyMap<string, Tensor>): Compute {
  const make = OPERATORS.get(operator) ?? reader.at('op').fail('an operator that this page computes (src/runtime/tfjs/operators.ts)');
  return make({
    attributes,
    inputs: references.length,
    numbers: (index) => {
      const reference = references[index] ?? reader.fail(`a node with ${index + 1} inputs`);
      const constant = weights.get(reference);
      if (!constant) return (inputs) => Array.from(inputs[index]!.dataSync());
      const numbers = Array.from(constant.dataSync());
      return () => numbers;
    },
  });
}

function withLastUses(steps: readonly Omit<Step, 'last'>[], kept: ReadonlySet<number>): Step[] {
  const seen = new Set(kept);
  return [...steps]
    .reverse()
    .map((step) => {
      const last = [...new Set([...step.inputs, ...step.outputs])].filter((place) => !seen.has(place));
      for (const place of last) seen.add(place);
      return { ...step, last };
    })
    .reverse();
}
