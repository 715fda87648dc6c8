import { acceleratedBackends, resumeBackend, startBackend, stopBackend } from '../runtime/backends';
import type { BackendName, StartedBackend } from '../runtime/backends';
import { GraphNetwork, type ModelFiles } from '../runtime/graph_network';
import type { ModelStore } from '../runtime/store';
import type { WasmOptions } from '../runtime/wasm';
import type { Backend } from '../types';
import { probabilityTolerance, testModel } from './self_test';
import { timeNetwork } from './timing';

/** All models on one backend. */
export interface RunningModels {
  backend: StartedBackend;
  networks: GraphNetwork[];
}

/** Timed runs of each model on each candidate: enough to tell twice as fast from as fast. */
const PROBE_RUNS = 3;

/** Where all models together take less than this on WASM, nothing that could be won is worth a download. */
const QUICK_ENOUGH_MS = 4;

/** Starts the backend that was asked for, or for `auto` the fastest that gives the right answers. */
export async function startModels(
  wanted: Backend,
  files: readonly ModelFiles[],
  store: ModelStore,
  wasm: WasmOptions,
): Promise<RunningModels> {
  if (wanted !== 'auto') return start(wanted, files, wasm);
  let best = await start('wasm', files, wasm);
  let bestTime = await totalTime(best.networks);
  if (bestTime < QUICK_ENOUGH_MS) return best;
  for (const name of await acceleratedBackends()) {
    const candidate = await start(name, files, wasm).catch(() => null);
    if (!candidate) continue;
    const time = await totalTime(candidate.networks).catch(() => Infinity);
    const better = time < bestTime && (await answersRight(candidate, store));
    stop(better ? best : candidate);
    if (better) [best, bestTime] = [candidate, time];
  }
  // The last candidate became current when it started, even if it lost.
  await resumeBackend(best.backend.name);
  return best;
}

async function start(name: BackendName, files: readonly ModelFiles[], wasm: WasmOptions): Promise<RunningModels> {
  const backend = await startBackend(name, wasm);
  return { backend, networks: files.map((one) => new GraphNetwork(one.spec, one)) };
}

function stop({ backend, networks }: RunningModels): void {
  networks.forEach((network) => network.dispose());
  stopBackend(backend.name);
}

async function totalTime(networks: readonly GraphNetwork[]): Promise<number> {
  let total = 0;
  for (const network of networks) total += (await timeNetwork(network, PROBE_RUNS)).median;
  return total;
}

async function answersRight({ backend, networks }: RunningModels, store: ModelStore): Promise<boolean> {
  for (const network of networks) {
    const golden = await store.golden(network.spec.task);
    const report = await testModel(network, golden, probabilityTolerance(backend.name)).catch(() => null);
    if (!report?.passed) return false;
  }
  return true;
}
