/**
 * Getting used to a voice: what the readings of one speaker have in common is the voice's, not the emotion's.
 * `training/known_voice.py` is the reference and says where the model comes from.
 */
import { softmax } from '../contract/readings';
import type { VoicesSpec } from '../contract/types';

const ITERATIONS = 10;
/** Of probabilities, before their logarithm is taken. */
const FLOOR = 1e-6;

/** All readings of a voice together count for no more than so many of unlike sound. */
const EVIDENCE = 3;

/** So many readings of each label are supposed before the first: a session may well be of one label alone. */
const HABIT = 0.1;

/** So many readings are remembered, a minute and a half of speech: who speaks next is not taken for who spoke before. */
const MEMORY = 300;

export class KnownVoice {
  /** Centred log-probabilities of the readings so far. */
  private readings: Float64Array[] = [];

  /**
   * @param voices How voices differ.
   * @param weight Of a reading, 1 being one that shares no sound with another.
   */
  constructor(
    private readonly voices: VoicesSpec,
    private readonly weight: number,
  ) {}

  /** A reading as it is once the voice is known from those before it; takes it in. */
  read(probabilities: ArrayLike<number>): Float64Array {
    const logs = centredLogs(probabilities);
    const offset = offsetOf(this.voices, this.readings, this.weight);
    this.readings.push(logs);
    if (this.readings.length > MEMORY) this.readings.shift();
    return softmax(logs.map((value, i) => value - offset[i]!), 1);
  }
}

/** Natural logarithms, their mean taken away. */
export function centredLogs(probabilities: ArrayLike<number>): Float64Array {
  const logs = Float64Array.from(probabilities, (value) => Math.log(Math.max(value, FLOOR)));
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  return logs.map((value) => value - mean);
}

/** The most probable offset of a speaker, by expectation and maximisation: values to take from their centred logs. */
export function offsetOf({ means, within, between }: VoicesSpec, readings: readonly Float64Array[], weight: number): Float64Array {
  const size = means.length;
  let offset = new Float64Array(size);
  const total = Math.min(EVIDENCE, weight * readings.length);
  if (total === 0) return offset;
  const each = total / readings.length;
  const spread = within.map((row, i) => row.map((value, j) => value + total * between[i]![j]!));
  for (let round = 0; round < ITERATIONS; round++) {
    const shares = readings.map((logs) => softmax(logs.map((value, i) => value - offset[i]!), 1));
    const habits = Float64Array.from({ length: size }, (_, label) => HABIT + each * shares.reduce((sum, one) => sum + one[label]!, 0));
    const unexplained = new Float64Array(size);
    readings.forEach((logs, at) => {
      const share = shares[at]!.map((value, label) => value * habits[label]!);
      const sum = share.reduce((whole, value) => whole + value, 0);
      for (let i = 0; i < size; i++) {
        let explained = 0;
        for (let label = 0; label < size; label++) explained += (share[label]! / sum) * means[label]![i]!;
        unexplained[i]! += each * (logs[i]! - explained);
      }
    });
    const solved = solve(spread, unexplained);
    offset = Float64Array.from(between, (row) => row.reduce((sum, value, i) => sum + value * solved[i]!, 0));
  }
  return offset;
}

/** x of `matrix` x = `values`, for a matrix that is symmetric and positive definite: Gaussian elimination. */
function solve(matrix: readonly (readonly number[])[], values: Float64Array): Float64Array {
  const size = values.length;
  const rows = matrix.map((row) => Float64Array.from(row));
  const x = Float64Array.from(values);
  for (let pivot = 0; pivot < size; pivot++) {
    for (let row = pivot + 1; row < size; row++) {
      const share = rows[row]![pivot]! / rows[pivot]![pivot]!;
      for (let column = pivot; column < size; column++) rows[row]![column]! -= share * rows[pivot]![column]!;
      x[row]! -= share * x[pivot]!;
    }
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let column = row + 1; column < size; column++) x[row]! -= rows[row]![column]! * x[column]!;
    x[row]! /= rows[row]![row]!;
  }
  return x;
}
