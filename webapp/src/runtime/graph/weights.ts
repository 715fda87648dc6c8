/** Weights as they ship, in eight bits, float16 or whole, to the float32 that is computed with; see converter/eight_bit.py. */
import type { Reader } from '../../contract/reader';

/** More than any weight has. */
const MAX_SIDE = 1 << 24;

/** How a weight lies in the shard. */
export type Stored = 'int8' | 'float16' | 'float32' | 'int32' | 'bool';

const BYTES: Readonly<Record<Stored, number>> = { int8: 1, float16: 2, float32: 4, int32: 4, bool: 1 };

/** A weight as it came. */
export interface Weight {
  shape: readonly number[];
  dtype: 'float32' | 'int32' | 'bool';
  stored: Stored;
  count: number;
  bytes: Uint8Array<ArrayBuffer>;
}

export type WeightValues = Float32Array | Int32Array | Uint8Array;

interface Entry extends Omit<Weight, 'bytes'> {
  name: string;
}

/**
 * @param manifest The entries of `weightsManifest`, in their order.
 * @param packed The shards, one after the other.
 * @returns By name.
 * @throws MienError `spec-invalid` where the entries do not fit the bytes.
 */
export function readWeights(manifest: Reader, packed: Uint8Array<ArrayBuffer>): Map<string, Weight> {
  const entries = manifest.list(readEntry);
  const held = entries.reduce((sum, entry) => sum + storedBytes(entry), 0);
  if (held !== packed.length) manifest.fail(`weights of ${packed.length} bytes, as the shards have`);
  let from = 0;
  return new Map(
    entries.map(({ name, ...entry }) => {
      const bytes = packed.subarray(from, from + storedBytes(entry));
      from += bytes.length;
      return [name, { ...entry, bytes }];
    }),
  );
}

/** To the numbers that are computed with. */
export function valuesOf(weight: Weight): WeightValues {
  const { buffer, byteOffset, byteLength } = weight.bytes;
  return READ[weight.stored](new DataView(buffer, byteOffset, byteLength), weight);
}

const READ: Readonly<Record<Stored, (bytes: DataView, weight: Weight) => WeightValues>> = {
  int8: widened,
  float16: (bytes, { count }) => filled(new Float32Array(count), (at) => half(bytes.getUint16(2 * at, true))),
  float32: (bytes, { count }) => filled(new Float32Array(count), (at) => bytes.getFloat32(4 * at, true)),
  int32: (bytes, { count }) => filled(new Int32Array(count), (at) => bytes.getInt32(4 * at, true)),
  bool: (bytes, { count }) => filled(new Uint8Array(count), (at) => bytes.getUint8(at)),
};

function filled<T extends WeightValues>(values: T, value: (at: number) => number): T {
  for (let at = 0; at < values.length; at++) values[at] = value(at);
  return values;
}

/** `bytes`: a float32 scale for each channel, then a level for each weight; the channels are the last axis. */
function widened(bytes: DataView, { shape, count }: Weight): Float32Array {
  const channels = shape.at(-1)!;
  const scales = filled(new Float32Array(channels), (channel) => bytes.getFloat32(4 * channel, true));
  const levels = new Int8Array(bytes.buffer, bytes.byteOffset + 4 * channels, count);
  const values = new Float32Array(count);
  // Hundreds of thousands, in code that has just come: without a call for each.
  for (let at = 0; at < count; at++) values[at] = scales[at % channels]! * levels[at]!;
  return values;
}

/** By its 5 bits of exponent, what 1024 and the 10 bits of fraction are multiplied by; the smallest have no 1024. */
const UNITS = Float32Array.from({ length: 31 }, (_, exponent) => 2 ** (Math.max(1, exponent) - 25));

/** IEEE 754's binary16. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size = exponent === 31 ? (fraction ? NaN : Infinity) : UNITS[exponent]! * (exponent ? 1024 + fraction : fraction);
  return bits >> 15 ? -size : size;
}

function readEntry(reader: Reader): Entry {
  const name = reader.at('name').string();
  const sides = reader.at('shape');
  // A single number has no sides.
  const shape = Array.isArray(sides.value) && sides.value.length === 0 ? [] : sides.list((side) => side.integer(0, MAX_SIDE));
  const dtype = reader.at('dtype').literal('float32', 'int32', 'bool');
  const stored = reader.has('quantization') ? reader.at('quantization').at('dtype').literal('float16', 'int8') : dtype;
  if (stored === 'int8' && shape.length < 2) sides.fail('two sides or more of a kernel in eight bits');
  return { name, shape, dtype, stored, count: shape.reduce((product, side) => product * side, 1) };
}

function storedBytes({ stored, shape, count }: Omit<Weight, 'bytes'>): number {
  return BYTES[stored] * count + (stored === 'int8' ? 4 * shape.at(-1)! : 0);
}
