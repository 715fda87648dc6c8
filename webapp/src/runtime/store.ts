import { readCatalogue } from '../contract/catalogue';
import { CATALOGUE_FILE, SPEC_FILE, TOPOLOGY_FILE, earlyFiles } from '../contract/early';
import { readGolden, type GoldenCase } from '../contract/golden';
import { readSpec } from '../contract/spec';
import type { Catalogue, CatalogueModel } from '../contract/types';
import { MienError } from '../errors';
import { EarlyAnswers } from './early_answers';
import { decodeText, fetchBytes, fetchVerified, type FetchWatch } from './files';
import type { ModelFiles } from './graph/read_model';

const GOLDEN_FILE = 'golden.json';

/** A file on its way, and what it tells of that. */
interface Begun {
  bytes: Promise<Uint8Array<ArrayBuffer>>;
  watch: FetchWatch | undefined;
}

/**
 * Files that are asked for before the catalogue says which there are: whoever waited for it would wait for one answer of
 * the server more. Nothing is believed before it has been held against the catalogue.
 */
export class EarlyFiles {
  private readonly begun = new Map<string, Begun>();

  /** @param answers What the page has asked for. */
  constructor(private readonly answers = new EarlyAnswers()) {}

  catalogue(url: URL, watch?: FetchWatch): Promise<Uint8Array<ArrayBuffer>> {
    return fetchBytes(url, watch, { answer: this.answers.take(url) });
  }

  /** @param watch Is asked for one for each file. */
  begin(folder: URL, task: string, watch: () => FetchWatch | undefined): void {
    for (const url of earlyFiles(folder, task)) {
      const one = watch();
      const bytes = fetchBytes(url, one, { answer: this.answers.take(url) });
      // Whoever takes it hears of a failure; perhaps nobody does.
      bytes.catch(() => undefined);
      this.begun.set(url.href, { bytes, watch: one });
    }
  }

  take(url: URL): Begun | null {
    const begun = this.begun.get(url.href) ?? null;
    this.begun.delete(url.href);
    return begun;
  }
}

/** The models folder of a server: what the catalogue lists, fetched and verified. */
export class ModelStore {
  private constructor(
    private readonly folder: URL,
    private readonly catalogue: Catalogue,
    private readonly early: EarlyFiles,
  ) {}

  static async open(folder: URL, watch?: FetchWatch, early = new EarlyFiles()): Promise<ModelStore> {
    const url = new URL(CATALOGUE_FILE, folder);
    return new ModelStore(folder, readCatalogue(decodeText(await early.catalogue(url, watch)), url.pathname), early);
  }

  /** Whether the catalogue lists a model. */
  has(task: string): boolean {
    return Object.hasOwn(this.catalogue.models, task);
  }

  /** Bytes that `load` will fetch for these tasks. */
  totalBytes(tasks: readonly string[]): number {
    const sizes = tasks.flatMap((task) => runtimeFiles(this.entry(task)).map(([, file]) => file.bytes));
    return sizes.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** @param watch Is asked for one for each file. */
  async load(task: string, watch: () => FetchWatch | undefined = () => undefined): Promise<ModelFiles> {
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    await Promise.all(
      runtimeFiles(this.entry(task)).map(async ([name, file]) => {
        const url = this.url(task, name);
        const begun = this.early.take(url);
        files.set(name, await fetchVerified(url, file, begun ? begun.watch : watch(), undefined, begun?.bytes));
      }),
    );
    const spec = readSpec(this.text(files, task, SPEC_FILE), `${task}/${SPEC_FILE}`);
    if (spec.task !== task) {
      throw new MienError('spec-invalid', `${task}/${SPEC_FILE}: task: expected "${task}", found "${spec.task}"`, 'Rebuild the models with mien-convert.');
    }
    return { spec, topology: this.text(files, task, TOPOLOGY_FILE), shards: files };
  }

  async golden(task: string): Promise<GoldenCase[]> {
    const file = this.entry(task).files[GOLDEN_FILE];
    if (!file) throw this.missing(`${task}/${GOLDEN_FILE}`);
    return readGolden(decodeText(await fetchVerified(this.url(task, GOLDEN_FILE), file)), `${task}/${GOLDEN_FILE}`);
  }

  private url(task: string, name: string): URL {
    return new URL(`${task}/${name}`, this.folder);
  }

  private entry(task: string): CatalogueModel {
    const model = Object.hasOwn(this.catalogue.models, task) ? this.catalogue.models[task] : undefined;
    if (!model) throw this.missing(task);
    return model;
  }

  private text(files: ReadonlyMap<string, Uint8Array>, task: string, name: string): string {
    const data = files.get(name);
    if (!data) throw this.missing(`${task}/${name}`);
    return decodeText(data);
  }

  private missing(what: string): MienError {
    return new MienError(
      'model-missing',
      `${this.folder.pathname}catalogue.json does not list ${what}`,
      'Rebuild the models with mien-convert, or load only the tasks that are there.',
    );
  }
}

/** What inference needs: not the card, and the golden vectors only when they are run. */
function runtimeFiles(model: CatalogueModel): [string, { bytes: number; sha256: string }][] {
  return Object.entries(model.files).filter(([name]) => name === TOPOLOGY_FILE || name === SPEC_FILE || name.endsWith('.bin'));
}
