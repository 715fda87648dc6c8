/** Pictures and detections, against values worked out by hand. */
import { describe, expect, it } from 'vitest';
import type { FaceCropInput } from '../src/contract/types';
import { anchorCentres } from '../src/face/anchors';
import { cropFace } from '../src/face/crop';
import { decodeDetections, overlap, suppress, type Detection } from '../src/face/decode';
import { Letterbox } from '../src/face/letterbox';
import { AreaResizer, areaResize, toGray } from '../src/face/picture';
import { levelTables, standardise } from '../src/face/standardise';
import { FaceTracker } from '../src/face/tracker';
import { update } from './made_people';
import { chance } from './random';
import { faceSpec, grey, picture } from './samples';

/** Every third level: the picture is grey. */
const levels = (rgb: Uint8Array): number[] => [...rgb].filter((_, i) => i % 3 === 0);

describe('areaResize', () => {
  it('takes means over whole pixels', () => {
    expect(levels(areaResize(grey(4, 2, (x, y) => 10 * x + y), 2, 1))).toEqual([6, 26]);
  });

  it('shares pixels that lie across a border', () => {
    // Three pixels become two: (0 + 90 / 2) / 1.5 = 30 and (90 / 2 + 240) / 1.5 = 190.
    expect(levels(areaResize(grey(3, 1, (x) => [0, 90, 240][x]!), 2, 1))).toEqual([30, 190]);
  });

  it('keeps colours apart', () => {
    expect([...areaResize(picture(2, 1, (x) => (x === 0 ? [200, 0, 10] : [100, 50, 30])), 1, 1)]).toEqual([150, 25, 20]);
  });

  it('samples between pixels when it enlarges', () => {
    // Centres of the four lie at 0.25, 0.75, 1.25 and 1.75 of two pixels whose centres are 0.5 and 1.5.
    expect(levels(areaResize(grey(2, 1, (x) => 100 * x), 4, 1))).toEqual([0, 25, 75, 100]);
  });

  it.each([[160, 120, 32, 24], [480, 270, 32, 18], [96, 64, 48, 16], [34, 34, 2, 2], [30, 20, 30, 20]])(
    'gives the same of %i x %i by whole numbers as by shares',
    (width, height, toWidth, toHeight) => {
      const random = chance(7);
      const bytes = Uint8Array.from({ length: width * height * 4 + 1 }, () => Math.floor(256 * random()));
      // The same pixels, but not at the beginning of a word: these go the general way.
      const shifted = { width, height, data: bytes.subarray(1) };
      const aligned = { width, height, data: bytes.slice(1) };
      expect(areaResize(aligned, toWidth, toHeight)).toEqual(areaResize(shifted, toWidth, toHeight));
    },
  );

  it('refuses a picture of another size', () => {
    expect(() => new AreaResizer(4, 4, 2, 2).run(grey(3, 4, () => 0), new Uint8Array(12))).toThrow('expected 4x4, got 3x4');
  });
});

it('weighs colours for grey as OpenCV does', () => {
  expect([...toGray(Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255))]).toEqual([76, 150, 29, 255]);
});

describe('Letterbox', () => {
  it('centres the picture on black', () => {
    const box = new Letterbox(4);
    expect(box.run(grey(8, 4, () => 100))).toEqual({ scale: 2, left: 0, top: 1, width: 4, height: 2 });
    expect(levels(box.square)).toEqual([0, 0, 0, 0, 100, 100, 100, 100, 100, 100, 100, 100, 0, 0, 0, 0]);
  });

  it('leaves nothing of an earlier picture of other proportions', () => {
    const box = new Letterbox(4);
    box.run(grey(8, 4, () => 100));
    expect(box.run(grey(4, 8, () => 50))).toEqual({ scale: 2, left: 1, top: 0, width: 2, height: 4 });
    expect(levels(box.square)).toEqual([0, 50, 50, 0, 0, 50, 50, 0, 0, 50, 50, 0, 0, 50, 50, 0]);
  });
});

describe('cropFace', () => {
  const input: FaceCropInput = faceSpec().input;

  it('returns the picture itself where the eyes lie as they should', () => {
    const source = grey(4, 4, (x, y) => 10 * x + 40 * y);
    expect([...cropFace(source, { x: 1, y: 2 }, { x: 3, y: 2 }, input)!]).toEqual(levels(areaResize(source, 4, 4)));
  });

  it('turns a face upright', () => {
    // The eyes stand one above the other: the crop's right points down in the picture, its down points left.
    const source = grey(4, 4, (x, y) => 10 * x + 40 * y);
    const crop = cropFace(source, { x: 2, y: 1 }, { x: 2, y: 3 }, input)!;
    expect([...crop.subarray(0, 4)]).toEqual([30, 70, 110, 150]);
    expect([...crop.subarray(12, 16)]).toEqual([0, 40, 80, 120]);
  });

  it('takes means where it shrinks', () => {
    const source = grey(8, 8, (x) => (x % 2 === 0 ? 0 : 200));
    const crop = cropFace(source, { x: 2, y: 4 }, { x: 6, y: 4 }, input)!;
    expect(new Set(crop)).toEqual(new Set([100]));
  });

  it('repeats the edge outside the picture', () => {
    const source = grey(4, 4, (x) => (x === 0 ? 77 : 0));
    expect(new Set(cropFace(source, { x: -20, y: 2 }, { x: -18, y: 2 }, input))).toEqual(new Set([77]));
  });

  it.each([
    [{ x: 1, y: 1 }, { x: 1.5, y: 1 }],
    [{ x: NaN, y: 1 }, { x: 3, y: 1 }],
    [{ x: -Infinity, y: 1 }, { x: 3, y: 1 }],
  ])('refuses eyes %j and %j', (left, right) => {
    expect(cropFace(grey(4, 4, () => 0), left, right, input)).toBeNull();
  });
});

