/** One person from picture to picture: where they are, what they look like, what is read from them. */
import { blendAppearance, type Appearance } from './appearance';
import type { Probabilities } from './classify';
import type { Detection, Rectangle } from './decode';
import { AxisMotion } from './motion';
import { blendReading, type KeptReading } from './kept_reading';
import { settled } from './settled';
import { SteadyLabel } from './steady_label';

/** The picture of a face settles within this time. */
const LOOKS_SECONDS = 1.5;

/** Looks of late are the mean of about so much time. */
const FRESH_SECONDS = 0.5;

/** For so long after faces were lost or lay over each other they may turn out to have been taken for one another. */
const DOUBT_SECONDS = 3;

/** Below this clearness a crop is no picture of the face. */
const CLEAR_ENOUGH = 0.6;

/** The size of a face settles with this time constant. */
const SIZE_SECONDS = 0.6;

/** What is read from a covered face counts at least so much: two who sit cheek to cheek are read, too. */
const LEAST_SHARE = 0.2;

/** While another face is where this one should be, it is probably behind it: the time of its absence runs so slowly. */
const HIDDEN_PACE = 1 / 3;

/** One picture without the face says no more than that it was gone for so long, however long ago the one before was. */
const MISS_SECONDS = 1;

export interface SeenFace {
  box: Detection;
  appearance?: Appearance | null;
}

/** Who somebody is, wherever they are. */
export interface Person {
  readonly id: number;
  readonly labels: Record<string, SteadyLabel>;
  appearance: Appearance | null;
}

/** The mean of so many looks. */
export interface FreshLooks {
  mean: Appearance;
  count: number;
}

/** Centre and size in pixels. */
export interface Place {
  x: number;
  y: number;
  side: number;
}

/** A place, and when somebody was there: in seconds, and in pictures that showed them. */
export interface Placed extends Place {
  time: number;
  picture: number;
}

export class Track {
  readonly x: AxisMotion;
  readonly y: AxisMotion;
  side: number;
  person: Person;
  /** By output. */
  readonly readings: Record<string, KeptReading> = {};
  /** What the face looked like since it was last in doubt whose it is. */
  fresh: FreshLooks | null = null;
  /** Seconds for which pictures did not show this face; those behind another face count less. */
  lost = 0;
  private doubted = -Infinity;
  private pictures = 0;

  /**
   * @param clear How clearly the face is seen, 0..1.
   * @param seen When, in seconds.
   * @param outputs Whose most probable class is named.
   */
  constructor(
    id: number,
    { box, appearance }: SeenFace,
    private clear: number,
    private seen: number,
    outputs: readonly string[],
  ) {
    const { x, y, side } = placeOf(box);
    this.x = new AxisMotion(x, side);
    this.y = new AxisMotion(y, side);
    this.side = side;
    const labels = Object.fromEntries(outputs.map((name) => [name, new SteadyLabel()]));
    this.person = { id, labels, appearance: clear >= CLEAR_ENOUGH ? (appearance ?? null) : null };
  }

  /** Where the face should be. */
  get box(): Rectangle {
    const [x, y, half] = [this.x.expected, this.y.expected, this.side / 2];
    return { x0: x - half, y0: y - half, x1: x + half, y1: y + half };
  }

  /** Lets time pass. */
  predict(seconds: number): void {
    this.x.predict(seconds, this.side);
    this.y.predict(seconds, this.side);
  }

  /** Takes in a picture in which the face was seen. @param clear How clearly, 0..1. */
  follow({ box, appearance }: SeenFace, clear: number, now: number): void {
    const { x, y, side } = placeOf(box);
    const passed = Math.max(0, now - this.seen);
    this.side += clear * settled(passed, SIZE_SECONDS) * (side - this.side);
    this.x.correct(x, this.side, clear);
    this.y.correct(y, this.side, clear);
    this.look(appearance ?? null, clear, passed);
    if (clear < CLEAR_ENOUGH) this.doubt(now);
    this.clear = clear;
    this.seen = now;
    this.pictures++;
    this.lost = 0;
  }

  /** Takes in what the networks read from the picture in which the face was seen last. */
  read(probabilities: Probabilities): void {
    for (const [name, values] of Object.entries(probabilities)) {
      this.readings[name] = blendReading(name, this.readings[name], values, this.placed, Math.max(LEAST_SHARE, this.clear));
    }
  }

  /** Smoothed. */
  get probabilities(): Probabilities {
    return Object.fromEntries(Object.entries(this.readings).map(([name, { values }]) => [name, values]));
  }

  /** Where the face was seen last, and when. */
  get placed(): Placed {
    return { x: this.x.expected, y: this.y.expected, side: this.side, time: this.seen, picture: this.pictures };
  }

  /** Takes in a picture in which the face was not seen. @param hidden Whether another face was there. */
  miss(seconds: number, hidden: boolean, now: number): void {
    this.lost += (hidden ? HIDDEN_PACE : 1) * Math.min(seconds, MISS_SECONDS);
    this.doubt(now);
  }

  /** Whether it was in doubt of late whose face this is. */
  doubtful(now: number): boolean {
    return now - this.doubted <= DOUBT_SECONDS;
  }

  private doubt(now: number): void {
    this.doubted = now;
    this.fresh = null;
  }

  private look(appearance: Appearance | null, clear: number, passed: number): void {
    if (!appearance || clear < CLEAR_ENOUGH) return;
    const { person, fresh } = this;
    person.appearance = person.appearance ? blendAppearance(person.appearance, appearance, settled(passed, LOOKS_SECONDS)) : appearance;
    const mean = fresh ? blendAppearance(fresh.mean, appearance, Math.max(1 / (fresh.count + 1), settled(passed, FRESH_SECONDS))) : appearance;
    this.fresh = { mean, count: (fresh?.count ?? 0) + 1 };
  }

  /** By output, the class to be named. */
  named(now: number): Record<string, number> {
    const labels: Record<string, number> = {};
    for (const [name, label] of Object.entries(this.person.labels)) {
      const reading = this.readings[name];
      if (reading) labels[name] = label.update(reading.values, now);
    }
    return labels;
  }
}

/** A box without extent has the side of one pixel, so that nothing divides by zero. */
export function placeOf({ x0, y0, x1, y1 }: Rectangle): Place {
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, side: Math.max(1, (x1 - x0 + (y1 - y0)) / 2) };
}
