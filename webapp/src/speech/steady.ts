/**
 * Turns readings that follow each other into words that can be read. `training/steady_reading.py` is the reference, and
 * says how often the words are right.
 *
 * A mood lasts: what is believed after a reading is what was believed before it, taken back a little towards "any of
 * them" for the time that went by, times the reading. The word is the label that is believed most, by LEAD over the one
 * that is shown; "unsure" while no label reaches the threshold, which lies MARGIN lower for a label that is shown and
 * MARGIN higher while "unsure" is.
 */
import type { Categorical } from '../types';

/** After so long on average a mood has changed. */
const MOOD_SECONDS = 4;

/** What a reading counts for after the first: it hears for the most part what the one before heard. */
const WEIGHT = 0.25;

/** No reading rules a label out. */
const FLOOR = 1e-4;

const LEAD = 0.1;
/** A voice whose probability wanders about the threshold, as a sentence goes on, would be sure and unsure in turn. */
const MARGIN = 0.05;

/** The word alone, for probabilities that are smoothed already. */
export class SteadyWord {
  private shown: { label: string; unsure: boolean } | null = null;

  /** @param unsureBelow Probability under which no label is shown; left out where the model has no such threshold. */
  constructor(private readonly unsureBelow?: number) {}

  /** @returns The probabilities and the label to show; `unsure` says whether it is not to be relied on. */
  push(probabilities: Record<string, number>): Categorical {
    const top = leader(probabilities);
    const label = this.shown && probabilities[top]! - (probabilities[this.shown.label] ?? 0) < LEAD ? this.shown.label : top;
    const unsure = probabilities[label]! < threshold(this.unsureBelow ?? 0, this.shown?.unsure);
    this.shown = { label, unsure };
    return { label, probabilities, ...(this.unsureBelow === undefined ? {} : { unsure }) };
  }
}

export class SteadyReading {
  private belief: Record<string, number> | null = null;
  private last = 0;
  private readonly word: SteadyWord;

  /** @param unsureBelow As in `SteadyWord`. */
  constructor(unsureBelow?: number) {
    this.word = new SteadyWord(unsureBelow);
  }

  /**
   * As in `SteadyWord`, with what is believed for the probabilities.
   * @param seconds When this reading was made, on any clock.
   */
  push(probabilities: Readonly<Record<string, number>>, seconds: number): Categorical {
    this.belief = this.believe(probabilities, seconds);
    this.last = seconds;
    return this.word.push(this.belief);
  }

  private believe(probabilities: Readonly<Record<string, number>>, seconds: number): Record<string, number> {
    const entries = Object.entries(probabilities);
    const before = this.belief;
    const stays = before ? Math.exp(-(seconds - this.last) / MOOD_SECONDS) : 0;
    const weight = before ? WEIGHT : 1;
    const values = entries.map(([label, value]) => {
      const prior = stays * (before?.[label] ?? 0) + (1 - stays) / entries.length;
      return prior * Math.max(value, FLOOR) ** weight;
    });
    const sum = values.reduce((whole, value) => whole + value, 0);
    return Object.fromEntries(entries.map(([label], i) => [label, values[i]! / sum]));
  }
}

/**
 * The probability that a label must reach to be named: what is shown stays until it is clearly passed.
 *
 * @param below The model's threshold.
 * @param unsure What is shown now; undefined where nothing is.
 */
function threshold(below: number, unsure: boolean | undefined): number {
  return unsure === undefined ? below : unsure ? below + MARGIN : below - MARGIN;
}

function leader(probabilities: Readonly<Record<string, number>>): string {
  return Object.entries(probabilities).reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['', -1])[0];
}
