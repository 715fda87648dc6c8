import { MienError } from '../errors';
import type { CatalogueFile } from '../contract/types';
import { joined } from './bytes';
import { sha256 } from './sha256';

const MISSING_HINT = 'Check that the server runs and serves the models folder at models/, then reload.';
const CORRUPT_HINT = 'Reload without the cache; if that does not help, rebuild or restore the models folder.';

/** How long a network may take, in milliseconds. */
export interface Patience {
  /** Without any byte for so long a fetch is given up, and tried again. */
  stall: number;
  /** A file that is not whole after so long is worth a word. */
  slow: number;
  /** Before each further attempt; there are no more attempts than that. */
  pauses: readonly number[];
}

const PATIENCE: Patience = { stall: 20_000, slow: 8_000, pauses: [500, 1500, 4000] };

/** What is told of a fetch while it goes on. */
export interface FetchWatch {
  /** Bytes that have come; negative where they were for nothing. */
  bytes: (count: number) => void;
  /** What holds it up; null when it is over. */
  trouble: (kind: 'slow' | 'retrying' | null) => void;
}

const UNWATCHED: FetchWatch = { bytes: () => undefined, trouble: () => undefined };

/** Of a server or a proxy that is busy or starting: worth another attempt. Any other answer is final. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Another attempt may do better. */
class BrokenOff extends Error {}

interface FetchSettings {
  patience?: Patience;
  cache?: RequestCache;
  /** The body of an answer that was asked for elsewhere, for the first attempt; null where there is none after all. */
  answer?: Promise<Body | null> | null;
}

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * Fetches a file. What breaks off, stalls or meets a busy server is tried again a few times, after growing pauses.
 * @throws MienError `model-missing` for one that is not there or cannot be had.
 */
export async function fetchBytes(
  url: URL,
  watch: FetchWatch = UNWATCHED,
  { patience = PATIENCE, cache = 'default', answer = null }: FetchSettings = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const slow = setTimeout(() => watch.trouble('slow'), patience.slow);
  try {
    for (let attempt = 0; ; attempt++) {
      let came = 0;
      const count = (bytes: number): void => {
        came += bytes;
        watch.bytes(bytes);
      };
      try {
        return await fetchOnce(url, count, patience.stall, cache, attempt === 0 ? answer : null);
      } catch (error) {
        watch.bytes(-came);
        const pause = patience.pauses[attempt];
        if (error instanceof MienError) throw error;
        if (pause === undefined) throw missing(url, error);
        watch.trouble('retrying');
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  } finally {
    clearTimeout(slow);
    watch.trouble(null);
  }
}

/** @throws MienError for an answer that is final, anything else for what may be tried again. */
async function fetchOnce(
  url: URL,
  count: (bytes: number) => void,
  stall: number,
  cache: RequestCache,
  answer: Promise<Body | null> | null,
): Promise<Uint8Array<ArrayBuffer>> {
  const abort = new AbortController();
  const { signal } = abort;
  const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  // It may come when nobody listens any more.
  aborted.catch(() => undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(new BrokenOff(`nothing came for ${stall / 1000} s`)), stall);
  };
  try {
    wait();
    const body = (await Promise.race([answer, aborted])) ?? (await asked(url, cache, signal));
    const parts: Uint8Array[] = [];
    const reader = body.getReader();
    // What was asked for elsewhere does not know of this signal.
    signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined));
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      wait();
      count(part.value.length);
      parts.push(part.value);
    }
    signal.throwIfAborted();
    return joined(parts);
  } finally {
    clearTimeout(timer);
  }
}

async function asked(url: URL, cache: RequestCache, signal: AbortSignal): Promise<Body> {
  const response = await fetch(url, { credentials: 'same-origin', cache, signal });
  if (PASSING.has(response.status)) throw new BrokenOff(`the server answered ${response.status}`);
  if (!response.ok) throw new MienError('model-missing', `${url.pathname}: the server answered ${response.status}`, MISSING_HINT);
  return response.body ?? new Blob([]).stream();
}

/**
 * Fetches a file and checks that it is, byte for byte, the one that the catalogue names. Where it is not, the copy of
 * some cache may be to blame: the server is asked past all caches, once.
 * @param begun Its fetch, where that was begun before.
 */
export async function fetchVerified(
  url: URL,
  expected: CatalogueFile,
  watch: FetchWatch = UNWATCHED,
  patience: Patience = PATIENCE,
  begun: Promise<Uint8Array<ArrayBuffer>> = fetchBytes(url, watch, { patience }),
): Promise<Uint8Array<ArrayBuffer>> {
  const first = await begun;
  if ((await difference(first, expected)) === null) return first;
  watch.bytes(-first.length);
  const second = await fetchBytes(url, watch, { patience, cache: 'reload' });
  const wrong = await difference(second, expected);
  if (wrong !== null) throw new MienError('model-corrupt', `${url.pathname}: ${wrong}`, CORRUPT_HINT);
  return second;
}

export function decodeText(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

async function difference(data: Uint8Array<ArrayBuffer>, expected: CatalogueFile): Promise<string | null> {
  if (data.length !== expected.bytes) return `expected ${expected.bytes} bytes, found ${data.length}`;
  const found = await sha256(data);
  return found === expected.sha256 ? null : `expected SHA-256 ${expected.sha256}, found ${found}`;
}

function missing(url: URL, error: unknown): MienError {
  return new MienError('model-missing', `${url.pathname} could not be fetched: ${String(error)}`, MISSING_HINT);
}
