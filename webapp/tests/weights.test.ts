import { io } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { Reader } from '../src/contract/reader';
import { readWeights, valuesOf } from '../src/runtime/graph/weights';

const manifest = (entries: object[]): Reader => new Reader('model.json', 'weights', entries);
const kernel = { name: 'kernel', shape: [2, 3], dtype: 'float32', quantization: { dtype: 'int8', original_dtype: 'float32' } };
const bias = { name: 'bias', shape: [3], dtype: 'float32', quantization: { dtype: 'float16', original_dtype: 'float32' } };
const axes = { name: 'axes', shape: [2], dtype: 'int32' };

const bytesOf = (...parts: ArrayBufferView[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => [...new Uint8Array(part.buffer, part.byteOffset, part.byteLength)]));
const scales = Float32Array.of(0.5, 0, 0.25);
const levels = Int8Array.of(127, 9, -4, -127, 0, 1);

describe('readWeights', () => {
  it('multiplies the levels of each output channel by its scale, widens halves, and leaves the rest as it is', () => {
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x3800);
    const numbers = Int32Array.of(1, -2);
    const weights = readWeights(manifest([bias, kernel, axes]), bytesOf(halves, scales, levels, numbers));
    expect([...weights.keys()]).toEqual(['bias', 'kernel', 'axes']);
    expect(weights.get('bias')).toMatchObject({ shape: [3], dtype: 'float32' });
    expect(valuesOf(weights.get('bias')!)).toEqual(Float32Array.of(1, -2, 0.5));
    expect(weights.get('kernel')).toMatchObject({ shape: [2, 3], dtype: 'float32' });
    expect(valuesOf(weights.get('kernel')!)).toEqual(Float32Array.of(63.5, 0, -1, -63.5, 0, 0.25));
    expect(weights.get('axes')).toMatchObject({ shape: [2], dtype: 'int32' });
    expect(valuesOf(weights.get('axes')!)).toEqual(numbers);
  });

  it('takes a single number for one', () => {
    const number = { name: 'number', shape: [], dtype: 'float32' };
    const weights = readWeights(manifest([number, kernel]), bytesOf(Float32Array.of(7), scales, levels));
    expect(weights.get('number')).toMatchObject({ shape: [], dtype: 'float32' });
    expect(valuesOf(weights.get('number')!)).toEqual(Float32Array.of(7));
  });

  it('reads flags', () => {
    const flags = { name: 'flags', shape: [2], dtype: 'bool' };
    expect(valuesOf(readWeights(manifest([flags]), Uint8Array.of(1, 0)).get('flags')!)).toEqual(Uint8Array.of(1, 0));
  });

  it('widens every half as TensorFlow.js does', () => {
    const every = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits);
    const entry = { ...bias, shape: [1 << 16] };
    const theirs = io.decodeWeights(every.buffer, [entry as io.WeightsManifestEntry]).bias!;
    expect(valuesOf(readWeights(manifest([entry]), bytesOf(every)).get('bias')!)).toEqual(theirs.dataSync());
    theirs.dispose();
  });

  it.each([
    ['too few bytes', [kernel], bytesOf(scales, levels.subarray(1))],
    ['too many bytes', [kernel, bias], bytesOf(scales, levels, Uint8Array.of(1, 2, 3, 4, 5, 6, 7))],
    ['another kind', [{ ...kernel, quantization: { dtype: 'uint8' } }], bytesOf(scales, levels)],
    ['no channels', [{ ...kernel, shape: [6] }], bytesOf(scales, levels)],
    ['a shape that is none', [{ ...kernel, shape: [2, -3] }], bytesOf(scales, levels)],
    ['no name', [{ ...kernel, name: undefined }], bytesOf(scales, levels)],
  ])('refuses %s', (_, entries, packed) => {
    expect(() => readWeights(manifest(entries), packed)).toThrow(/^model\.json: weights/);
  });
});
