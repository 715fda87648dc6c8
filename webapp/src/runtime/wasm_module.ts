import { MienError } from '../errors';
import { fetchBytes } from './files';

/** A stream of a binary that takes longer is given up: it may have stalled, which cannot be seen from outside. */
const STREAM_MS = 30_000;

const HINT = 'Check that the server serves the wasm folder beside mien.js, and use a current browser.';

/**
 * Fetches and compiles a binary.
 * @throws MienError `backend-unavailable`.
 */
export async function compileModule(url: URL): Promise<WebAssembly.Module> {
  return compile(url).catch((error: unknown) => { throw notStarted(url, error); });
}

/** Browsers keep what they compiled from a stream, so that comes first; where the network breaks it off, the patient way. */
async function compile(binary: URL): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compileStreaming(fetch(binary, { credentials: 'same-origin', signal: AbortSignal.timeout(STREAM_MS) }));
  } catch {
    return WebAssembly.compile(await fetchBytes(binary));
  }
}

export function notStarted(binary: URL, error: unknown): MienError {
  return new MienError('backend-unavailable', `${binary.pathname} did not start: ${String(error)}`, HINT);
}
