/** What is left out in a film whose faces are known. */
import { describe, expect, it } from 'vitest';
import type { FaceCropInput, ModelSpec } from '../src/contract/types';
import { FaceClassifier } from '../src/face/classify';
import type { Detection } from '../src/face/decode';
import { FaceDetector } from '../src/face/detector';
import { FaceFollower } from '../src/face/follower';
import type { Picture } from '../src/face/picture';
import { FacePipeline } from '../src/face/pipeline';
import { boxAt } from './made_people';
import { chance, gauss } from './random';
import { detectorSpec, faceSpec, fakeNetwork, grey } from './samples';

const SIDE = 320;

/** Spots of about twelve pixels, moved by (`x`, `y`), with the noise of a camera. */
function scene(x = 0, y = 0, seed = 1, noise = 0): Picture {
  const random = chance(seed);
  const spots = Float64Array.from({ length: 64 * 64 }, () => 40 + 175 * random());
  const grain = gauss(chance(seed + 99));
  const spot = (column: number, row: number): number => spots[(row & 63) * 64 + (column & 63)]!;
  return grey(SIDE, SIDE, (column, row) => {
    const [u, v] = [(column - x) / 12, (row - y) / 12];
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const above = spot(left, top) + (u - left) * (spot(left + 1, top) - spot(left, top));
    const below = spot(left, top + 1) + (u - left) * (spot(left + 1, top + 1) - spot(left, top + 1));
    return Math.max(0, Math.min(255, Math.round(above + (v - top) * (below - above) + noise * (noise > 0 ? grain() : 0))));
  });
}

const face = (x = 160, y = 160, side = 140): Detection => ({ ...boxAt(x, y, side), points: Float64Array.of(x - 30, y, x + 30, y) });

describe('FaceFollower', () => {
  it.each([[0, 0], [3, -2], [-9, 12], [14, 14]])('finds a face again that moved by (%i, %i) pixels, in a noisy picture', (x, y) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const follower = new FaceFollower();
      follower.remember(scene(0, 0, seed, 5), [face()], 0);
      const [moved] = follower.follow(scene(x, y, seed, 5), 0.1)!;
      expect(Math.hypot(moved!.x0 - face().x0 - x, moved!.y0 - face().y0 - y)).toBeLessThan(1.6);
      expect(moved!.points[0]! - face().points[0]!).toBeCloseTo(moved!.x0 - face().x0, 9);
      expect(moved!.points[3]! - face().points[3]!).toBeCloseTo(moved!.y1 - face().y1, 9);
    }
  });

  it('leaves what is beyond doubt no longer to the detector', () => {
    const follower = new FaceFollower();
    const start = (faces = [face()], picture = scene()): void => follower.remember(picture, faces, 0);
    start();
    expect(follower.follow(scene(60, 0), 0.1)).toBeNull(); // too far
    start();
    expect(follower.follow(scene(0, 0, 2), 0.1)).toBeNull(); // something else
    start([face()], grey(SIDE, SIDE, () => 128));
    expect(follower.follow(grey(SIDE, SIDE, () => 128), 0.1)).toBeNull(); // nothing to be seen
    start([face(100), face(220)]);
    expect(follower.follow(scene(), 0.1)).toBeNull(); // heads that touch
    start([face(60, 160, 60), face(240, 160, 60)]);
    expect(follower.follow(scene(), 0.1)).toHaveLength(2);
    start();
    expect(follower.follow(grey(SIDE / 2, SIDE / 2, () => 128), 0.1)).toBeNull(); // a picture of another size
    expect(new FaceFollower().follow(scene(), 0.1)).toBeNull();
  });

  it('has the detector look after four pictures, or after four tenths of a second', () => {
    const follower = new FaceFollower();
    follower.remember(scene(), [face()], 0);
    expect([0.05, 0.1, 0.15, 0.2, 0.25].map((time) => follower.follow(scene(), time) !== null)).toEqual([true, true, true, true, false]);
    follower.remember(scene(), [face()], 0.25);
    expect(follower.follow(scene(), 0.7)).toBeNull();
  });
});

