/** What an engine is made of, on its way: it comes while the engine's own code is still fetched and read. */
import type { ModelFiles } from '../runtime/graph/read_model';
import { compileKernels } from '../runtime/kernels/binary';
import type { WasmFiles } from '../runtime/running';
import { ModelStore } from '../runtime/store';
import type { LoadProgress, Task } from '../types';
import type { LoadReport } from './load_report';
import type { LoadParameters } from './protocol';
import { ACTIVITY, DETECTOR, SPEECH } from './tasks';

type ModelTask = NonNullable<LoadProgress['task']>;

export interface Coming {
  store: Promise<ModelStore>;
  files: Promise<ModelFiles[]>;
  wasm: WasmFiles;
}

/** Begins to fetch the catalogue, the models, and the WASM binary where that backend will be asked for first. */
export function beginLoading({ backend, exclude, tasks, baseUrl }: LoadParameters, report: LoadReport): Coming {
  report.enter('catalogue');
  const store = ModelStore.open(new URL('models/', baseUrl), report.watch());
  const files = fetchModels(store, tasks, report);
  const folder = new URL('wasm/', baseUrl);
  let module: Promise<WebAssembly.Module | null> | null = null;
  const kernels = (): Promise<WebAssembly.Module | null> => (module ??= compileKernels(folder));
  const early: Promise<unknown>[] = [store, files];
  if (backend === 'wasm' || (backend === 'auto' && !exclude.includes('wasm'))) early.push(kernels());
  // Whoever awaits them hears of a failure; nobody does yet.
  for (const one of early) one.catch(() => undefined);
  return { store, files, wasm: { folder, kernels } };
}

/** All that the tasks need, with the networks that they rest on. */
async function fetchModels(opened: Promise<ModelStore>, tasks: readonly Task[], report: LoadReport): Promise<ModelFiles[]> {
  const store = await opened;
  const wanted: ModelTask[] = [...tasks];
  if (tasks.some((task) => task.startsWith('face-'))) wanted.unshift(DETECTOR);
  if (tasks.includes(SPEECH) && store.has(ACTIVITY)) wanted.push(ACTIVITY);
  report.totalBytes = store.totalBytes(wanted);
  const files = await Promise.all(wanted.map((task) => store.load(task, () => report.watch(task))));
  report.enter('runtime');
  return files;
}
