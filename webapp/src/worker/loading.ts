/** What an engine is made of, on its way. */
import type { ModelFiles } from '../runtime/graph/read_model';
import type { EarlyAnswers } from '../runtime/early_answers';
import { compileKernels } from '../runtime/kernels/binary';
import type { WasmFiles } from '../runtime/running';
import { EarlyFiles, ModelStore } from '../runtime/store';
import type { Task } from '../types';
import type { LoadReport } from './load_report';
import type { LoadParameters } from './protocol';
import { ACTIVITY, SPEECH, withDetector } from './tasks';

export interface Coming {
  store: Promise<ModelStore>;
  /** As soon as it is known which they are. */
  files: Promise<Promise<ModelFiles>[]>;
  wasm: WasmFiles;
}

/**
 * Begins to fetch the catalogue, the models, and the WASM binary where that backend will be asked for first.
 * @param answers What the page has asked for.
 */
export function beginLoading({ backend, exclude, tasks, baseUrl }: LoadParameters, answers: EarlyAnswers, report: LoadReport): Coming {
  report.enter('catalogue');
  const binaries = new URL('wasm/', baseUrl);
  let module: Promise<WebAssembly.Module | null> | null = null;
  const kernels = (): Promise<WebAssembly.Module | null> => (module ??= compileKernels(binaries));
  // First, for there is something to do with it before the models come.
  const begun: Promise<unknown>[] = backend === 'wasm' || (backend === 'auto' && !exclude.includes('wasm')) ? [kernels()] : [];
  const folder = new URL('models/', baseUrl);
  const early = new EarlyFiles(answers);
  const store = ModelStore.open(folder, report.watch(), early);
  for (const task of withDetector(tasks)) early.begin(folder, task, () => report.watch(task));
  const files = fetchModels(store, tasks, report);
  begun.push(store, files);
  // Whoever awaits them hears of a failure; nobody does yet.
  for (const one of begun) one.catch(() => undefined);
  return { store, files, wasm: { folder: binaries, kernels } };
}

/** All that the tasks need, with the networks that they rest on. */
async function fetchModels(opened: Promise<ModelStore>, tasks: readonly Task[], report: LoadReport): Promise<Promise<ModelFiles>[]> {
  const store = await opened;
  const wanted = withDetector(tasks);
  if (tasks.includes(SPEECH) && store.has(ACTIVITY)) wanted.push(ACTIVITY);
  report.totalBytes = store.totalBytes(wanted);
  const files = wanted.map((task) => store.load(task, () => report.watch(task)));
  // Whoever awaits each of them hears of a failure.
  void Promise.all(files).then(() => report.enter('runtime'), () => undefined);
  return files;
}
