/** The golden vectors, run while nobody waits. */
import { MienError } from '../errors';
import type { ModelStore } from '../runtime/store';
import type { StartedModels } from './models';
import { probabilityTolerance, testModel, whyNotPassed } from './self_test';

/** Runs work in its turn among the calls. */
export type Enqueue = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Runs one golden vector of each model, each in a turn of its own, so that a frame waits for one inference at most.
 * @returns MienError `backend-wrong` where one differs; null where none does, or where the vectors cannot be had now.
 */
export async function checkInTurns({ backend, networks }: StartedModels, store: Pick<ModelStore, 'golden'>, enqueue: Enqueue): Promise<MienError | null> {
  for (const network of networks) {
    const cases = await store.golden(network.spec.task).catch(() => null);
    if (!cases) continue;
    const report = await enqueue(() => testModel(network, cases.slice(0, 1), probabilityTolerance(backend.name)));
    const wrong = whyNotPassed(report);
    if (wrong !== null) {
      return new MienError(
        'backend-wrong',
        `the backend ${backend.name} computes wrongly: ${wrong}`,
        `Call loadMien again with exclude: ['${backend.name}'].`,
      );
    }
  }
  return null;
}
