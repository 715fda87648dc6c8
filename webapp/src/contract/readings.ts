/** Logits to readings, as a spec's outputs say. */
import type { Age, Categorical } from '../types';
import type { CategoricalOutput, DistributionOutput, ModelOutput } from './types';

/** softmax(logits / temperature), in double precision. */
export function softmax(logits: ArrayLike<number>, temperature: number): Float64Array {
  let peak = -Infinity;
  for (let i = 0; i < logits.length; i++) peak = Math.max(peak, logits[i]!);
  const result = new Float64Array(logits.length);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const value = Math.exp((logits[i]! - peak) / temperature);
    result[i] = value;
    sum += value;
  }
  for (let i = 0; i < result.length; i++) result[i]! /= sum;
  return result;
}

/** The calibrated probabilities of an output that has any; null for a detector's raw outputs. */
export function probabilitiesOf(output: ModelOutput, logits: ArrayLike<number>): Float64Array | null {
  return output.kind === 'categorical' || output.kind === 'distribution' ? softmax(logits, output.temperature) : null;
}

export function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** @param top Index of the label to be named; by default the most probable. */
export function toCategorical(probabilities: ArrayLike<number>, output: CategoricalOutput, top = indexOfLargest(probabilities)): Categorical {
  const entries = output.labels.map((label, index): [string, number] => [label, probabilities[index]!]);
  return markUnsure({ label: output.labels[top]!, probabilities: Object.fromEntries(entries) }, output.unsure_below);
}

/** Says whether a reading's label reaches the model's threshold, where the model has one. */
export function markUnsure(reading: Categorical, below: number | undefined): Categorical {
  return below === undefined ? reading : { ...reading, unsure: (reading.probabilities[reading.label] ?? 0) < below };
}

/** Mean and central interval of a distribution over the whole numbers `first..last`. */
export function toAge(probabilities: ArrayLike<number>, output: DistributionOutput): Age {
  let years = 0;
  for (let i = 0; i < probabilities.length; i++) years += probabilities[i]! * (output.first + i);
  const tail = (1 - output.interval) / 2;
  return {
    years,
    low: quantile(probabilities, output, tail),
    high: quantile(probabilities, output, 1 - tail),
    interval: output.interval,
  };
}

/** Where the piecewise-linear distribution function, which spreads the mass of k over k - 0.5 .. k + 0.5, reaches `share`. */
function quantile(probabilities: ArrayLike<number>, { first, last }: DistributionOutput, share: number): number {
  let below = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const mass = probabilities[i]!;
    if (mass > 0 && below + mass >= share) {
      return Math.min(last, Math.max(first, first + i - 0.5 + (share - below) / mass));
    }
    below += mass;
  }
  return last;
}
