/** The samples of one subject, in chunks of typed arrays: 13 + 2 K bytes a sample of K labels. */

import { MAX_LABELS, MAX_MS } from './limits';

/** What is read at one time. `probabilities` follow the series' labels. */
export interface Sample {
  /** Milliseconds since the session's zero. */
  readonly ms: number;
  /** Index of the label that was shown; not always the most probable one, since shown labels are held against flicker. */
  readonly label: number;
  readonly probabilities: readonly number[];
  /** Years; null where no age was read. */
  readonly age: { readonly years: number; readonly low: number; readonly high: number } | null;
  /** Probability of "female"; null where no gender was read. */
  readonly female: number | null;
}

/** The arrays of a chunk, each of the same number of samples; `probabilities` has K values a sample. */
export interface Chunk {
  readonly ms: Uint32Array;
  readonly label: Uint8Array;
  readonly probabilities: Uint16Array;
  /** Three values a sample: mean, low, high. */
  readonly age: Uint16Array;
  readonly female: Uint16Array;
}

export const CHUNK = 1024;

/** Probabilities are kept in steps of 1/10000 and years in steps of 1/10: finer than anybody can use. */
const SHARE_STEPS = 10_000;
const YEAR_STEPS = 10;
const NONE = 0xffff;
const AGE_VALUES = 3;

export class Series {
  readonly #chunks: Chunk[] = [];
  #length = 0;

  /** @throws RangeError where there are no labels or too many */
  constructor(readonly labels: readonly string[]) {
    if (labels.length < 1 || labels.length > MAX_LABELS) throw new RangeError(`${labels.length} labels; 1 to ${MAX_LABELS} can be kept`);
  }

  get length(): number {
    return this.#length;
  }

  /** Of the first and of the last sample; NaN where there is none. */
  get firstMs(): number {
    return this.#length > 0 ? this.ms(0) : NaN;
  }

  get lastMs(): number {
    return this.#length > 0 ? this.ms(this.#length - 1) : NaN;
  }

  /** @throws RangeError where the time is not after the last one or a value cannot be kept */
  push(sample: Sample): void {
    const { ms, label, probabilities, age, female } = sample;
    const width = this.labels.length;
    if (!Number.isInteger(ms) || ms < 0 || ms > MAX_MS || (this.#length > 0 && ms <= this.lastMs)) {
      throw new RangeError(`a sample at ${ms} ms cannot follow one at ${this.lastMs} ms`);
    }
    if (this.labels[label] === undefined || probabilities.length !== width) throw new RangeError('the sample does not fit the labels');
    const place = this.#length % CHUNK;
    if (place === 0) this.#chunks.push(emptyChunk(CHUNK, width));
    const chunk = this.#chunks.at(-1)!;
    chunk.ms[place] = ms;
    chunk.label[place] = label;
    for (let k = 0; k < width; k++) chunk.probabilities[place * width + k] = steps(probabilities[k]!, SHARE_STEPS);
    for (const [k, value] of (age ? [age.years, age.low, age.high] : [null, null, null]).entries()) {
      chunk.age[place * AGE_VALUES + k] = value === null ? NONE : steps(value, YEAR_STEPS);
    }
    chunk.female[place] = female === null ? NONE : steps(female, SHARE_STEPS);
    this.#length += 1;
  }

  ms(index: number): number {
    return this.#chunk(index).ms[index % CHUNK]!;
  }

  label(index: number): number {
    return this.#chunk(index).label[index % CHUNK]!;
  }

  probability(index: number, label: number): number {
    return this.#chunk(index).probabilities[(index % CHUNK) * this.labels.length + label]! / SHARE_STEPS;
  }

  /** Mean years; NaN where no age was read. */
  years(index: number): number {
    const value = this.#chunk(index).age[(index % CHUNK) * AGE_VALUES]!;
    return value === NONE ? NaN : value / YEAR_STEPS;
  }

  sample(index: number): Sample {
    const chunk = this.#chunk(index);
    const place = index % CHUNK;
    const age = chunk.age.subarray(place * AGE_VALUES, (place + 1) * AGE_VALUES);
    const female = chunk.female[place]!;
    return {
      ms: this.ms(index),
      label: this.label(index),
      probabilities: this.labels.map((_, k) => this.probability(index, k)),
      age: age[0] === NONE ? null : { years: age[0]! / YEAR_STEPS, low: age[1]! / YEAR_STEPS, high: age[2]! / YEAR_STEPS },
      female: female === NONE ? null : female / SHARE_STEPS,
    };
  }

  /** The index of the first sample at or after `ms`; `length` where there is none. */
  indexFrom(ms: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ms(middle) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get chunkCount(): number {
    return this.#chunks.length;
  }

  /** A copy of the n-th chunk, as long as it has samples. */
  chunk(n: number): Chunk {
    const filled = Math.min(CHUNK, this.#length - n * CHUNK);
    const whole = this.#chunks[n]!;
    return {
      ms: whole.ms.slice(0, filled),
      label: whole.label.slice(0, filled),
      probabilities: whole.probabilities.slice(0, filled * this.labels.length),
      age: whole.age.slice(0, filled * AGE_VALUES),
      female: whole.female.slice(0, filled),
    };
  }

  /** Takes in what `chunk` gave, sample by sample, so that all is checked again. */
  pushChunk(chunk: Chunk): void {
    const width = this.labels.length;
    const years = (i: number): number => chunk.age[i]! / YEAR_STEPS;
    for (let i = 0; i < chunk.ms.length; i++) {
      this.push({
        ms: chunk.ms[i]!,
        label: chunk.label[i]!,
        probabilities: Array.from(chunk.probabilities.subarray(i * width, (i + 1) * width), (value) => value / SHARE_STEPS),
        age:
          chunk.age[i * AGE_VALUES] === NONE
            ? null
            : { years: years(i * AGE_VALUES), low: years(i * AGE_VALUES + 1), high: years(i * AGE_VALUES + 2) },
        female: chunk.female[i] === NONE ? null : chunk.female[i]! / SHARE_STEPS,
      });
    }
  }

  #chunk(index: number): Chunk {
    const chunk = this.#chunks[Math.floor(index / CHUNK)];
    if (chunk === undefined || index < 0 || index >= this.#length) throw new RangeError(`no sample ${index} of ${this.#length}`);
    return chunk;
  }
}

/** Both series' samples in the order of time; where both have one in the same moment, the first's. */
export function merged(first: Series, second: Series): Series {
  const all = new Series(first.labels);
  let [i, j] = [0, 0];
  while (i < first.length || j < second.length) {
    const [a, b] = [i < first.length ? first.ms(i) : Infinity, j < second.length ? second.ms(j) : Infinity];
    all.push(a <= b ? first.sample(i) : second.sample(j));
    if (a <= b) i += 1;
    if (b <= a) j += 1;
  }
  return all;
}

function emptyChunk(length: number, width: number): Chunk {
  return {
    ms: new Uint32Array(length),
    label: new Uint8Array(length),
    probabilities: new Uint16Array(length * width),
    age: new Uint16Array(length * AGE_VALUES),
    female: new Uint16Array(length),
  };
}

function steps(value: number, perUnit: number): number {
  const whole = Math.round(value * perUnit);
  if (!(whole >= 0 && whole < NONE)) throw new RangeError(`${value} cannot be kept`);
  return whole;
}
