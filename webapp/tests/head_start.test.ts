/** What the page asks for while the worker starts, and what becomes of the answers. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { askAhead, filesAhead } from '../src/worker/head_start';
import type { EarlyAnswer } from '../src/worker/protocol';

const MODELS = new URL('http://localhost/somewhere/models/');
const URLS = ['http://localhost/a', 'http://localhost/b', 'http://localhost/c'];

afterEach(() => vi.unstubAllGlobals());

describe('the files that are asked for ahead', () => {
  it('are few, none twice, below the models, the catalogue first', () => {
    const files = filesAhead(MODELS, ['face-emotion', 'face-age-gender', 'speech-emotion']);
    expect(files[0]).toBe(`${MODELS.href}catalogue.json`);
    expect(files).toHaveLength(5);
    expect(new Set(files).size).toBe(files.length);
    expect(files.every((file) => file.startsWith(MODELS.href))).toBe(true);
  });

  it('are the detector\'s before the network\'s that waits for a face, and none of a face where only voices are read', () => {
    const face = filesAhead(MODELS, ['face-emotion']);
    expect(face[1]).toContain('/face-detector/');
    expect(filesAhead(MODELS, ['speech-emotion']).join()).not.toContain('face');
  });

  it('are none where answers cannot travel to a worker', () => {
    vi.stubGlobal('structuredClone', () => { throw new DOMException('not transferable', 'DataCloneError'); });
    expect(filesAhead(MODELS, ['face-emotion'])).toEqual([]);
  });
});

describe('an answer', () => {
  /** Asks for URLS, of which `answers` says what becomes; resolves when all have been passed on. */
  function ask(answers: (url: string) => Promise<Response>, gone = new AbortController()): { passed: [EarlyAnswer, Transferable[]][]; gone: AbortController } {
    const passed: [EarlyAnswer, Transferable[]][] = [];
    vi.stubGlobal('fetch', answers);
    askAhead(URLS, (answer, transfer) => { passed.push([answer, transfer]); }, gone.signal);
    return { passed, gone };
  }

  it('travels with its body as soon as it is there, in whatever order', async () => {
    let late: (response: Response) => void = () => undefined;
    const first = new Promise<Response>((resolve) => { late = resolve; });
    const { passed } = ask((url) => (url === URLS[0] ? first : Promise.resolve(new Response(url))));
    await vi.waitFor(() => { expect(passed).toHaveLength(2); });
    late(new Response(URLS[0]));
    await vi.waitFor(() => { expect(passed).toHaveLength(3); });
    expect(passed.map(([{ url }]) => url)).toEqual([URLS[1], URLS[2], URLS[0]]);
    for (const [{ url, body }, transfer] of passed) {
      expect(transfer).toEqual([body]);
      expect(await new Response(body).text()).toBe(url);
    }
  });

  it('that says no, or does not come, is passed on empty: the worker asks by itself', async () => {
    const { passed } = ask((url) =>
      url === URLS[0] ? Promise.resolve(new Response('', { status: 404 })) : url === URLS[1] ? Promise.reject(new TypeError('lost')) : Promise.resolve(new Response('x')),
    );
    await vi.waitFor(() => { expect(passed).toHaveLength(3); });
    const bodies = new Map(passed.map(([{ url, body }]) => [url, body]));
    expect([bodies.get(URLS[0]!), bodies.get(URLS[1]!)]).toEqual([null, null]);
    expect(bodies.get(URLS[2]!)).not.toBeNull();
  });

  it('that cannot travel after all is passed on empty', async () => {
    const passed: EarlyAnswer[] = [];
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('x')));
    const pass = (answer: EarlyAnswer): void => {
      if (answer.body) throw new DOMException('not transferable', 'DataCloneError');
      passed.push(answer);
    };
    askAhead(URLS, pass, new AbortController().signal);
    await vi.waitFor(() => { expect(passed.map(({ url }) => url).sort()).toEqual(URLS); });
  });

  it('is let go when nobody waits for it any more', async () => {
    const signals: AbortSignal[] = [];
    const gone = new AbortController();
    const passed: EarlyAnswer[] = [];
    vi.stubGlobal('fetch', (_url: string, { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise<Response>((_resolve, reject) => { signal.addEventListener('abort', () => { reject(signal.reason as Error); }); });
    });
    askAhead(URLS, (answer) => { passed.push(answer); }, gone.signal);
    gone.abort();
    await new Promise((resolve) => { setTimeout(resolve, 5); });
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    expect(passed).toEqual([]);
  });
});
