import type { Reader } from '../../contract/reader';
import { Attributes } from './attributes';

/** A node of a graph, when all that it needs has been computed. */
export interface OrderedNode {
  reader: Reader;
  name: string;
  operator: string;
  attributes: Attributes;
  /** By the names of what computes them, with the number of the output where it is not the first. */
  inputs: readonly string[];
  /** Likewise. */
  outputs: readonly string[];
}

/** A graph in the order in which it is computed. */
export interface Order {
  nodes: readonly OrderedNode[];
  /** Those that are needed. */
  weights: ReadonlySet<string>;
  input: string;
  /** In the order in which they were asked for. */
  outputs: readonly string[];
}

interface Node {
  reader: Reader;
  name: string;
  operator: string;
  inputs: string[];
}

/**
 * Orders the nodes that the outputs need.
 * @param topology Of `model.json`.
 * @param weights Names of those that there are.
 * @param input Name of the node that is fed; with a number after a colon or without.
 * @param outputs Likewise, of those to be computed.
 * @throws MienError `spec-invalid` where a node is missing.
 */
export function order(topology: Reader, weights: { has(name: string): boolean }, input: string, outputs: readonly string[]): Order {
  const nodes = new Map(topology.at('node').list(readNode).map((node) => [node.name, node]));
  const fed = plain(input);
  const known = new Set([fed]);
  const used = new Set<string>();
  const ordered: OrderedNode[] = [];
  const underWay = new Set<string>();

  /** Orders what a reference needs. */
  function need(reference: string): string {
    if (known.has(reference)) return reference;
    const [name] = reference.split(':') as [string];
    if (weights.has(name)) {
      used.add(name);
      return name;
    }
    const node = nodes.get(name) ?? topology.at('node').fail(`a node named ${name}`);
    if (underWay.has(name)) node.reader.fail('a node that does not wait for itself');
    underWay.add(name);
    const { reader, operator } = node;
    const attributes = new Attributes(reader);
    const inputs = node.inputs.map(need);
    const computed = Array.from({ length: outputsOf(operator, attributes) }, (_, index) => (index ? `${name}:${index}` : name));
    for (const one of computed) known.add(one);
    ordered.push({ reader, name, operator, attributes, inputs, outputs: computed });
    return known.has(reference) ? reference : reader.fail(`a node with the output ${reference}`);
  }

  const wanted = outputs.map((output) => need(plain(output)));
  if (new Set(wanted).size < wanted.length || wanted.some((output) => output === fed || used.has(output))) {
    topology.fail('outputs that are computed, each by a node of its own');
  }
  return { nodes: ordered, weights: used, input: fed, outputs: wanted };
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
