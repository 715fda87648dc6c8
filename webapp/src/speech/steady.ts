/**
 * Turns readings that follow each other into words that can be read: probabilities are averaged, and the word changes
 * only when another one has been the better for a while.
 *
 * The rule: a label is a candidate when its averaged probability leads that of the shown label by LEAD; "unsure" is the
 * candidate while no label reaches the threshold, which lies MARGIN lower for a label that is shown and MARGIN higher
 * while "unsure" is. A candidate is shown once it has been the same for HOLD_SECONDS without interruption. The first
 * word after a silence of FORGET_SECONDS is shown at once.
 */
import type { Categorical } from '../types';

/** Time constant of the average; a reading hears three seconds, so neighbours agree on much already. */
const AVERAGE_SECONDS = 1;
const LEAD = 0.08;
/** A voice whose probability wanders about the threshold, as a sentence goes on, would be sure and unsure in turn. */
const MARGIN = 0.05;
const HOLD_SECONDS = 1.2;
/** Somebody else may be speaking after so long a pause. */
const FORGET_SECONDS = 2;

/** The word alone, for probabilities that are averaged already. */
export class SteadyWord {
  private shown: { label: string; unsure: boolean } | null = null;
  private candidate = '';
  private since = 0;
  private last = 0;

  /** @param unsureBelow Probability under which no label is shown; left out where the model has no such threshold. */
  constructor(private readonly unsureBelow?: number) {}

  /**
   * @param seconds When this reading was made, on any clock.
   * @returns The probabilities and the label to show; `unsure` says whether it is not to be relied on.
   */
  push(probabilities: Record<string, number>, seconds: number): Categorical {
    if (seconds - this.last > FORGET_SECONDS) this.reset();
    this.last = seconds;
    const top = leader(probabilities);
    const label = this.shown && probabilities[top]! - (probabilities[this.shown.label] ?? 0) < LEAD ? this.shown.label : top;
    const next = { label, unsure: probabilities[label]! < nextThreshold(this.unsureBelow ?? 0, this.shown?.unsure) };
    if (word(next) !== this.candidate) {
      this.candidate = word(next);
      this.since = seconds;
    }
    if (!this.shown || word(this.shown) === this.candidate || seconds - this.since >= HOLD_SECONDS) this.shown = next;
    // What it might be is no word yet, and follows at once.
    else if (this.shown.unsure) this.shown = { label, unsure: true };
    const { label: shown, unsure } = this.shown;
    return { label: shown, probabilities, ...(this.unsureBelow === undefined ? {} : { unsure }) };
  }

  reset(): void {
    this.shown = null;
    this.candidate = '';
  }
}

export class SteadyReading {
  private mean: Record<string, number> | null = null;
  private last = 0;
  private readonly word: SteadyWord;

  /** @param unsureBelow As in `SteadyWord`. */
  constructor(unsureBelow?: number) {
    this.word = new SteadyWord(unsureBelow);
  }

  /** As in `SteadyWord`, with the probabilities averaged. */
  push(probabilities: Readonly<Record<string, number>>, seconds: number): Categorical {
    if (seconds - this.last > FORGET_SECONDS) this.reset();
    const mean = this.average(probabilities, seconds);
    this.last = seconds;
    return this.word.push(mean, seconds);
  }

  reset(): void {
    this.mean = null;
    this.word.reset();
  }

  private average(probabilities: Readonly<Record<string, number>>, seconds: number): Record<string, number> {
    const old = this.mean;
    const share = old ? 1 - Math.exp(-(seconds - this.last) / AVERAGE_SECONDS) : 1;
    this.mean = Object.fromEntries(
      Object.entries(probabilities).map(([label, value]) => {
        const before = old?.[label] ?? value;
        return [label, before + share * (value - before)];
      }),
    );
    return this.mean;
  }
}

/**
 * The probability that a label must reach to be named: what is shown stays until it is clearly passed.
 *
 * @param below The model's threshold.
 * @param unsure What is shown now; undefined where nothing is.
 */
function nextThreshold(below: number, unsure: boolean | undefined): number {
  return unsure === undefined ? below : unsure ? below + MARGIN : below - MARGIN;
}

function word({ label, unsure }: { label: string; unsure: boolean }): string {
  return unsure ? '' : label;
}

function leader(probabilities: Readonly<Record<string, number>>): string {
  return Object.entries(probabilities).reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['', -1])[0];
}
