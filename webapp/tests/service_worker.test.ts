import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { ModelCache } from '../src/service-worker/model_cache';
import { PageCache } from '../src/service-worker/page_cache';

/** A CacheStorage in memory, as far as the service worker uses it. */
class MemoryCaches {
  readonly stores = new Map<string, Map<string, Response>>();

  open(name: string): Promise<Cache> {
    const store = this.stores.get(name) ?? new Map<string, Response>();
    this.stores.set(name, store);
    const address = (key: RequestInfo | URL, plain = false): string => {
      const url = new URL(key instanceof Request ? key.url : key);
      if (plain) url.search = '';
      return url.href;
    };
    const cache: Partial<Cache> = {
      match: (key, { ignoreSearch = false } = {}) => Promise.resolve(store.get(address(key, ignoreSearch))?.clone()),
      put: (key, response) => Promise.resolve(void store.set(address(key), response)),
      delete: (key) => Promise.resolve(store.delete(address(key))),
      keys: () => Promise.resolve([...store.keys()].map((url) => new Request(url))),
    };
    return Promise.resolve(cache as Cache);
  }

  keys(): Promise<string[]> {
    return Promise.resolve([...this.stores.keys()]);
  }

  delete(name: string): Promise<boolean> {
    return Promise.resolve(this.stores.delete(name));
  }
}

const FOLDER = new URL('https://mien.example/');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let storage: MemoryCaches;
let server: Map<string, string>;
let asked: string[];

const fetchFile = ((input: RequestInfo | URL): Promise<Response> => {
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  asked.push(pathname);
  if (server.size === 0) return Promise.reject(new TypeError('Failed to fetch'));
  const text = server.get(pathname);
  return Promise.resolve(text === undefined ? new Response('', { status: 404 }) : new Response(text));
}) as typeof fetch;

beforeEach(() => {
  storage = new MemoryCaches();
  asked = [];
});

describe('the cache of the page', () => {
  const build = (version: string, page: string): PageCache =>
    new PageCache({ version, files: { './': sha256(page), 'mien.js': sha256('script') } }, FOLDER, storage as unknown as CacheStorage, fetchFile);

  beforeEach(() => {
    server = new Map([['/', 'page'], ['/mien.js', 'script']]);
  });

  it('answers without the server once it is full, whatever the query', async () => {
    const page = build('one', 'page');
    await page.fill();
    server.clear();
    expect(page.has('')).toBe(true);
    expect(page.has('other.js')).toBe(false);
    expect(await (await page.answer('')).text()).toBe('page');
    expect(await (await page.answer('mien.js')).text()).toBe('script');
  });

  it('is not full while a file is not the one of the build', async () => {
    await expect(build('two', 'another page').fill()).rejects.toThrow('/ is not the file of build two');
  });

  it('goes on where filling was broken off', async () => {
    server.delete('/mien.js');
    const page = build('one', 'page');
    await expect(page.fill()).rejects.toThrow('/mien.js');
    server.set('/mien.js', 'script');
    asked = [];
    await page.fill();
    expect(asked).toEqual(['/mien.js']);
  });

  it('keeps the files of an open page of another build until they are deleted', async () => {
    await build('one', 'page').fill();
    server.set('/', 'new page');
    const next = build('two', 'new page');
    await next.fill();
    server.clear();
    expect(await (await next.answerFromOthers(new Request(new URL('mien.js', FOLDER)))).text()).toBe('script');
    await storage.open('mien-models');
    await next.deleteOthers();
    expect([...storage.stores.keys()]).toEqual(['mien-page-two', 'mien-models']);
  });
});

describe('the cache of the models', () => {
  const models = (): ModelCache => new ModelCache(new URL('models/', FOLDER), storage as unknown as CacheStorage, fetchFile);

  const catalogue = (weights: string): string =>
    JSON.stringify({
      format: 'mien-catalogue/1',
      models: { 'face-emotion': { version: '1.0.0', files: { 'a.bin': { bytes: weights.length, sha256: sha256(weights) } } } },
    });

  const ask = async (path: string): Promise<string> => {
    const work: Promise<unknown>[] = [];
    const response = await models().answer(path, new Request(new URL(`models/${path}`, FOLDER)), (one) => work.push(one));
    await Promise.all(work);
    return response.text();
  };

  const serve = (weights: string, listed = weights): void => {
    server = new Map([['/models/catalogue.json', catalogue(listed)], ['/models/face-emotion/a.bin', weights]]);
  };

  it('keeps what was used once', async () => {
    serve('old');
    await ask('catalogue.json');
    await ask('face-emotion/a.bin');
    server.clear();
    expect(await ask('catalogue.json')).toBe(catalogue('old'));
    expect(await ask('face-emotion/a.bin')).toBe('old');
  });

  it('fetches everything ahead, once, and needs no server to know that it has', async () => {
    serve('old');
    await models().prepare();
    asked = [];
    await models().prepare();
    expect(asked).toEqual(['/models/catalogue.json']);
    server.clear();
    await models().prepare();
    expect(await ask('face-emotion/a.bin')).toBe('old');
  });

  it('never gives the weights of another catalogue, and forgets them', async () => {
    serve('old');
    await models().prepare();
    serve('new');
    await ask('catalogue.json');
    expect(await ask('face-emotion/a.bin')).toBe('new');
    expect([...(storage.stores.get('mien-models') ?? new Map<string, Response>()).keys()].join()).not.toContain(sha256('old'));
  });

  it('keeps no file that the catalogue does not name so, but passes it on for the page to refuse', async () => {
    serve('spoilt', 'right');
    await ask('catalogue.json');
    expect(await ask('face-emotion/a.bin')).toBe('spoilt');
    await expect(models().prepare()).rejects.toThrow('face-emotion/a.bin');
    serve('right');
    expect(await ask('face-emotion/a.bin')).toBe('right');
  });

  it('does not take the welcome page of a hotel for a catalogue', async () => {
    serve('old');
    await models().prepare();
    server.set('/models/catalogue.json', '<!doctype html>');
    expect(await ask('catalogue.json')).toBe('<!doctype html>');
    server.clear();
    expect(await ask('face-emotion/a.bin')).toBe('old');
  });
});
