/**
 * What a visitor's corrections say about one person: a bias on the calibrated logits.
 *
 * A corrected reading has probabilities q_k ∝ p_k exp(b_k), where p is what the network read. The bias b is the maximum
 * a posteriori estimate of a multinomial logistic regression with offsets log p and intercepts only, under a Gaussian
 * prior N(0, 1/λ) on each intercept: the minimum of Σ_i −log q_{y_i}(x_i) + λ/2 ‖b‖² over the corrections i with right
 * labels y_i (Bishop, Pattern Recognition and Machine Learning, 2006, sections 4.3.4 and 4.5.1). The sum is convex and the
 * prior strictly so: there is one minimum. Multiplying a classifier's outputs by one factor a class is also what adapts it
 * to other class frequencies (Saerens, Latinne and Decaestecker, Neural Computation 14, 2002).
 *
 * Why a bias only: a handful of corrections can settle K numbers, but neither the K² of a matrix on the logits nor the
 * thousands of a last layer; and a resting face that looks stern is wrong in one direction, which a bias takes away. The
 * prior keeps it small, because corrections come from the wrong readings alone: the right ones, which nobody
 * corrects, are not seen.
 */

export interface Labelled {
  /** What the network read, by label; sums to 1. */
  readonly read: Readonly<Record<string, number>>;
  readonly right: string;
}

/** λ: one correction turns a reading of 60 % against 40 %; one of 80 % against 20 % takes two. */
const PRIOR_PRECISION = 1;

/** Older corrections of a person than these are left aside: people and light change. */
const NEWEST = 200;

/** Keeps the logarithm finite where a probability has vanished in rounding. */
const LEAST_SHARE = 1e-4;

const MAX_STEPS = 2000;
const SMALL_GRADIENT = 1e-7;

/** The bias of each label, in the labels' order; all 0 without corrections. It sums to 0. */
export function fitBias(labels: readonly string[], corrections: readonly Labelled[]): number[] {
  const newest = corrections.slice(-NEWEST);
  const offsets = newest.map(({ read }) => labels.map((label) => Math.log(Math.max(LEAST_SHARE, read[label] ?? 0))));
  const rights = newest.map(({ right }) => labels.indexOf(right));
  let bias = labels.map(() => 0);
  // The gradient of one −log softmax changes by at most half a step's length, so this step never overshoots.
  const step = 1 / (newest.length / 2 + PRIOR_PRECISION);
  for (let i = 0; i < MAX_STEPS; i++) {
    const gradient = bias.map((value) => PRIOR_PRECISION * value);
    for (const [n, offset] of offsets.entries()) {
      const shares = softmax(offset.map((value, k) => value + bias[k]!));
      for (const [k, share] of shares.entries()) gradient[k]! += share - (k === rights[n] ? 1 : 0);
    }
    bias = bias.map((value, k) => value - step * gradient[k]!);
    if (Math.hypot(...gradient) < SMALL_GRADIENT) break;
  }
  return bias;
}

/** Probabilities with the bias applied; they sum to 1. */
export function withBias(read: Readonly<Record<string, number>>, bias: Readonly<Record<string, number>>): Record<string, number> {
  const labels = Object.keys(read);
  const shares = softmax(labels.map((label) => Math.log(Math.max(LEAST_SHARE, read[label]!)) + (bias[label] ?? 0)));
  return Object.fromEntries(labels.map((label, k) => [label, shares[k]!]));
}

function softmax(logits: readonly number[]): number[] {
  const peak = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - peak));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
}
