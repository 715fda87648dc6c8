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
  times.sort((a, b) => a - b);
  const rank = (share: number): number => times[Math.ceil(share * runs) - 1]!;
  return { task: network.spec.task, runs, median: rank(0.5), p95: rank(0.95) };
}
