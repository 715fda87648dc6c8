/** Small graph models of one operator each, in the form of TensorFlow's GraphDef. */
import type { io } from '@tensorflow/tfjs-core';

type Values = number[];

/** Numbers with the sides that they lie in: weights, settings, or what is fed. */
export interface Made {
  values: Values;
  shape: number[];
  dtype: 'float32' | 'int32';
}

export const floats = (shape: number[], values?: Values): Made => ({
  values: values ?? Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1)),
  shape,
  dtype: 'float32',
});
export const whole = (...values: Values): Made => ({ values, shape: [values.length], dtype: 'int32' });
export const single = (value: number, dtype: Made['dtype'] = 'int32'): Made => ({ values: [value], shape: [], dtype });

export const list = (...numbers: number[]): object => ({ list: { i: numbers.map(String) } });
export const text = (value: string): object => ({ s: btoa(value) });
export const texts = (...values: string[]): object => ({ list: { s: values.map((value) => btoa(value)) } });
export const integer = (value: number): object => ({ i: String(value) });
export const real = (value: number): object => ({ f: value });
export const flag = (b: boolean): object => ({ b });
export const type = (name: string): object => ({ type: name });

export interface OneOperator {
  op: string;
  /** What is fed. */
  x: Made;
  /** The other inputs. */
  others?: Made[];
  /** Which input is the one that is fed. */
  at?: number;
  attr?: Record<string, object>;
  outputs?: number;
}

/** A graph from the placeholder `x` through the operator to the outputs `out0`, `out1`, ... */
export function oneOperator({ op, others = [], at = 0, attr = {}, outputs = 1 }: OneOperator): io.ModelArtifacts {
  const constants = Object.fromEntries(others.map((made, index) => [`c${index}`, made]));
  const inputs = Object.keys(constants);
  inputs.splice(at, 0, 'x');
  const computed = Array.from({ length: outputs }, (_, index) => (index ? `y:${index}` : 'y'));
  return madeGraph([{ name: 'y', op, input: inputs, attr }], constants, computed);
}

export interface MadeNode {
  name: string;
  op: string;
  input: string[];
  attr?: Record<string, object>;
}

/** A graph from the placeholder `x` through the nodes; of each of `computed` an output is made: `out0`, `out1`, ... */
export function madeGraph(nodes: readonly MadeNode[], constants: Readonly<Record<string, Made>>, computed: readonly string[]): io.ModelArtifacts {
  const identities = computed.map((input, index) => ({ name: `out${index}`, op: 'Identity', input: [input], attr: { T: type('DT_FLOAT') } }));
  const typeOf = ({ dtype }: Made): object => type(dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT');
  const placeholder = { name: 'x', op: 'Placeholder', attr: { dtype: type('DT_FLOAT'), shape: { shape: { unknownRank: true } } } };
  const made = Object.entries(constants);
  const node = [placeholder, ...made.map(([name, one]) => ({ name, op: 'Const', attr: { dtype: typeOf(one) } })), ...nodes, ...identities];
  const data = new ArrayBuffer(4 * made.reduce((sum, [, { values }]) => sum + values.length, 0));
  let from = 0;
  for (const [, { values, dtype }] of made) {
    const view = dtype === 'int32' ? new Int32Array(data, from, values.length) : new Float32Array(data, from, values.length);
    view.set(values);
    from += 4 * values.length;
  }
  const signed = (name: string): object => ({ name: `${name}:0`, dtype: 'DT_FLOAT' });
  return {
    format: 'graph-model',
    modelTopology: { node, versions: { producer: 1 }, library: {} },
    signature: {
      inputs: { x: signed('x') },
      outputs: Object.fromEntries(identities.map(({ name }) => [name, signed(name)])),
    },
    weightSpecs: made.map(([name, { shape, dtype }]) => ({ name, shape, dtype })),
    weightData: data,
  };
}
