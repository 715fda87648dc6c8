/**
 * The first call, in the worker's own address: it begins as soon as its script runs. A message would reach it only after the
 * page's thread had come to hear that it runs, and that may be busy just then, with a first picture for one.
 */
import type { Request } from './protocol';

export type FirstCall = Request & { call: 'load' };

/** The worker's script with the call behind it, where no server sees it. */
export function addressWith(script: URL, first: FirstCall): URL {
  const address = new URL(script);
  address.hash = encodeURIComponent(JSON.stringify(first));
  return address;
}

/** The call in a worker's address; null where there is none. */
export function callIn(address: string): FirstCall | null {
  const { hash } = new URL(address);
  return hash.length > 1 ? (JSON.parse(decodeURIComponent(hash.slice(1))) as FirstCall) : null;
}
