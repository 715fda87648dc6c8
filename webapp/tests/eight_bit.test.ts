import { describe, expect, it } from 'vitest';
import { Reader } from '../src/contract/reader';
import { widenWeights } from '../src/runtime/eight_bit';

const manifest = (entries: object[]): Reader => new Reader('model.json', 'weights', entries);
const kernel = { name: 'kernel', shape: [2, 3], dtype: 'float32', quantization: { dtype: 'int8', original_dtype: 'float32' } };
const bias = { name: 'bias', shape: [3], dtype: 'float32', quantization: { dtype: 'float16', original_dtype: 'float32' } };
const axes = { name: 'axes', shape: [2], dtype: 'int32' };

const bytesOf = (...parts: ArrayBufferView[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => [...new Uint8Array(part.buffer, part.byteOffset, part.byteLength)]));
const scales = Float32Array.of(0.5, 0, 0.25);
const levels = Int8Array.of(127, 9, -4, -127, 0, 1);

describe('widenWeights', () => {
  it('multiplies the levels of each output channel by its scale, and leaves the rest as it is', () => {
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x3800);
    const numbers = Int32Array.of(1, -2);
    const { specs, data } = widenWeights(manifest([bias, kernel, axes]), bytesOf(halves, scales, levels, numbers));
    expect(specs).toEqual([bias, { name: 'kernel', shape: [2, 3], dtype: 'float32' }, axes]);
    // Three halves, six floats, two integers: the floats begin where no float may be read in place.
    expect(data.byteLength).toBe(6 + 24 + 8);
    expect([...new Uint8Array(data, 0, 6)]).toEqual([...new Uint8Array(halves.buffer)]);
    expect([...new Float32Array(data.slice(6, 30))]).toEqual([63.5, 0, -1, -63.5, 0, 0.25]);
    expect([...new Int32Array(data.slice(30))]).toEqual([1, -2]);
  });

  it('takes a single number for one', () => {
    const number = { name: 'number', shape: [], dtype: 'float32' };
    expect(widenWeights(manifest([number, kernel]), bytesOf(Float32Array.of(7), scales, levels)).data.byteLength).toBe(4 + 24);
    expect(widenWeights(manifest([number]), bytesOf(Float32Array.of(7))).specs).toEqual([number]);
  });

  it('passes models without eight bits on', () => {
    const packed = bytesOf(Uint16Array.of(1, 2, 3));
    expect(widenWeights(manifest([bias]), packed)).toEqual({ specs: [bias], data: packed.buffer });
  });

  it.each([
    ['too few bytes', [kernel], bytesOf(scales, levels.subarray(1))],
    ['too many bytes', [kernel, bias], bytesOf(scales, levels, Uint8Array.of(1, 2, 3, 4, 5, 6, 7))],
    ['another kind', [{ ...kernel, quantization: { dtype: 'uint8' } }], bytesOf(scales, levels)],
    ['no channels', [{ ...kernel, shape: [6] }], bytesOf(scales, levels)],
    ['a shape that is none', [{ ...kernel, shape: [2, -3] }], bytesOf(scales, levels)],
  ])('refuses %s', (_, entries, packed) => {
    expect(() => widenWeights(manifest(entries), packed)).toThrow(/^model\.json: weights/);
  });
});
