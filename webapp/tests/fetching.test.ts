/** Files that come badly: broken off, stalled, slow, damaged on the way. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EarlyAnswers } from '../src/runtime/early_answers';
import { fetchBytes, fetchVerified, type FetchWatch, type Patience } from '../src/runtime/files';
import { LoadReport } from '../src/worker/load_report';
import type { LoadProgress } from '../src/types';

const url = new URL('http://localhost/models/face-emotion/group1-shard1of1.bin');
const DATA = Uint8Array.from({ length: 3000 }, (_, i) => i % 251);
const expected = { bytes: DATA.length, sha256: createHash('sha256').update(DATA).digest('hex') };
const PATIENCE: Patience = { stall: 40, slow: 10_000, pauses: [5, 10, 20] };

type Answer = (signal: AbortSignal) => Response;

const whole: Answer = () => new Response(DATA);

/** Some bytes, then what `then` does. */
function partly(then: (controller: ReadableStreamDefaultController<Uint8Array>, signal: AbortSignal) => void): Answer {
  return (signal) =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(DATA.slice(0, 1000));
          then(controller, signal);
        },
      }),
    );
}

const cut = partly((controller) => { setTimeout(() => { controller.error(new TypeError('network error')); }, 1); });
/** As a browser does it: the body fails when the fetch is aborted. */
const stalled = partly((controller, signal) => { signal.addEventListener('abort', () => { controller.error(signal.reason); }); });

/** Answers one after another, the last one again and again. */
function serve(...answers: Answer[]): { asked: RequestCache[] } {
  const asked: RequestCache[] = [];
  vi.stubGlobal('fetch', (_url: URL, { signal, cache }: { signal: AbortSignal; cache: RequestCache }) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]!;
    asked.push(cache);
    return Promise.resolve().then(() => answer(signal));
  });
  return { asked };
}

function watched(): { watch: FetchWatch; told: LoadProgress[] } {
  const told: LoadProgress[] = [];
  const report = new LoadReport((progress) => told.push(progress));
  report.totalBytes = DATA.length;
  return { watch: report.watch('face-emotion'), told };
}

describe('a fetch of a model', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('that breaks off in the middle is tried again, and its bytes are counted once', async () => {
    const { asked } = serve(cut, cut, whole);
    const { watch, told } = watched();
    expect(await fetchVerified(url, expected, watch, PATIENCE)).toEqual(DATA);
    expect(asked).toHaveLength(3);
    expect(told.some(({ trouble, loadedBytes }) => trouble === 'retrying' && loadedBytes === 0)).toBe(true);
    expect(told.at(-1)).toEqual({ stage: 'model', task: 'face-emotion', loadedBytes: DATA.length, totalBytes: DATA.length });
    expect(Math.max(...told.map(({ loadedBytes }) => loadedBytes))).toBe(DATA.length);
  });

  it('that stalls is given up and tried again', async () => {
    const { asked } = serve(stalled, whole);
    expect(await fetchVerified(url, expected, undefined, PATIENCE)).toEqual(DATA);
    expect(asked).toHaveLength(2);
  });

  it('that takes long is told, until it is there', async () => {
    serve(partly((controller) => {
      setTimeout(() => {
        controller.enqueue(DATA.slice(1000));
        controller.close();
      }, 60);
    }));
    const { watch, told } = watched();
    await fetchVerified(url, expected, watch, { ...PATIENCE, stall: 10_000, slow: 10 });
    expect(told.some(({ trouble }) => trouble === 'slow')).toBe(true);
    expect(told.at(-1)).not.toHaveProperty('trouble');
  });

  it('that a busy server refuses is tried again, one that is not there is not', async () => {
    const busy = serve(() => new Response('', { status: 503 }), whole);
    expect(await fetchVerified(url, expected, undefined, PATIENCE)).toEqual(DATA);
    expect(busy.asked).toHaveLength(2);
    const gone = serve(() => new Response('', { status: 404 }));
    await expect(fetchVerified(url, expected, undefined, PATIENCE)).rejects.toMatchObject({ code: 'model-missing' });
    expect(gone.asked).toHaveLength(1);
  });

  it('is given up after a few attempts', async () => {
    const { asked } = serve(cut);
    await expect(fetchVerified(url, expected, undefined, PATIENCE)).rejects.toMatchObject({ code: 'model-missing' });
    expect(asked).toHaveLength(1 + PATIENCE.pauses.length);
  });

  it('that brings something else is repeated once, past all caches', async () => {
    const damaged: Answer = () => new Response(DATA.map((byte) => byte ^ 1));
    const mended = serve(damaged, whole);
    const { watch, told } = watched();
    expect(await fetchVerified(url, expected, watch, PATIENCE)).toEqual(DATA);
    expect(mended.asked).toEqual(['default', 'reload']);
    expect(told.at(-1)!.loadedBytes).toBe(DATA.length);
    const damagedForGood = serve(damaged);
    await expect(fetchVerified(url, expected, undefined, PATIENCE)).rejects.toMatchObject({ code: 'model-corrupt' });
    expect(damagedForGood.asked).toHaveLength(2);
  });
});

describe('a file that the page asked for while the worker started', () => {
  afterEach(() => vi.unstubAllGlobals());

  const body = (answer: Answer): ReadableStream<Uint8Array<ArrayBuffer>> => answer(new AbortController().signal).body!;
  /** A stream that falls silent, and knows of no signal. */
  const silent = (): ReadableStream<Uint8Array<ArrayBuffer>> => body(partly(() => undefined));

  it('is not asked for again', async () => {
    const { asked } = serve(() => new Response('', { status: 404 }));
    const { watch, told } = watched();
    const early = new EarlyAnswers();
    early.expect([url.href]);
    const coming = fetchBytes(url, watch, { patience: PATIENCE, answer: early.take(url) });
    early.receive(url.href, body(whole));
    expect(await coming).toEqual(DATA);
    expect(asked).toEqual([]);
    expect(told.at(-1)!.loadedBytes).toBe(DATA.length);
  });

  it('that the page asked for is asked for again where that came to nothing', async () => {
    for (const nothing of [null, body(cut), silent()]) {
      const { asked } = serve(whole);
      const { watch, told } = watched();
      expect(await fetchBytes(url, watch, { patience: PATIENCE, answer: Promise.resolve(nothing) })).toEqual(DATA);
      expect(asked).toHaveLength(1);
      expect(told.at(-1)!.loadedBytes).toBe(DATA.length);
    }
  });

  it('is asked for where the page says nothing any more', async () => {
    const { asked } = serve(whole);
    const early = new EarlyAnswers();
    early.expect([url.href]);
    expect(await fetchBytes(url, undefined, { patience: PATIENCE, answer: early.take(url) })).toEqual(DATA);
    expect(asked).toHaveLength(1);
  });

  it('is the worker\'s to ask for where the page was not asked to', async () => {
    expect(await new EarlyAnswers().take(url)).toBeNull();
  });
});

describe('the progress of a loading', () => {
  it('tells of bytes only when it is known of how many, and then of all', () => {
    const told: LoadProgress[] = [];
    const report = new LoadReport((progress) => told.push(progress));
    report.watch('face-emotion').bytes(1000);
    report.enter('catalogue');
    expect(told.every(({ loadedBytes }) => loadedBytes === 0)).toBe(true);
    report.totalBytes = DATA.length;
    expect(told.at(-1)).toMatchObject({ stage: 'model', task: 'face-emotion', loadedBytes: 1000, totalBytes: DATA.length });
  });
});
