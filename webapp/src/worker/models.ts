import { MienError } from '../errors';
import type { Network } from '../network';
import { acceleratedBackends } from '../runtime/accelerated';
import { startBackend } from '../runtime/backends';
import type { ModelFiles } from '../runtime/graph/read_model';
import type { BackendName, OwnedNetwork, RunningBackend, WasmFiles } from '../runtime/running';
import type { ModelStore } from '../runtime/store';
import type { Backend, RefusedBackend } from '../types';
import { inputShape } from './inputs';
import { probabilityTolerance, testModel, whyNotPassed } from './self_test';
import { timeNetwork } from './timing';

/** All models on one backend. */
export interface StartedModels {
  backend: Pick<RunningBackend, 'name' | 'threads' | 'lost' | 'memory' | 'resume' | 'stop' | 'pictures'>;
  networks: OwnedNetwork[];
}

export interface RunningModels extends StartedModels {
  /** Those that `auto` tried and did not take because they do not start or compute wrongly. */
  refused: RefusedBackend[];
  /** Whether the golden vectors are still to be run: `auto` took the backend without. */
  unchecked: boolean;
}

/** How many they are may be unknown yet, and each may be on its way. */
export type ComingFiles = readonly Coming[] | Promise<readonly Coming[]>;

type Coming = ModelFiles | Promise<ModelFiles>;

/** What is needed of the machine. */
export interface Machine {
  /** Besides WASM, the backends that a graphics processor stands behind. */
  accelerated(): Promise<BackendName[]>;
  /** Starts a backend beside the files' coming. */
  start(name: BackendName, files: ComingFiles): Promise<StartedModels>;
}

/** Timed runs of each model on each candidate: enough to tell twice as fast from as fast. */
const PROBE_RUNS = 3;

/** Where all models together take less than this on WASM, nothing that could be won is worth a download. */
const QUICK_ENOUGH_MS = 4;

export function machineHere(wasm: WasmFiles): Machine {
  return {
    accelerated: acceleratedBackends,
    start: async (name, coming) => {
      const [backend, models] = await Promise.all([startBackend(name, wasm), coming]);
      // Each is made as soon as its files are there, while those of the others are still under way.
      const networks = await Promise.all(
        models.map(async (model) => {
          const files = await model;
          return backend.open(files, inputShape(files.spec.input));
        }),
      );
      return { backend, networks };
    },
  };
}

function stop({ backend, networks }: StartedModels): void {
  for (const network of networks) network.dispose();
  backend.stop();
}

/**
 * Starts the backend that was asked for, or for `auto` the fastest that gives the right answers.
 *
 * WebGL and WebGPU must pass the golden vectors before they are taken: graphics processors round as they please, some
 * phones to 16 bits. WASM computes as its standard says, bit for bit; it is taken at once, so that the first reading does
 * not wait for another download, and checked while it runs (`unchecked`). Where nothing else is left, WebGL without a
 * graphics processor is tried as well: slow, but right or refused.
 *
 * @throws MienError `backend-unavailable` that names all that were refused; or why the files cannot be had.
 */
export async function startModels(
  wanted: Backend,
  exclude: readonly BackendName[],
  files: ComingFiles,
  store: Pick<ModelStore, 'golden'>,
  machine: Machine,
): Promise<RunningModels> {
  if (wanted !== 'auto') return { ...(await machine.start(wanted, files)), refused: [], unchecked: false };
  const asked = machine.accelerated();
  const choice = new Choice(files, store, machine);
  if (!exclude.includes('wasm')) await choice.offer('wasm', { gate: false, timed: async () => (await asked).some((one) => !exclude.includes(one)) });
  if (choice.bestTime < QUICK_ENOUGH_MS) return choice.result();
  const accelerated = await asked;
  for (const name of accelerated.filter((one) => !exclude.includes(one))) await choice.offer(name, { gate: true });
  if (!choice.best && !accelerated.includes('webgl') && !exclude.includes('webgl')) await choice.offer('webgl', { gate: true });
  return choice.result();
}

/** The best of the backends that were offered so far. */
class Choice {
  best: StartedModels | null = null;
  bestTime = Infinity;
  private current: BackendName | null = null;
  private readonly refused: RefusedBackend[] = [];
  private readonly errors: unknown[] = [];

  constructor(
    private readonly files: ComingFiles,
    private readonly store: Pick<ModelStore, 'golden'>,
    private readonly machine: Machine,
  ) {}

  /**
   * @param gate Whether it must pass the golden vectors.
   * @param timed Whether there is anything to compare it with; what is not timed is taken at once.
   */
  async offer(name: BackendName, { gate, timed = () => Promise.resolve(true) }: { gate: boolean; timed?: () => Promise<boolean> }): Promise<void> {
    let candidate: StartedModels | null = null;
    try {
      this.current = name;
      candidate = await this.machine.start(name, this.files);
      const probe = (await timed()) ? this.probe(candidate, gate) : Promise.resolve(0);
      const time = await Promise.race([probe, candidate.backend.lost.then((why) => { throw new Error(why); })]);
      const better = time < this.bestTime;
      const worse = better ? this.best : candidate;
      if (worse) stop(worse);
      if (better) [this.best, this.bestTime] = [candidate, time];
    } catch (error) {
      if (candidate) stop(candidate);
      // No backend's fault.
      else for (const one of await this.files) await one;
      this.errors.push(error);
      this.refused.push({ backend: name, why: error instanceof Error ? error.message : String(error) });
    }
  }

  /** The time that it takes, in milliseconds. */
  private async probe(candidate: StartedModels, gate: boolean): Promise<number> {
    const time = await totalTime(candidate.networks);
    const wrong = time < this.bestTime && gate ? await whatIsWrong(candidate, this.store) : null;
    if (wrong !== null) throw new Error(`it computes wrongly: ${wrong}`);
    return time;
  }

  async result(): Promise<RunningModels> {
    const { best, refused } = this;
    if (!best) throw this.failure();
    // The last candidate became current when it started, even if it lost.
    if (this.current !== best.backend.name) await best.backend.resume();
    return { ...best, refused, unchecked: best.backend.name === 'wasm' };
  }

  /** The one error as it was, or what there is to say of several. */
  private failure(): Error {
    const [only] = this.errors;
    if (this.errors.length === 1 && only instanceof MienError) return only;
    const reasons = this.refused.map(({ backend, why }) => `${backend}: ${why}`).join('; ') || 'all were excluded';
    return new MienError(
      'backend-unavailable',
      `no backend computes rightly here (${reasons})`,
      'Use a current browser on another device, or update this one and its graphics driver.',
    );
  }
}

async function totalTime(networks: readonly Network[]): Promise<number> {
  let total = 0;
  for (const network of networks) total += (await timeNetwork(network, PROBE_RUNS)).median;
  return total;
}

async function whatIsWrong({ backend, networks }: StartedModels, store: Pick<ModelStore, 'golden'>): Promise<string | null> {
  for (const network of networks) {
    const wrong = whyNotPassed(await testModel(network, await store.golden(network.spec.task), probabilityTolerance(backend.name)));
    if (wrong !== null) return wrong;
  }
  return null;
}
