import type { Network } from '../network';
import type { BenchmarkModel } from '../types';
import { inputShape } from './inputs';

/** Times a network on one input of zeros, which takes as long as any other. The first run, which compiles, is not counted. */
export async function timeNetwork(network: Network, runs: number): Promise<BenchmarkModel> {
  const shape = inputShape(network.spec.input);
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  await network.run(values, shape, 1);
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await network.run(values, shape, 1);
    times.push(performance.now() - start);
  }
  return { task: network.spec.task, ...quantiles(times) };
}

/** Median and 95th percentile (nearest rank) of at least one time. */
export function quantiles(times: readonly number[]): { runs: number; median: number; p95: number } {
  const sorted = [...times].sort((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1]!;
  return { runs: sorted.length, median: rank(0.5), p95: rank(0.95) };
}
