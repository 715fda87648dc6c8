import type { Order, OrderedNode } from '../graph/order';
import type { Constants } from './constants';
import { dense } from './map';
import { OPERATORS } from './operators';
import { Steps, type Step } from './steps';
import type { Border, Tensor } from './tensor';
import { Unsupported } from './unsupported';
import { Value } from './value';
import { borderRead, widest } from './window';

/** A graph as calls of kernels, for inputs of one shape. */
export interface Compiled {
  steps: readonly Step[];
  /** Of the workspace. */
  bytes: number;
  input: Tensor;
  /** In the order in which they were asked for. */
  outputs: readonly Tensor[];
}

/** Operators that read beyond the border of pictures. */
const CONVOLUTIONS = new Set(['Conv2D', '_FusedConv2D', 'DepthwiseConv2d', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2dNative']);

/**
 * @param shape Of the input, with the batch axis.
 * @throws Unsupported where the kernels do not compute what the graph asks for; MienError `spec-invalid` where an attribute is broken.
 */
export function compile({ nodes, weights, input, outputs }: Order, constants: Constants, shape: readonly number[]): Compiled {
  const steps = new Steps();
  const fed = steps.tensor(shape);
  const values = new Map([[input, new Value(steps, fed)]]);
  for (const name of weights) values.set(name, weightValue(steps, constants, name));
  const readers = countReaders(nodes, outputs);
  const borders = findBorders(nodes, constants);
  for (const node of nodes) {
    const compute = OPERATORS.get(node.operator);
    if (!compute) throw new Unsupported(`the operator ${node.operator}`);
    const { attributes, name } = node;
    const results = [compute({ steps, constants, attributes, name, inputs: node.inputs.map((reference) => values.get(reference)!) })].flat();
    node.outputs.forEach((reference, index) => {
      const result = results[index];
      if (!result) throw new Unsupported(`an output ${reference}`);
      values.set(reference, new Value(steps, result, null, borders.get(reference), readers.get(reference) === 1));
    });
  }
  const computed = outputs.map((name) => dense(steps, values.get(name)!.read()));
  for (const tensor of computed) steps.keep(tensor);
  return { steps: steps.list, bytes: steps.place(), input: fed, outputs: computed };
}

/** A weight is brought into the form of a tensor only if somebody reads it as one. */
function weightValue(steps: Steps, constants: Constants, name: string): Value {
  let tensor: Tensor | null = null;
  const shape = constants.shape(name);
  const lazy = {
    shape,
    get storage() { return (tensor ??= constants.tensor(name)).storage; },
    get offset() { return (tensor ??= constants.tensor(name)).offset; },
    get strides() { return (tensor ??= constants.tensor(name)).strides; },
  };
  return new Value(steps, lazy, name);
}

function countReaders(nodes: readonly OrderedNode[], outputs: readonly string[]): Map<string, number> {
  const readers = new Map<string, number>();
  for (const reference of [...nodes.flatMap(({ inputs }) => inputs), ...outputs]) readers.set(reference, (readers.get(reference) ?? 0) + 1);
  return readers;
}

/** The border that whoever reads a picture needs. */
function findBorders(nodes: readonly OrderedNode[], constants: Constants): Map<string, Border> {
  const borders = new Map<string, Border>();
  for (const { operator, attributes, inputs } of nodes) {
    const [picture, filter] = inputs;
    if (!CONVOLUTIONS.has(operator) || picture === undefined || filter === undefined || !constants.has(filter)) continue;
    const [rows, columns] = constants.shape(filter);
    const known = borders.get(picture);
    borders.set(picture, widest([...(known ? [known] : []), borderRead(attributes, [rows ?? 1, columns ?? 1])]));
  }
  return borders;
}
