/** The page's part in loading: while the worker starts, it asks for the files that the worker will want first. */
import { CATALOGUE_FILE, earlyFiles } from '../contract/early';
import type { Task } from '../types';
import type { EarlyAnswer } from './protocol';
import { withDetector } from './tasks';

export interface HeadStart {
  /** What was asked for. */
  urls: string[];
  /** Lets the answers go that have not come. */
  abort: () => void;
}

/**
 * @param pass Takes each answer as it comes, with what is to be transferred. Where something goes wrong the answer is
 *   empty, and the worker asks by itself: it knows how to wait, to ask again and what to say.
 */
export function startAhead(models: URL, tasks: readonly Task[], pass: (answer: EarlyAnswer, transfer: Transferable[]) => void): HeadStart {
  const gone = new AbortController();
  const urls = streamsTravel() ? [new URL(CATALOGUE_FILE, models), ...withDetector(tasks).flatMap((task) => earlyFiles(models, task))] : [];
  for (const { href } of urls) {
    fetch(href, { credentials: 'same-origin', signal: gone.signal })
      .then(({ ok, body }) => (ok ? body : null))
      .catch(() => null)
      .then((body) => {
        if (!gone.signal.aborted) pass({ kind: 'early', url: href, body }, body ? [body] : []);
      })
      // A stream that does not travel after all is the worker's to ask for.
      .catch(() => pass({ kind: 'early', url: href, body: null }, []));
  }
  return { urls: urls.map(({ href }) => href), abort: () => gone.abort() };
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
