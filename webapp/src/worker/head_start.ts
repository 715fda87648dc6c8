/** The page's part in loading: while the worker starts, it asks for the files that the worker will want first. */
import { CATALOGUE_FILE, earlyFiles } from '../contract/early';
import type { Task } from '../types';
import type { EarlyAnswer } from './protocol';
import { withDetector } from './tasks';

/**
 * Over HTTP/1.1 browsers open six connections to a server, and the worker's script must not wait for one. What is left over the
 * worker asks for itself: that does not wait for the page's thread.
 */
const FILES = 5;

/** What the page is to ask for, the most urgent first. */
export function filesAhead(models: URL, tasks: readonly Task[]): string[] {
  if (!streamsTravel()) return [];
  const urls = [new URL(CATALOGUE_FILE, models), ...withDetector(tasks).flatMap((task) => earlyFiles(models, task))];
  return urls.slice(0, FILES).map(({ href }) => href);
}

/**
 * Asks for them.
 * @param pass Takes each answer as it comes, with what is to be transferred. Where something goes wrong the answer is
 *   empty, and the worker asks by itself: it knows how to wait, to ask again and what to say.
 * @param gone Lets the answers go that have not come.
 */
export function askAhead(urls: readonly string[], pass: (answer: EarlyAnswer, transfer: Transferable[]) => void, gone: AbortSignal): void {
  for (const url of urls) {
    fetch(url, { credentials: 'same-origin', signal: gone })
      .then(({ ok, body }) => (ok ? body : null))
      .catch(() => null)
      .then((body) => {
        if (!gone.aborted) pass({ kind: 'early', url, body }, body ? [body] : []);
      })
      // A stream that does not travel after all is the worker's to ask for.
      .catch(() => pass({ kind: 'early', url, body: null }, []));
  }
}

/** Not in every browser. */
function streamsTravel(): boolean {
  try {
    const stream = new ReadableStream();
    structuredClone(stream, { transfer: [stream] });
    return true;
  } catch {
    return false;
  }
}
