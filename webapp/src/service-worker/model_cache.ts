/**
 * The networks, which come and go without a new build of the page. The catalogue names each file's SHA-256, and that
 * is the name under which a file is kept here: a network that was trained again can never be mistaken for its
 * predecessor. The page checks the same hashes once more when it loads a network.
 */
import { readCatalogue } from '../contract/catalogue';
import { hasDigest } from './verified';

const CACHE = 'mien-models';
const CATALOGUE = 'catalogue.json';

/** A network that answers slower than this is treated as none, where a catalogue is kept already. */
const CATALOGUE_PATIENCE_MS = 4000;

/** Work that goes on after the answer was given. */
type Later = (work: Promise<unknown>) => void;

export class ModelCache {
  /** @param folder The folder of the models, as `models/` beside the page. */
  constructor(
    private readonly folder: URL,
    private readonly storage: CacheStorage,
    private readonly fetchFile: typeof fetch,
  ) {}

  /** The answer to a request for `path` below the folder. */
  answer(path: string, request: Request, later: Later): Promise<Response> {
    return path === CATALOGUE ? this.answerCatalogue(request) : this.answerFile(path, request, later);
  }

  /**
   * Fetches every file of the catalogue that is not there yet; of the kept catalogue where the server is out of reach.
   * Rejects if any cannot be had as the catalogue names it.
   */
  async prepare(): Promise<void> {
    const url = new URL(CATALOGUE, this.folder);
    const response = await this.fetchFile(url, { cache: 'no-cache' }).catch(() => null);
    const digests = response && !(await this.keepCatalogue(response)) ? null : await this.digests();
    if (!digests?.size) throw new Error(`${url.pathname} cannot be read`);
    const cache = await this.storage.open(CACHE);
    for (const [path, sha256] of digests) {
      if (await cache.match(this.key(path, sha256))) continue;
      const file = await this.fetchFile(new URL(path, this.folder), { cache: 'no-cache' });
      if (!(await this.keepFile(path, sha256, file))) throw new Error(`${path} is not the file that the catalogue names`);
    }
  }

  /** The server's catalogue if it can be reached, else the kept one. */
  private async answerCatalogue(request: Request): Promise<Response> {
    const cache = await this.storage.open(CACHE);
    const kept = await cache.match(new URL(CATALOGUE, this.folder), { ignoreVary: true });
    if (!kept) {
      const response = await this.fetchFile(request);
      await this.keepCatalogue(response.clone());
      return response;
    }
    try {
      const response = await this.fetchFile(request, { signal: AbortSignal.timeout(CATALOGUE_PATIENCE_MS) });
      await this.keepCatalogue(response.clone());
      return response;
    } catch {
      return kept;
    }
  }

  private async answerFile(path: string, request: Request, later: Later): Promise<Response> {
    const sha256 = (await this.digests()).get(path);
    if (sha256 === undefined) return this.fetchFile(request);
    const cache = await this.storage.open(CACHE);
    const kept = await cache.match(this.key(path, sha256), { ignoreVary: true });
    if (kept) return kept;
    const response = await this.fetchFile(request);
    // A full disk or a wrong file keeps nothing, and the page reads what it was given either way.
    later(this.keepFile(path, sha256, response.clone()).catch(() => false));
    return response;
  }

  /** Keeps a catalogue and forgets the files that it does not name; false if it is none. */
  private async keepCatalogue(response: Response): Promise<boolean> {
    const copy = response.clone();
    const digests = response.ok ? digestsIn(await response.text()) : null;
    if (digests === null) return false;
    const cache = await this.storage.open(CACHE);
    await cache.put(new URL(CATALOGUE, this.folder), copy);
    const wanted = new Set([...digests].map(([path, sha256]) => this.key(path, sha256).href));
    wanted.add(new URL(CATALOGUE, this.folder).href);
    const old = (await cache.keys()).filter(({ url }) => !wanted.has(url));
    await Promise.all(old.map((request) => cache.delete(request, { ignoreVary: true })));
    return true;
  }

  private async keepFile(path: string, sha256: string, response: Response): Promise<boolean> {
    if (!(await hasDigest(response, sha256))) return false;
    const cache = await this.storage.open(CACHE);
    await cache.put(this.key(path, sha256), response);
    return true;
  }

  /** The SHA-256 of each file of the kept catalogue; empty where none is kept. */
  private async digests(): Promise<Map<string, string>> {
    const cache = await this.storage.open(CACHE);
    const kept = await cache.match(new URL(CATALOGUE, this.folder), { ignoreVary: true });
    return (kept && digestsIn(await kept.text())) ?? new Map<string, string>();
  }

  private key(path: string, sha256: string): URL {
    return new URL(`${path}?sha256=${sha256}`, this.folder);
  }
}

/** SHA-256 by `task/name`; null if the text is no catalogue. */
function digestsIn(text: string): Map<string, string> | null {
  try {
    const { models } = readCatalogue(text);
    const files = Object.entries(models).flatMap(([task, model]) =>
      Object.entries(model.files).map(([name, file]): [string, string] => [`${task}/${name}`, file.sha256]),
    );
    return new Map(files);
  } catch {
    return null;
  }
}
