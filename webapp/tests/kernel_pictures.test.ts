/** The kernels that prepare pictures beside the page's script, which is held against Python (tests/parity). */
import { describe, expect, it } from 'vitest';
import { sampleCrop, type Similarity } from '../src/face/crop';
import { Letterbox } from '../src/face/letterbox';
import type { Picture } from '../src/face/picture';
import { levelTables, standardise } from '../src/face/standardise';
import { KernelPictures } from '../src/runtime/kernels/pictures';
import { BINARIES, startKernels } from './kernel_runtime';
import { chance } from './random';

const WIDTH = 61;
const HEIGHT = 47;
const CROP = { width: 24, height: 20 };

function noisy(seed: number, width = WIDTH, height = HEIGHT): Picture {
  const draw = chance(seed);
  return { width, height, data: Uint8ClampedArray.from({ length: width * height * 4 }, () => Math.floor(256 * draw())) };
}

/** The crop's middle lies at (x, y). */
function around(x: number, y: number, scale: number, degrees: number): Similarity {
  const turn = (degrees * Math.PI) / 180;
  const [cos, sin] = [scale * Math.cos(turn), scale * Math.sin(turn)];
  const [u, v] = [CROP.width / 2, CROP.height / 2];
  return { originX: x - cos * u + sin * v, originY: y - sin * u - cos * v, cos, sin, scale };
}

const samplesOf = ({ scale }: Similarity): number => Math.max(1, Math.ceil(scale));

const SQUARE = 16;

/** Another for each channel, and none that is a whole number. */
const TABLES = levelTables({ mean: [0.5, 0.4, 0.31], std: [0.5, 0.23, 0.7] });

/** A picture in the detector's square, standardised, by script. */
function framed(picture: Picture): Float32Array {
  const letterbox = new Letterbox(SQUARE);
  letterbox.run(picture);
  const values = new Float32Array(SQUARE * SQUARE * 3);
  standardise(letterbox.square, TABLES, values);
  return values;
}

function frameBy(kernels: KernelPictures, picture: Picture): Float32Array | null {
  const values = new Float32Array(SQUARE * SQUARE * 3);
  return kernels.writeFrame(picture, new Letterbox(SQUARE).place(picture), SQUARE, TABLES, values) ? values : null;
}

describe.each(BINARIES)('the kernel for frames of mien-%s.wasm', (binary) => {
  it.each([
    ['as it is', 16, 16],
    ['a wide one', 80, 60],
    ['a high one', 36, 48],
    ['an odd number of pixels to one', 48, 33],
    ['one of a single line', 64, 4],
    ['256 pixels to one', 256, 256],
  ])('gives, number for number, what script gives of a picture: %s', async (_, width, height) => {
    const kernels = new KernelPictures(await startKernels(binary));
    for (const picture of [noisy(7, width, height), { width, height, data: new Uint8ClampedArray(width * height * 4).fill(255) }]) {
      expect(frameBy(kernels, picture)).toEqual(framed(picture));
    }
  });

  it('rounds halves up, as script does', async () => {
    const kernels = new KernelPictures(await startKernels(binary));
    // Six pixels to one, of which three, as on a chess board, are one level above the others.
    const picture: Picture = { width: 3 * SQUARE, height: 2 * SQUARE, data: new Uint8ClampedArray(6 * SQUARE * SQUARE * 4) };
    for (let at = 0; at < picture.data.length; at++) picture.data[at] = 100 + (((at >> 2) + Math.floor((at >> 2) / picture.width)) % 2);
    const placement = { scale: 1, left: 0, top: 0, width: SQUARE, height: SQUARE };
    const values = new Float32Array(SQUARE * SQUARE * 3);
    expect(kernels.writeFrame(picture, placement, SQUARE, TABLES, values)).toBe(true);
    expect([...values.subarray(0, 3)]).toEqual(TABLES.map((table) => table[101]));
  });

  it.each([
    ['does not shrink by whole numbers', 50, 40],
    ['grows', 8, 8],
    ['has more pixels to one than their sum has room for', 320, 320],
    ['is too large', 4000, 4000],
  ])('leaves a picture to script that %s', async (_, width, height) => {
    const kernels = new KernelPictures(await startKernels(binary));
    expect(frameBy(kernels, { width, height, data: new Uint8ClampedArray(0) })).toBeNull();
  });

  it('and that for crops share one copy of a picture, and give what each gives alone', async () => {
    const kernels = new KernelPictures(await startKernels(binary));
    const map = around(30, 20, 1.5, 10);
    for (const seed of [1, 2]) {
      const picture = noisy(seed, 64, 48);
      const alone = new KernelPictures(await startKernels(binary)).sampleCrop(picture, map, 2, CROP);
      expect(frameBy(kernels, picture)).toEqual(framed(picture));
      expect(kernels.sampleCrop(picture, map, 2, CROP)).toEqual(alone);
      expect(frameBy(kernels, picture)).toEqual(framed(picture));
    }
  });
});

