import type { Storage } from './tensor';

const ALIGNMENT = 64;

/** Lays storages out so that those that are in use at the same time do not overlap; the largest first. Returns the bytes that they take. */
export function place(storages: readonly Storage[]): number {
  const placed: Storage[] = [];
  let end = 0;
  for (const storage of [...storages].sort((a, b) => b.bytes - a.bytes)) {
    const beside = placed.filter(({ first, last }) => first <= storage.last && storage.first <= last).sort((a, b) => a.at - b.at);
    let at = 0;
    for (const other of beside) {
      if (at + storage.bytes <= other.at) break;
      at = Math.max(at, Math.ceil((other.at + other.bytes) / ALIGNMENT) * ALIGNMENT);
    }
    storage.at = at;
    placed.push(storage);
    end = Math.max(end, at + storage.bytes);
  }
  return end;
}
