/** Made people who walk through a picture, as a detector would see them, for the tracker. */
import type { Appearance } from '../src/face/appearance';
import type { Probabilities } from '../src/face/classify';
import { coverOf } from '../src/face/cover';
import { overlap, type Detection } from '../src/face/decode';
import { FaceTracker, trackedFace, type SeenFace, type TrackedFace } from '../src/face/tracker';
import { chance, gauss } from './random';

/** `place` gives the centre at a time, or null while out of the picture. */
export interface Person {
  side: number;
  place: (time: number) => { x: number; y: number } | null;
}

export interface Film {
  /** Whoever comes later in the list is in front. */
  people: Person[];
  seconds: number;
  perSecond: number;
  seed: number;
  /** Probability that the detector misses a face in a picture. */
  missed?: number;
  looks?: boolean;
  /** Pictures come at intervals of a half to one and a half of what `perSecond` says. */
  uneven?: boolean;
}

/** A face as the tracker sees it, and what the networks read from it. */
export interface ReadFace extends SeenFace {
  probabilities: Probabilities;
}

/** One picture of which everything is read. */
export function update(tracker: FaceTracker, faces: readonly ReadFace[], now: number): TrackedFace[] {
  return tracker.follow(faces, now).map((track, index) => {
    track.read(faces[index]!.probabilities);
    return trackedFace(track, now);
  });
}

/** What the detector finds: a face of which more than that is covered, or that overlaps more with one in front, is lost. */
const HIDDEN_COVER = 0.5;
const HIDDEN_OVERLAP = 0.25;

/** Looks of the made people: as far from each other as strangers, and noisy from picture to picture. */
export function lookOf(person: number, noise: () => number): Appearance {
  const own = gauss(chance(100 + person));
  return normal(Float32Array.from({ length: 64 }, () => own() + 0.35 * noise()));
}

/** A face half behind another: its crop shows the other's cheek, and more of that than is covered of the face. */
export function mixedLook(own: Appearance, front: Appearance, cover: number): Appearance {
  const share = Math.min(1, 2 * cover);
  return normal(own.map((value, i) => (1 - share) * value + share * front[i]!));
}

function normal(values: Float32Array): Appearance {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const norm = Math.hypot(...values.map((value) => value - mean));
  return values.map((value) => (value - mean) / norm);
}

export function boxAt(x: number, y: number, side: number): Detection {
  return { x0: x - side / 2, y0: y - side / 2, x1: x + side / 2, y1: y + side / 2, points: new Float64Array(0), score: 0.9 };
}

/** Runs a film through a tracker; for each picture, the id by person (undefined: not seen). */
export function track(film: Film): (number | undefined)[][] {
  const { people, seconds, perSecond, seed, missed = 0, looks = true, uneven = false } = film;
  const random = chance(seed);
  const noise = gauss(random);
  const tracker = new FaceTracker();
  const frames: (number | undefined)[][] = [];
  for (let time = 0; time < seconds; time += (uneven ? 0.5 + random() : 1) / perSecond) {
    const boxes = people.map(({ side, place }) => {
      const centre = place(time);
      return centre && boxAt(centre.x + 0.03 * side * noise(), centre.y + 0.03 * side * noise(), side * (1 + 0.06 * noise()));
    });
    const faces = people.map((_, i) => (random() < missed ? null : faceOf(i, boxes, noise, looks)));
    const seen = people.map((_, i) => i).filter((i) => faces[i]);
    // The detector's order is by score, which is chance.
    seen.sort(() => random() - 0.5);
    const ids = update(tracker, seen.map((i) => faces[i]!), time).map(({ id }) => id);
    frames.push(people.map((_, i) => (seen.includes(i) ? ids[seen.indexOf(i)] : undefined)));
  }
  return frames;
}

/** What shows of a person beside those in front. */
function faceOf(person: number, boxes: readonly (Detection | null)[], noise: () => number, looks: boolean): ReadFace | null {
  const box = boxes[person];
  if (!box) return null;
  const own = lookOf(person, noise);
  const front = boxes.map((other, i) => (i > person && other ? { i, other, cover: coverOf(box, [other]) } : null)).filter((one) => one !== null);
  const most = front.sort((a, b) => b.cover - a.cover)[0];
  if (!most || most.cover === 0) return { box, probabilities: {}, ...(looks ? { appearance: own } : {}) };
  if (most.cover > HIDDEN_COVER || overlap(box, most.other) > HIDDEN_OVERLAP) return null;
  // The box is drawn towards what shows.
  const aside = (box.x0 < most.other.x0 ? -1 : 1) * 0.2 * most.cover * (box.x1 - box.x0);
  const shifted = { ...box, x0: box.x0 + aside, x1: box.x1 + aside };
  return { box: shifted, probabilities: {}, ...(looks ? { appearance: mixedLook(own, lookOf(most.i, noise), most.cover) } : {}) };
}

export function idsOf(frames: (number | undefined)[][], person: number): number[] {
  return [...new Set(frames.map((ids) => ids[person]).filter((id) => id !== undefined))];
}

export const walk =
  (from: number, to: number, seconds: number, y = 240) =>
  (time: number): { x: number; y: number } => ({ x: from + ((to - from) * Math.min(time, seconds)) / seconds, y });
