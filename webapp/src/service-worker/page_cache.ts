/**
 * The files of one build of the page, kept as a whole: a cache named by the hash of the build is filled before the
 * build is used, so that no file of one version ever meets one of another.
 */
import { BY_ADDRESS, hasDigest } from './verified';

/** What the build writes at the head of the script. */
export interface Build {
  /** Hash over all files. */
  version: string;
  /** SHA-256 by address below the folder of the page; index.html is `./`. */
  files: Readonly<Record<string, string>>;
}

const PREFIX = 'mien-page-';

export class PageCache {
  readonly name: string;

  /** @param folder The folder of the page, which is the scope of the service worker. */
  constructor(
    private readonly build: Build,
    private readonly folder: URL,
    private readonly storage: CacheStorage,
    private readonly fetchFile: typeof fetch,
  ) {
    this.name = PREFIX + build.version;
  }

  /** Fetches what is not there yet. Rejects if any file is missing or is not the one of this build. */
  async fill(): Promise<void> {
    const cache = await this.storage.open(this.name);
    const outcomes = await Promise.allSettled(
      Object.entries(this.build.files).map(async ([path, sha256]) => {
        const url = new URL(path, this.folder);
        if (await cache.match(url, BY_ADDRESS)) return;
        // The HTTP cache may hold an older file of the same name: ask whether it is still the one.
        const response = await this.fetchFile(url, { cache: 'no-cache' });
        if (!(await hasDigest(response, sha256))) throw new Error(`${url.pathname} is not the file of build ${this.build.version}`);
        await cache.put(url, response);
      }),
    );
    // Only now, so that what did come is kept for the next attempt.
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') throw outcome.reason as Error;
    }
  }

  /** Whether this file belongs to the build. */
  has(path: string): boolean {
    return Object.hasOwn(this.build.files, path === '' ? './' : path);
  }

  /** The file as it was when the build was made; from the network only if the browser has thrown the cache away. */
  async answer(path: string): Promise<Response> {
    const url = new URL(path === '' ? './' : path, this.folder);
    const cache = await this.storage.open(this.name);
    return (await cache.match(url, BY_ADDRESS)) ?? this.fetchFile(url);
  }

  /** A file of another build, for a page of that build that is still open. */
  async answerFromOthers(request: Request): Promise<Response> {
    for (const name of await this.others()) {
      const found = await (await this.storage.open(name)).match(request, BY_ADDRESS);
      if (found) return found;
    }
    return this.fetchFile(request);
  }

  /** Deletes the caches of all other builds. */
  async deleteOthers(): Promise<void> {
    await Promise.all((await this.others()).map((name) => this.storage.delete(name)));
  }

  private async others(): Promise<string[]> {
    return (await this.storage.keys()).filter((name) => name.startsWith(PREFIX) && name !== this.name);
  }
}
