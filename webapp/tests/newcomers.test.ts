/** Who may come into a film: a detector that sees one bright patch, as surely as each test says. */
import { describe, expect, it } from 'vitest';
import type { Detection } from '../src/face/decode';
import { admitted } from '../src/face/newcomers';
import type { Picture } from '../src/face/picture';
import { FaceSearch } from '../src/face/search';
import type { Place } from '../src/face/track';
import { grey } from './samples';

const SIDE = 100;
const [LEFT, TOP, WIDTH] = [20, 40, 16];

/** Bright where the face is, and brightest at its left edge, so that a mirror is told from a window. */
const PICTURE = grey(SIDE, SIDE, (x, y) => (x < LEFT || x >= LEFT + WIDTH || y < TOP || y >= TOP + WIDTH ? 0 : x === LEFT ? 255 : 200));

const face = (score: number, left = LEFT, top = TOP): Detection => ({
  x0: left, y0: top, x1: left + WIDTH, y1: top + WIDTH, points: Float64Array.of(left + 4, top + 5, left + 12, top + 5), score,
});

/** Sees the patch where it is in each piece, with the score that is given for windows or for mirrors; remembers its looks. */
class Eye {
  readonly looks: { side: number; mirror: boolean }[] = [];
  readonly search = new FaceSearch((piece) => Promise.resolve(this.look(piece)));

  constructor(private readonly window: number, private readonly mirror: number) {}

  private look({ width, height, data }: Picture): Detection[] {
    const bright: { x: number; y: number; level: number }[] = [];
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (data[(y * width + x) * 4]! > 0) bright.push({ x, y, level: data[(y * width + x) * 4]! });
    const left = Math.min(...bright.map(({ x }) => x));
    const top = Math.min(...bright.map(({ y }) => y));
    const mirror = bright.find(({ x }) => x === left)!.level !== 255;
    this.looks.push({ side: width, mirror });
    const score = mirror ? this.mirror : this.window;
    return score > 0 ? [face(score, left, top)] : [];
  }
}

const NOBODY: Place[] = [];

describe('admitted', () => {
  it('lets in at once whom it sees plainly', async () => {
    const eye = new Eye(0, 0);
    expect(await admitted(eye.search, PICTURE, [face(0.9)], NOBODY)).toEqual([face(0.9)]);
    expect(eye.looks).toEqual([]);
  });

  it('looks at others twice, closer, the second time in a mirror', async () => {
    const eye = new Eye(0.7, 0.7);
    expect(await admitted(eye.search, PICTURE, [face(0.55)], NOBODY)).toEqual([face(0.55)]);
    expect(eye.looks).toEqual([{ side: 35, mirror: false }, { side: 26, mirror: true }]);
  });

  it.each([
    [0.7, 0.6, false],
    [0.75, 0.6, true],
    [0.6, 0.75, true],
    [0.65, 0.65, false],
    [0, 0.95, false],
    [0.8, 0, false],
    [0.95, 0, true],
  ])('believes what both looks say together: %f and %f', async (window, mirror, believed) => {
    const faces = await admitted(new Eye(window, mirror).search, PICTURE, [face(0.55)], NOBODY);
    expect(faces.length).toBe(believed ? 1 : 0);
  });

  it('counts a look only if it sees the face in the same place', async () => {
    const beside = face(0.55, LEFT + 10); // overlaps by less than three tenths
    expect(await admitted(new Eye(0.95, 0.95).search, PICTURE, [beside], NOBODY)).toEqual([]);
  });

  it('does not doubt whom it knows, near where they were', async () => {
    const eye = new Eye(0, 0);
    const there = (x: number): Place[] => [{ x: LEFT + WIDTH / 2 + x, y: TOP + WIDTH / 2, side: WIDTH }];
    expect(await admitted(eye.search, PICTURE, [face(0.5)], there(12))).toHaveLength(1);
    expect(eye.looks).toEqual([]);
    expect(await admitted(eye.search, PICTURE, [face(0.5)], there(20))).toEqual([]);
    expect(eye.looks).toHaveLength(1);
  });

  it('doubts four of one look and no more; those whom it lets in stay in their order', async () => {
    const eye = new Eye(0, 0);
    const faces = [face(0.9), face(0.85, 60), face(0.7), face(0.69), face(0.68), face(0.67), face(0.66)];
    expect(await admitted(eye.search, PICTURE, faces, NOBODY)).toEqual(faces.slice(0, 2));
    expect(eye.looks).toHaveLength(4);
  });
});
