/** Kernels that ship in eight bits, widened to the float32 that TensorFlow.js computes with; see converter/eight_bit.py. */
import type { io } from '@tensorflow/tfjs-core';
import type { Reader } from '../contract/reader';

/** The `dtype` of a `quantization` that TensorFlow.js itself does not know. */
const EIGHT_BIT = 'int8';

/** More than any weight has. */
const MAX_SIDE = 1 << 24;

const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, float16: 2, bool: 1 };

export interface Weights {
  specs: io.WeightsManifestEntry[];
  data: ArrayBuffer;
}

interface Entry {
  spec: io.WeightsManifestEntry;
  shape: number[];
  /** As it lies in the shard. */
  stored: string;
}

/**
 * @param weights The manifest's entries, in their order.
 * @param packed The shards, one after the other.
 * @throws MienError `spec-invalid` where the entries do not fit the bytes.
 */
export function widenWeights(weights: Reader, packed: Uint8Array<ArrayBuffer>): Weights {
  const entries = weights.list(readEntry);
  const held = entries.reduce((sum, entry) => sum + storedBytes(entry), 0);
  if (held !== packed.length) weights.fail(`weights of ${packed.length} bytes, as the shards have`);
  if (entries.every(({ stored }) => stored !== EIGHT_BIT)) return { specs: entries.map(({ spec }) => spec), data: packed.buffer };

  const data = new ArrayBuffer(entries.reduce((sum, entry) => sum + (entry.stored === EIGHT_BIT ? 4 * countOf(entry) : storedBytes(entry)), 0));
  let from = 0;
  let to = 0;
  const specs = entries.map((entry) => {
    const bytes = packed.subarray(from, from + storedBytes(entry));
    from += bytes.length;
    if (entry.stored !== EIGHT_BIT) {
      new Uint8Array(data, to, bytes.length).set(bytes);
      to += bytes.length;
      return entry.spec;
    }
    widen(bytes, entry.shape.at(-1)!, new DataView(data, to, 4 * countOf(entry)));
    to += 4 * countOf(entry);
    const { name, shape } = entry.spec;
    return { name, shape, dtype: 'float32' as const };
  });
  return { specs, data };
}

/** `bytes`: a float32 scale for each channel, then a level for each weight; the channels are the last axis. */
function widen(bytes: Uint8Array, channels: number, out: DataView): void {
  const source = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const scales = Float32Array.from({ length: channels }, (_, channel) => source.getFloat32(4 * channel, true));
  const first = 4 * channels;
  for (let at = 0; first + at < bytes.length; at++) {
    out.setFloat32(4 * at, scales[at % channels]! * source.getInt8(first + at), LITTLE_ENDIAN);
  }
}

/** TensorFlow.js reads weights in the machine's own order of bytes. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function readEntry(reader: Reader): Entry {
  const spec = reader.value as io.WeightsManifestEntry;
  // A single number has no sides.
  const shape = Array.isArray(spec.shape) && spec.shape.length === 0 ? [] : reader.at('shape').list((side) => side.integer(0, MAX_SIDE));
  const dtype = reader.at('dtype').literal('float32', 'int32', 'bool');
  const stored = spec.quantization === undefined ? dtype : reader.at('quantization').at('dtype').literal('float16', EIGHT_BIT);
  if (stored === EIGHT_BIT && shape.length < 2) reader.at('shape').fail('two sides or more of a kernel in eight bits');
  return { spec, shape, stored };
}

function countOf({ shape }: Entry): number {
  return shape.reduce((product, side) => product * side, 1);
}

function storedBytes(entry: Entry): number {
  return entry.stored === EIGHT_BIT ? 4 * entry.shape.at(-1)! + countOf(entry) : BYTES[entry.stored]! * countOf(entry);
}
