/** What is read from a file, and the sums over it. */
import type { Age, Box, Categorical, Face } from '../types';

/** One look at a face, or one window of a voice. `start` and `end` are seconds; both 0 in pictures. */
export interface Moment {
  start: number;
  end: number;
  emotion: Categorical | null;
  age?: Age;
  gender?: NonNullable<Face['gender']>;
  /** In pixels of the picture or film. */
  box?: Box;
}

/** One face, or the voice, of a file. */
export interface Subject {
  who: 'face' | 'voice';
  /** 1, 2, … among the faces of the file. */
  number: number;
  /** The mean over its moments. */
  emotion: Categorical | null;
  age?: Age;
  gender?: NonNullable<Face['gender']>;
  box?: Box;
  moments: Moment[];
}

/** What a reader should know about how a file was read; each has its words in i18n. */
export type Note = 'scaled' | 'many-faces' | 'no-face' | 'no-voice' | 'sound-resampled' | 'sound-unread';

export interface FileReading {
  subjects: Subject[];
  notes: Note[];
  /** Pixels as they were read, upright. */
  size?: { width: number; height: number };
  /** Seconds. */
  duration?: number;
  /** Hz, of the sound as it was read. */
  sampleRate?: number;
  thumbnail?: HTMLCanvasElement;
}

/** The mean of some readings, label by label; null where there are none. */
export function meanCategorical<L extends string>(readings: readonly Categorical<L>[]): Categorical<L> | null {
  const [first] = readings;
  if (!first) return null;
  const labels = Object.keys(first.probabilities) as L[];
  const mean = (label: L): number => average(readings.map(({ probabilities }) => probabilities[label]));
  const probabilities = Object.fromEntries(labels.map((label) => [label, mean(label)])) as Record<L, number>;
  const label = labels.reduce((best, one) => (probabilities[one] > probabilities[best] ? one : best));
  return { label, probabilities };
}

/** The mean of some ages and of the ends of their intervals. */
export function meanAge(ages: readonly Age[]): Age | null {
  const [first] = ages;
  if (!first) return null;
  const mean = (key: 'years' | 'low' | 'high'): number => average(ages.map((age) => age[key]));
  return { years: mean('years'), low: mean('low'), high: mean('high'), interval: first.interval };
}

/** Sums the moments of one face or of the voice up. */
export function subjectOf(who: Subject['who'], number: number, moments: Moment[]): Subject {
  const age = meanAge(moments.flatMap((moment) => moment.age ?? []));
  const gender = meanCategorical(moments.flatMap((moment) => moment.gender ?? []));
  const box = moments[0]?.box;
  return {
    who,
    number,
    emotion: meanCategorical(moments.flatMap((moment) => moment.emotion ?? [])),
    ...(age && { age }),
    ...(gender && { gender }),
    ...(box && { box }),
    moments,
  };
}

/** A face as it was read at one time. */
export function momentOf(face: Face, start: number, end: number): Moment {
  const { emotion, age, gender, box } = face;
  return { start, end, emotion: emotion ?? null, ...(age && { age }), ...(gender && { gender }), box };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