it('standardises each channel by its own mean and deviation', () => {
  const out = new Float32Array(3);
  standardise(Uint8Array.of(0, 255, 51), levelTables({ mean: [0.5, 0.5, 0.2], std: [0.25, 0.5, 1] }), out);
  expect(out[0]).toBe(-2);
  expect(out[1]).toBe(1);
  expect(out[2]).toBeCloseTo(0, 6);
});

describe('anchorCentres', () => {
  it('are the 896 of BlazeFace', () => {
    const centres = anchorCentres({ strides: [8, 16, 16, 16], per_stride: 2, offset: 0.5 }, 128, 128);
    expect(centres.length).toBe(896 * 2);
    // Two a cell on a grid of 16, then six a cell on a grid of 8.
    expect([...centres.subarray(0, 6)]).toEqual([0.5 / 16, 0.5 / 16, 0.5 / 16, 0.5 / 16, 1.5 / 16, 0.5 / 16]);
    expect([...centres.subarray(1024, 1026)]).toEqual([0.5 / 8, 0.5 / 8]);
    expect([...centres.subarray(1034, 1038)]).toEqual([0.5 / 8, 0.5 / 8, 1.5 / 8, 0.5 / 8]);
    expect([...centres.subarray(-2)]).toEqual([7.5 / 8, 7.5 / 8]);
  });
});

function box(x0: number, y0: number, x1: number, y1: number, score: number): Detection {
  return { x0, y0, x1, y1, points: Float64Array.of(x0, y0), score };
}

describe('detections', () => {
  it('overlap by intersection over union', () => {
    expect(overlap(box(0, 0, 2, 2, 1), box(1, 0, 3, 2, 1))).toBeCloseTo(1 / 3, 12);
    expect(overlap(box(0, 0, 1, 1, 1), box(2, 2, 3, 3, 1))).toBe(0);
    expect(overlap(box(0, 0, 0, 0, 1), box(0, 0, 0, 0, 1))).toBe(0);
  });

  it('merge into their mean, weighted by score', () => {
    const [one, two, ...rest] = suppress([box(0, 0, 10, 10, 0.9), box(1, 1, 11, 11, 0.6), box(50, 50, 60, 60, 0.5)], 0.3);
    expect(rest).toEqual([]);
    expect(one!.x0).toBeCloseTo(0.4, 12);
    expect(one!.y1).toBeCloseTo(10.4, 12);
    expect(one!.points[0]).toBeCloseTo(0.4, 12);
    expect(one!.score).toBe(0.9);
    expect(two).toEqual(box(50, 50, 60, 60, 0.5));
  });

  it('are decoded relative to their anchors', () => {
    const decode = { scale: 10, clip: 100, min_score: 0.5, iou: 0.3 };
    const boxes = Float32Array.of(1, 2, 4, 2, 1, -1, 0, 0, 4, 2, 0, 0);
    const found = decodeDetections(boxes, Float32Array.of(Math.log(3), -1), Float64Array.of(0.5, 0.25, 0, 0), decode);
    expect(found.length).toBe(1);
    expect(found[0]!.score).toBeCloseTo(0.75, 6);
    expect(found[0]!.x0).toBeCloseTo(0.4, 6);
    expect(found[0]!.x1).toBeCloseTo(0.8, 6);
    expect(found[0]!.y0).toBeCloseTo(0.35, 6);
    expect(found[0]!.y1).toBeCloseTo(0.55, 6);
    expect(found[0]!.points[0]).toBeCloseTo(0.6, 6);
    expect(found[0]!.points[1]).toBeCloseTo(0.15, 6);
  });
});

describe('FaceTracker', () => {
  const seen = (x: number, happy: number): { box: Detection; probabilities: Record<string, Float64Array> } => ({
    box: box(x, 0, x + 10, 10, 0.9),
    probabilities: { emotion: Float64Array.of(happy, 1 - happy) },
  });

  it('keeps the ids of faces that swap places in the list', () => {
    const tracker = new FaceTracker();
    expect(update(tracker, [seen(0, 1), seen(50, 1)], 0).map((face) => face.id)).toEqual([0, 1]);
    expect(update(tracker, [seen(51, 1), seen(1, 1), seen(90, 1)], 0.1).map((face) => face.id)).toEqual([1, 0, 2]);
  });

  it('smooths with a time constant of 0.6 seconds', () => {
    const tracker = new FaceTracker();
    update(tracker, [seen(0, 0)], 0);
    const [face] = update(tracker, [seen(0, 1)], 0.6);
    expect(face!.probabilities.emotion![0]).toBeCloseTo(1 - Math.exp(-1), 12);
    expect(face!.probabilities.emotion![1]).toBeCloseTo(Math.exp(-1), 12);
  });

  it('takes a face that returns after more than two seconds for a new one', () => {
    const tracker = new FaceTracker();
    update(tracker, [seen(0, 0)], 0);
    const [face] = update(tracker, [seen(0, 1)], 2.5);
    expect(face!.id).toBe(1);
    expect(face!.probabilities.emotion![0]).toBe(1);
  });
});