describe('FacePipeline in a film', () => {
  const calls = { detector: 0, emotion: 0, gender: 0 };
  const genderSpec = (): ModelSpec<FaceCropInput> => ({
    ...faceSpec(),
    task: 'face-age-gender',
    outputs: { gender: { kind: 'categorical', labels: ['female', 'male'], temperature: 1 } },
  });

  /** One face, at the same place in every frame of `detectorSpec`; its logits for the first class are what is given. */
  function pipeline(gender: () => number, emotion = 0): FacePipeline {
    Object.assign(calls, { detector: 0, emotion: 0, gender: 0 });
    const detector = fakeNetwork(detectorSpec(), () => {
      calls.detector++;
      const boxes = new Float32Array(4 * 8);
      boxes.set([3, 4, 8, 8, 1, 4, 5, 4]);
      return { boxes, scores: Float32Array.of(5, -9, -9, -9) };
    });
    const classifier = (spec: ModelSpec<FaceCropInput>, name: 'emotion' | 'gender', logit: () => number): FaceClassifier =>
      new FaceClassifier(
        fakeNetwork(spec, (_, batch) => {
          calls[name] += batch;
          return { [name]: Float32Array.from({ length: 2 * batch }, (__, i) => (i % 2 === 0 ? logit() : 0)) };
        }),
      );
    return new FacePipeline(new FaceDetector(detector), [classifier(faceSpec(), 'emotion', () => emotion), classifier(genderSpec(), 'gender', gender)]);
  }

  async function film(faces: FacePipeline, frames: number, move: (frame: number) => number = () => 0): Promise<void> {
    const still = scene();
    for (let frame = 0; frame < frames; frame++) {
      const [one] = await faces.analyse(move(frame) === 0 ? still : scene(move(frame)), { track: true }, frame / 30);
      // Nothing that is left out is missing.
      expect(one!.emotion).toBeDefined();
      expect(one!.gender).toBeDefined();
      expect(one!.id).toBe(0);
    }
  }

  it('reads emotion from every picture, gender from every eighth, and looks for faces in every fifth', async () => {
    await film(pipeline(() => 4), 45);
    expect(calls).toEqual({ detector: 9, emotion: 45, gender: 5 + 5 });
  });

  it('reads what is doubtful more often', async () => {
    await film(pipeline(() => 0.3), 45);
    expect(calls.gender).toBe(5 + 13);
  });

  it('looks at every picture in which all moves fast', async () => {
    await film(pipeline(() => 4), 45, (frame) => 40 * frame);
    expect(calls.detector).toBe(45);
  });

  it('leaves nothing out without tracking, nor where pictures come rarely', async () => {
    const faces = pipeline(() => 4);
    const still = scene();
    for (let frame = 0; frame < 12; frame++) await faces.analyse(still, {}, frame / 30);
    expect(calls).toEqual({ detector: 12, emotion: 12, gender: 12 });
    for (let frame = 0; frame < 12; frame++) await faces.analyse(still, { track: true }, 100 + 1.2 * frame);
    expect(calls).toEqual({ detector: 24, emotion: 24, gender: 24 });
  });

  it('means what lasts over its first readings, and follows a lasting change', async () => {
    let logit = 3;
    const faces = pipeline(() => logit);
    const still = scene();
    const at = async (frame: number): Promise<number> => (await faces.analyse(still, { track: true }, frame / 30))[0]!.gender!.probabilities.female;
    const sure = 1 / (1 + Math.exp(-3));
    expect(await at(0)).toBeCloseTo(sure, 9);
    logit = -3;
    // The mean of one reading of the first kind and two of the other.
    await at(1);
    expect(await at(2)).toBeCloseTo((sure + 2 * (1 - sure)) / 3, 9);
    for (let frame = 3; frame < 150; frame++) await at(frame);
    expect(await at(150)).toBeLessThan(0.1);
  });
});
