/** The closer look at frames that show no face as a whole, with a detector that sees bright patches of the right size. */
import { describe, expect, it } from 'vitest';
import type { Detection } from '../src/face/decode';
import type { Picture } from '../src/face/picture';
import { FaceSearch, regionAround, searchLevels } from '../src/face/search';
import { grey } from './samples';

const WIDTH = 64;
const HEIGHT = 48;

/** A dark frame with bright squares of the given side. */
function frame(side: number, corners: [number, number][]): Picture {
  const inside = (x: number, y: number): boolean => corners.some(([left, top]) => x >= left && x < left + side && y >= top && y < top + side);
  return grey(WIDTH, HEIGHT, (x, y) => (inside(x, y) ? 255 : 0));
}

/** Sees the bright patch of a picture if it is whole, off its edge and at least a third of it; counts its looks. */
class PatchDetector {
  readonly looks: number[] = [];

  constructor(private readonly blindFrom = Infinity) {}

  readonly detect = (picture: Picture): Promise<Detection[]> => {
    this.looks.push(picture.width);
    if (this.looks.length > this.blindFrom) return Promise.resolve([]);
    const { width, height, data } = picture;
    let [x0, y0, x1, y1] = [width, height, 0, 0];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (data[(y * width + x) * 4] !== 255) continue;
        [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + 1), Math.max(y1, y + 1)];
      }
    }
    const whole = x0 > 0 && y0 > 0 && x1 < width && y1 < height;
    const seen = whole && x1 - x0 >= width / 3;
    return Promise.resolve(seen ? [{ x0, y0, x1, y1, points: Float64Array.of(x0, y0, x1, y0), score: 0.8 }] : []);
  };
}

describe('searchLevels', () => {
  it('covers the frame with overlapping squares inside of it', () => {
    for (const [width, height] of [[640, 480], [480, 640], [1920, 1080], [300, 300], [5, 3], [1, 1]] as const) {
      for (const regions of searchLevels(width, height)) {
        const side = regions[0]!.side;
        expect(Math.min(...regions.map(({ left, top }) => Math.min(left, top)))).toBe(0);
        expect(Math.max(...regions.map(({ left }) => left + side))).toBe(width);
        expect(Math.max(...regions.map(({ top }) => top + side))).toBe(height);
        const lefts = [...new Set(regions.map(({ left }) => left))];
        lefts.slice(1).forEach((left, i) => expect(left - lefts[i]!).toBeLessThanOrEqual(side / 2 + 1));
      }
    }
  });

  it('goes from coarse to fine', () => {
    expect(searchLevels(640, 480).map((regions) => [regions.length, regions[0]!.side])).toEqual([[2, 480], [6, 360], [15, 240]]);
  });
});

it('looks again at a square around the face that stays in the picture', () => {
  const face = { x0: 0, y0: 30, x1: 10, y1: 40, points: new Float64Array(4), score: 1 };
  expect(regionAround(face, { width: WIDTH, height: HEIGHT, data: new Uint8Array(0) }, 2.2)).toEqual({ left: 0, top: 24, side: 22 });
  expect(regionAround({ ...face, x1: 60 }, { width: WIDTH, height: HEIGHT, data: new Uint8Array(0) }, 2.2).side).toBe(HEIGHT);
});

const everybody = (faces: Detection[]): Promise<Detection[]> => Promise.resolve(faces);

describe('FaceSearch', () => {
  it('finds a small face in a still picture, in the pixels of the picture', async () => {
    const detector = new PatchDetector();
    const [face, ...rest] = await new FaceSearch(detector.detect).inStill(frame(9, [[40, 20]]));
    expect(rest).toEqual([]);
    expect(face).toMatchObject({ x0: 40, y0: 20, x1: 49, y1: 29, score: 0.8 });
    expect([...face!.points]).toEqual([40, 20, 49, 20]);
    // All three sizes of square, and a second look at one of 2.2 times the face.
    expect(detector.looks.length).toBe(2 + 6 + 15 + 1);
    expect(detector.looks.at(-1)).toBe(20);
  });

  it('does not trust a single look', async () => {
    const picture = frame(9, [[40, 20]]);
    expect(await new FaceSearch(new PatchDetector(2 + 6 + 15).detect).inStill(picture)).toEqual([]);
  });

  it('finds nothing where there is nothing', async () => {
    expect(await new FaceSearch(new PatchDetector().detect).inStill(frame(1, []))).toEqual([]);
  });

  it('spreads its looks over the frames of a film, and then stays with the face', async () => {
    const detector = new PatchDetector();
    const search = new FaceSearch(detector.detect);
    const picture = frame(9, [[40, 20]]);
    let frames = 0;
    while ((await search.inFilm(picture, everybody)).length === 0 && frames < 50) frames++;
    expect(frames).toBeGreaterThan(0);
    expect(frames).toBeLessThanOrEqual(12);
    detector.looks.length = 0;
    expect(await search.inFilm(picture, everybody)).toHaveLength(1);
    expect(detector.looks).toEqual([20]);
    // Gone: the place is looked at once more, then the round goes on.
    const empty = frame(1, []);
    detector.looks.length = 0;
    expect(await search.inFilm(empty, everybody)).toEqual([]);
    expect(detector.looks.length).toBe(3);
    expect(await search.inFilm(empty, everybody)).toEqual([]);
    expect(detector.looks.length).toBe(5);
  });

  it('goes on past a face that does not count, and does not stay with it', async () => {
    const detector = new PatchDetector();
    const search = new FaceSearch(detector.detect);
    const picture = frame(9, [[40, 20]]);
    const offered: Detection[] = [];
    const nobody = (faces: Detection[]): Promise<Detection[]> => {
      offered.push(...faces);
      return Promise.resolve([]);
    };
    for (let frames = 0; frames < 12; frames++) expect(await search.inFilm(picture, nobody)).toEqual([]);
    expect(offered.length).toBeGreaterThan(0);
    // Two squares of the round and a second look at what one of them shows; never the place of a face first.
    expect(detector.looks.filter((side) => side === 20).length).toBe(offered.length);
  });
});
