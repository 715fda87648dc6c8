/** The files of models that can be asked for before the catalogue has said which there are: every model has them, under these names. */

export const CATALOGUE_FILE = 'catalogue.json';
export const TOPOLOGY_FILE = 'model.json';
export const SPEC_FILE = 'spec.json';

/** The converter writes one shard, unless a network is far larger than ours. */
const WEIGHTS_FILE = 'group1-shard1of1.bin';

export function earlyFiles(folder: URL, task: string): URL[] {
  return [SPEC_FILE, TOPOLOGY_FILE, WEIGHTS_FILE].map((name) => new URL(`${task}/${name}`, folder));
}
