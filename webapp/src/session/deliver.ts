/** Hands a file to the visitor. */

import { make } from '../ui/dom';
import { isoTime, type Zero } from './time';

/** For so long pieces are put together before the page may paint again. */
const BUSY_MS = 12;

/** Puts the pieces of a text together without keeping the page from painting. */
export async function gather(pieces: Iterable<string>, type: string): Promise<Blob> {
  const parts: string[] = [];
  let until = performance.now() + BUSY_MS;
  for (const piece of pieces) {
    parts.push(piece);
    if (performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve));
    until = performance.now() + BUSY_MS;
  }
  return new Blob(parts, { type });
}

/** Offers the file for download. */
export function deliver(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = make('a', { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  // The download has its own hold on the data by then, in every browser.
  setTimeout(() => { URL.revokeObjectURL(url); }, 60_000);
}

/** "mien-session-2026-03-01-1403.json": named by the session's zero. */
export function fileName(stem: string, zero: Zero | null, ending: string): string {
  const when = zero === null ? '' : `-${isoTime(zero).slice(0, 16).replace('T', '-').replace(':', '')}`;
  return `mien-${stem}${when}.${ending}`;
}