describe.each(BINARIES)('the kernel for crops of mien-%s.wasm', (binary) => {
  it.each([
    ['within the picture', around(30.2, 23.7, 0.8, 0)],
    ['turned', around(29.9, 22.1, 1.3, 33)],
    ['upside down', around(30, 23, 1.01, 180)],
    ['much larger than its crop', around(30, 23, 4.6, -71)],
    ['half beyond the edge', around(1.4, 46, 2.2, 12)],
    ['beside the picture', around(-500, 23, 1.5, 5)],
    ['further away than whole numbers reach', around(1e12, -1e12, 3, 5)],
  ])('cuts out a face that is %s', async (_, map) => {
    const kernels = new KernelPictures(await startKernels(binary));
    const picture = noisy(3);
    const ours = kernels.sampleCrop(picture, map, samplesOf(map), CROP)!;
    const expected = sampleCrop(picture, map, samplesOf(map), CROP);
    expect(ours.length).toBe(expected.length);
    const apart = expected.map((level, index) => Math.abs(level - ours[index]!));
    expect(Math.max(...apart)).toBeLessThanOrEqual(1);
    // Only where a mean lies all but on the border between two levels: of one sample of noise, the worst case, one in forty.
    expect(apart.filter((levels) => levels > 0).length).toBeLessThanOrEqual(apart.length / 30);
  });

  it('leaves a flat picture as it is', async () => {
    const kernels = new KernelPictures(await startKernels(binary));
    for (const level of [0, 1, 77, 254, 255]) {
      const picture = { width: WIDTH, height: HEIGHT, data: new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(level) };
      const map = around(20, 20, 3.3, 21);
      expect(new Set(kernels.sampleCrop(picture, map, samplesOf(map), CROP))).toEqual(new Set([level]));
    }
  });

  it('cuts many faces out of pictures of many sizes, one after another', async () => {
    const kernels = new KernelPictures(await startKernels(binary));
    for (const [seed, width, height] of [[1, 20, 30], [2, 90, 70], [3, 8, 8], [4, 90, 70]] as const) {
      const picture = noisy(seed, width, height);
      for (const degrees of [0, 45]) {
        const map = around(width / 2, height / 2, 0.5, degrees);
        const expected = sampleCrop(picture, map, 1, CROP);
        const ours = kernels.sampleCrop(picture, map, 1, CROP)!;
        expect(Math.max(...expected.map((level, index) => Math.abs(level - ours[index]!)))).toBeLessThanOrEqual(1);
      }
    }
  });

  it('takes no room that grows with the pictures', async () => {
    const runtime = await startKernels(binary);
    const kernels = new KernelPictures(runtime);
    const map = around(20, 20, 1.5, 10);
    kernels.sampleCrop(noisy(1), map, 2, CROP);
    const { bytes } = runtime.heap;
    for (let seed = 2; seed < 30; seed++) kernels.sampleCrop(noisy(seed), map, 2, CROP);
    expect(runtime.heap.bytes).toBe(bytes);
  });

  it('holds the sum of as many samples as it takes', async () => {
    const kernels = new KernelPictures(await startKernels(binary));
    const white: Picture = { width: 600, height: 600, data: new Uint8ClampedArray(600 * 600 * 4).fill(255) };
    expect(new Set(kernels.sampleCrop(white, around(300, 300, 21.5, 45), 22, CROP))).toEqual(new Set([255]));
  });

  it.each([
    ['a picture of more than eight million bytes', 4000, 3000, 1],
    ['a picture of a single long line', 32_768, 1, 1],
    ['a face of more than 22 samples a pixel', 600, 600, 23],
  ])('leaves %s to the script', async (_, width, height, samples) => {
    const kernels = new KernelPictures(await startKernels(binary));
    expect(kernels.sampleCrop({ width, height, data: new Uint8ClampedArray(0) }, around(20, 20, 1, 0), samples, CROP)).toBeNull();
  });
});
