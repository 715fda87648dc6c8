/** Arrays on their way between Python and the page: little-endian, base64. `tests/parity/packed.py` is the other end. */
export interface Packed {
  dtype: 'uint8' | 'float32' | 'float64';
  shape: number[];
  data: string;
}

const TYPES = { uint8: Uint8Array, float32: Float32Array, float64: Float64Array };

/** Bytes turned into characters at once; more would overflow the stack. */
const CHUNK = 0x8000;

export function pack(values: Uint8Array | Float32Array | Float64Array, shape: number[] = [values.length]): Packed {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  const dtype = values instanceof Uint8Array ? 'uint8' : values instanceof Float32Array ? 'float32' : 'float64';
  return { dtype, shape, data: btoa(text) };
}

function unpack({ dtype, data }: Packed): Uint8Array | Float32Array | Float64Array {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new TYPES[dtype](bytes.buffer);
}

export function bytesOf(packed: Packed): Uint8Array {
  const values = unpack(packed);
  if (values instanceof Uint8Array) return values;
  throw new TypeError(`expected uint8, got ${packed.dtype}`);
}

export function float32Of(packed: Packed): Float32Array {
  return Float32Array.from(unpack(packed));
}

export function float64Of(packed: Packed): Float64Array {
  return Float64Array.from(unpack(packed));
}
