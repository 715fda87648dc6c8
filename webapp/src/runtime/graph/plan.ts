import type { Tensor } from '@tensorflow/tfjs-core';
import type { Reader } from '../../contract/reader';
import { Attributes } from './attributes';
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

interface Node {
  reader: Reader;
  name: string;
  operator: string;
  /** Names of nodes, with the number of the output where it is not the first. */
  inputs: string[];
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
  const nodes = new Map(topology.at('node').list(readNode).map((node) => [node.name, node]));
  const places = new Map<string, number>();
  const weightPlaces = new Map<string, number>();
  const steps: Omit<Step, 'last'>[] = [];
  const place = (reference: string): number => {
    const known = places.get(reference);
    if (known !== undefined) return known;
    places.set(reference, places.size);
    return places.size - 1;
  };
  const underWay = new Set<string>();

  /** Plans what a reference needs, and says where its tensor will be. */
  function need(reference: string): number {
    const known = places.get(reference);
    if (known !== undefined) return known;
    const [name] = reference.split(':') as [string];
    if (weights.has(name)) {
      weightPlaces.set(name, place(reference));
      return place(reference);
    }
    const node = nodes.get(name) ?? topology.at('node').fail(`a node named ${name}`);
    if (underWay.has(name)) node.reader.fail('a node that does not wait for itself');
    underWay.add(name);
    steps.push(planned(node));
    return places.get(reference) ?? node.reader.fail(`a node with the output ${reference}`);
  }

  function planned({ reader, name, operator, inputs: references }: Node): Omit<Step, 'last'> {
    const make = OPERATORS.get(operator) ?? reader.at('op').fail('an operator that this page computes (src/runtime/graph/operators.ts)');
    const attributes = new Attributes(reader);
    const compute = make({
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
    const inputs = references.map(need);
    const count = outputsOf(operator, attributes);
    return { compute, inputs, outputs: Array.from({ length: count }, (_, index) => place(index ? `${name}:${index}` : name)) };
  }

  const fed = place(plain(input));
  const wanted = outputs.map((output) => need(plain(output)));
  const given = new Set([fed, ...weightPlaces.values()]);
  if (new Set(wanted).size < wanted.length || wanted.some((output) => given.has(output))) topology.fail('outputs that are computed, each by a node of its own');
  return {
    steps: withLastUses(steps, new Set([...wanted, ...given])),
    places: places.size,
    weights: weightPlaces,
    input: fed,
    outputs: wanted,
  };
}

/** By operator, the attribute that says how many outputs it has; others have one. */
const COUNTED = new Map([
  ['Split', 'num_split'],
  ['SplitV', 'num_split'],
  ['Unpack', 'num'],
]);

/** More than any node has. */
const MAX_OUTPUTS = 1024;

function outputsOf(operator: string, attributes: Attributes): number {
  const counter = COUNTED.get(operator);
  if (counter === undefined) return 1;
  const count = attributes.number(counter, 1);
  return count > 0 && count <= MAX_OUTPUTS ? count : attributes.fail(counter, `a number of outputs up to ${MAX_OUTPUTS}`);
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

function readNode(reader: Reader): Node {
  const inputs = reader.has('input') ? reader.at('input').list((input) => input.string()) : [];
  return {
    reader,
    name: reader.at('name').string(),
    operator: reader.at('op').string(),
    // What begins with a caret says only what is computed before.
    inputs: inputs.filter((input) => !input.startsWith('^')).map(plain),
  };
}

/** The first output of a node goes by the node's name. */
function plain(reference: string): string {
  return reference.endsWith(':0') ? reference.slice(0, -2) : reference;
}
