/**
 * The first call, in the worker's own name: it begins as soon as its script runs. A message would reach it only after the
 * page's thread had come to hear that it runs, and that may be busy just then, with a first picture for one. (Its address
 * would not do: where a service worker answers, the worker sees that answer's.)
 */
import type { Request } from './protocol';

export type FirstCall = Request & { call: 'load' };

/** What developers see of it comes first. */
const CALLED = 'mien ';

export function nameWith(first: FirstCall): string {
  return CALLED + JSON.stringify(first);
}

/** The call in a worker's name; null where there is none. */
export function callIn(name: string): FirstCall | null {
  return name.startsWith(CALLED) ? (JSON.parse(name.slice(CALLED.length)) as FirstCall) : null;
}
