/** What was read from a face, smoothed, and whether it is to be read again. */
import type { ModelOutput } from '../contract/types';
import { settled } from './settled';
import type { Placed } from './track';

/** Outputs that say what somebody is from one minute to the next, and need not be read from each picture. */
const LASTING: ReadonlySet<string> = new Set(['age', 'gender']);

/** Feelings settle with this time constant: fast enough to follow a smile, slow enough not to flicker. */
const FLEETING_SECONDS = 0.6;

/** What lasts may take longer; until then it is the plain mean of its readings. */
const LASTING_SECONDS = 2;

/** So often what lasts is read at first, picture by picture, to have a mean of several. */
const FIRST_READINGS = 5;

/** Then once in so many pictures, */
const SURE_PICTURES = 8;
/** in so many while no class has this probability, */
const DOUBTFUL_PICTURES = 3;
const SURE = 0.75;
/** and after so many seconds at the latest. */
const MAX_SECONDS = 1;

/** Who has moved by this share of the face's side, or changed in size by as much, shows another view of it. */
const MOVED = 0.25;

export interface KeptReading {
  values: Float64Array;
  /** How many readings went into it. */
  count: number;
  /** Where and when the newest of them was taken. */
  placed: Placed;
}

/**
 * The kept reading moved towards a fresh one, by the time that has passed.
 * @param name Of the output.
 * @param clear How clearly the face is seen, 0..1.
 */
export function blendReading(name: string, kept: KeptReading | undefined, fresh: Float64Array, placed: Placed, clear: number): KeptReading {
  if (!kept) return { values: fresh, count: 1, placed };
  const passed = Math.max(0, placed.time - kept.placed.time);
  const share = clear * (LASTING.has(name) ? Math.max(1 / (kept.count + 1), settled(passed, LASTING_SECONDS)) : settled(passed, FLEETING_SECONDS));
  const values = fresh.map((value, i) => kept.values[i]! + share * (value - kept.values[i]!));
  return { values, count: kept.count + 1, placed };
}

/** Whether an output is to be read from a face that is there now. */
export function isDue(name: string, { kind }: ModelOutput, kept: KeptReading | undefined, now: Placed): boolean {
  if (!kept || !LASTING.has(name) || kept.count < FIRST_READINGS) return true;
  const sure = kind !== 'categorical' || Math.max(...kept.values) >= SURE;
  const { placed } = kept;
  return (
    now.picture - placed.picture >= (sure ? SURE_PICTURES : DOUBTFUL_PICTURES) || now.time - placed.time >= MAX_SECONDS || hasMoved(placed, now)
  );
}

function hasMoved(from: Placed, to: Placed): boolean {
  const far = Math.hypot(to.x - from.x, to.y - from.y) > MOVED * from.side;
  return far || Math.abs(to.side - from.side) > MOVED * from.side;
}
