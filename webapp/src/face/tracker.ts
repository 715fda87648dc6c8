/** Who is who from picture to picture: stable ids, smoothed probabilities, labels that do not flicker. */
import { appearanceDistance, blendAppearance, type Appearance } from './appearance';
import { assign } from './assignment';
import type { Probabilities } from './classify';
import { overlap, type Detection } from './decode';
import { AxisMotion, SLACK } from './motion';
import { SteadyLabel } from './steady_label';

/** Readings settle with this time constant: fast enough to follow a smile, slow enough not to flicker. */
const SMOOTHING_SECONDS = 0.6;

/** A face that was not seen for so long is gone; whoever comes then is somebody new. */
export const FORGET_SECONDS = 2;

/** A face unseen for longer may have been replaced: it must look alike to be taken for the same. */
const BRIEF_SECONDS = 0.5;
const LOOKS_ALIKE = 0.55;

/** Squared distance from the expected place and size, in standard deviations, beyond which it is another face. */
const GATE = 20;

/** Standard deviation of the logarithm of a face's size from one look to the next. */
const SIZE_SPREAD = 0.2;

/** What looks weigh against places: 0.45 (a stranger's distance less one's own) counts as 4.2 standard deviations. */
const LOOKS_WEIGHT = 20;

/** A face that was just seen is not given up for its looks alone: it may have turned. */
const MAX_LOOKS_COST = 8;

/** More than any pair within the gate costs. */
const NO_MATCH = 24;

/** The picture of a face settles within this time; not while another face is over it. */
const LOOKS_SECONDS = 1.5;
const CROWDED = 0.05;

export interface SeenFace {
  box: Detection;
  probabilities: Probabilities;
  appearance?: Appearance | null;
}

export interface TrackedFace {
  id: number;
  probabilities: Probabilities;
  /** By output, the class to be named: steadier than the most probable one. */
  labels: Record<string, number>;
}

interface Track {
  readonly id: number;
  readonly x: AxisMotion;
  readonly y: AxisMotion;
  readonly labels: Record<string, SteadyLabel>;
  side: number;
  appearance: Appearance | null;
  probabilities: Probabilities;
  seen: number;
}

/** Gives faces of successive frames stable ids and smooths what is read from them. */
export class FaceTracker {
  private tracks: Track[] = [];
  private nextId = 0;
  private now = -Infinity;

  /** @param outputs Whose most probable class is named. */
  constructor(private readonly outputs: readonly string[] = []) {}

  /**
   * @param faces Of this frame, with the probabilities read from it.
   * @param now Seconds, on any clock that runs forward.
   * @returns For each face, its id, smoothed probabilities and labels.
   */
  update(faces: readonly SeenFace[], now: number): TrackedFace[] {
    this.tracks = this.tracks.filter((track) => now - track.seen <= FORGET_SECONDS);
    const passed = Math.max(0, now - this.now);
    for (const track of this.tracks) {
      track.x.predict(passed, track.side);
      track.y.predict(passed, track.side);
    }
    this.now = now;
    const known = [...this.tracks];
    const owners = assign(faces.map((face) => known.map((track) => pairCost(track, face, now))), NO_MATCH);
    return faces.map((face, index) => {
      const track = known[owners[index]!];
      return track ? this.follow(track, face, crowded(face, index, faces, track, known), now) : this.begin(face, now);
    });
  }

  private begin(face: SeenFace, now: number): TrackedFace {
    const { x, y, side } = placeOf(face.box);
    const track: Track = {
      id: this.nextId++,
      x: new AxisMotion(x, side),
      y: new AxisMotion(y, side),
      labels: Object.fromEntries(this.outputs.map((name) => [name, new SteadyLabel()])),
      side,
      appearance: face.appearance ?? null,
      probabilities: face.probabilities,
      seen: now,
    };
    this.tracks.push(track);
    return named(track, now);
  }

  private follow(track: Track, { box, probabilities, appearance }: SeenFace, inCrowd: boolean, now: number): TrackedFace {
    const { x, y, side } = placeOf(box);
    const passed = Math.max(0, now - track.seen);
    const share = settled(passed, SMOOTHING_SECONDS);
    track.side += share * (side - track.side);
    track.x.correct(x, track.side);
    track.y.correct(y, track.side);
    if (appearance && !inCrowd) {
      track.appearance = track.appearance ? blendAppearance(track.appearance, appearance, settled(passed, LOOKS_SECONDS)) : appearance;
    }
    track.probabilities = blend(track.probabilities, probabilities, share);
    track.seen = now;
    return named(track, now);
  }
}

function named(track: Track, now: number): TrackedFace {
  const labels: Record<string, number> = {};
  for (const [name, label] of Object.entries(track.labels)) {
    const values = track.probabilities[name];
    if (values) labels[name] = label.update(values, now);
  }
  return { id: track.id, probabilities: track.probabilities, labels };
}

/**
 * Minus the logarithm of how likely the face is the track's, up to a constant: Gaussian in place and size, and in looks
 * as far as both are known. Infinity where it cannot be.
 */
function pairCost(track: Track, { box, appearance }: SeenFace, now: number): number {
  const { x, y, side } = placeOf(box);
  const spreadX = track.x.spread(track.side);
  const spreadY = track.y.spread(track.side);
  const size = Math.log(side / track.side) / SIZE_SPREAD;
  const distance = ((x - track.x.expected) / spreadX) ** 2 + ((y - track.y.expected) / spreadY) ** 2 + size * size;
  if (!(distance <= GATE)) return Infinity;
  // A face that may be anywhere is a weaker claim on this place than one that must be here.
  const vagueness = Math.log((spreadX * spreadY) / (SLACK * track.side) ** 2);
  const looks = track.appearance && appearance ? appearanceDistance(track.appearance, appearance) : 0;
  const brief = now - track.seen <= BRIEF_SECONDS;
  if (!brief && looks > LOOKS_ALIKE) return Infinity;
  return distance / 2 + vagueness + Math.min(LOOKS_WEIGHT * looks, brief ? MAX_LOOKS_COST : Infinity);
}

/** Whether another face, seen or expected, lies over this one, so that its crop may show both. */
function crowded({ box }: SeenFace, index: number, faces: readonly SeenFace[], own: Track, tracks: readonly Track[]): boolean {
  const beside = faces.some((other, i) => i !== index && overlap(other.box, box) > CROWDED);
  return beside || tracks.some((track) => track !== own && overlap(expectedBox(track), box) > CROWDED);
}

function expectedBox({ x, y, side }: Track): { x0: number; y0: number; x1: number; y1: number } {
  return { x0: x.expected - side / 2, y0: y.expected - side / 2, x1: x.expected + side / 2, y1: y.expected + side / 2 };
}

/** Centre and mean side; a box without extent has the side of one pixel, so that nothing divides by zero. */
function placeOf({ x0, y0, x1, y1 }: Detection): { x: number; y: number; side: number } {
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, side: Math.max(1, (x1 - x0 + (y1 - y0)) / 2) };
}

/** How much of the way to a new value is gone after `seconds`. */
function settled(seconds: number, constant: number): number {
  return 1 - Math.exp(-seconds / constant);
}

function blend(old: Probabilities, fresh: Probabilities, share: number): Probabilities {
  return Object.fromEntries(
    Object.entries(fresh).map(([name, values]) => {
      const before = old[name];
      return [name, before ? values.map((value, i) => before[i]! + share * (value - before[i]!)) : values];
    }),
  );
}
