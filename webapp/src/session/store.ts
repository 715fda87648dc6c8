/**
 * The session on this device, in IndexedDB. That the database exists is the visitor's consent to it; without consent
 * nothing is opened and nothing is left behind.
 *
 * `head` holds one text: all but the samples, as in a session's file. `chunks` holds the samples, keyed by subject
 * and number; only the last chunk of a subject still grows, so a save writes a few kilobytes.
 */

import { headJson } from './write-json';
import { readSession } from './read-json';
import { CHUNK, type Chunk } from './series';
import type { Content, Session } from './session';

const NAME = 'mien-session';
const VERSION = 1;
const HEAD_KEY = 'session';

/** Whether the visitor has let this browser keep sessions. Rejects where the browser has no such storage. */
export async function hasStore(): Promise<boolean> {
  const known = await indexedDB.databases();
  return known.some(({ name }) => name === NAME);
}

export class Store {
  /** Up to which sample each subject is saved, and which generation and revision of the session that was. */
  #saved = new Map<string, number>();
  #generation = -1;
  #revision = -1;

  private constructor(private readonly database: IDBDatabase) {}

  /** Opens the database, and makes it where there is none. `onLost` is called when the browser takes it away. */
  static async open(onLost: () => void): Promise<Store> {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('head');
      request.result.createObjectStore('chunks');
    };
    const database = await answer(request);
    database.onversionchange = () => {
      database.close();
      onLost();
    };
    database.onclose = onLost;
    return new Store(database);
  }

  /** Deletes the database and with it the consent. */
  static async erase(): Promise<void> {
    await answer(indexedDB.deleteDatabase(NAME));
  }

  close(): void {
    this.database.close();
  }

  /** What is kept; null where nothing is. @throws FileFault where it cannot be read */
  async load(): Promise<Content | null> {
    const transaction = this.database.transaction(['head', 'chunks']);
    const [head, keys, chunks] = await Promise.all([
      answer<unknown>(transaction.objectStore('head').get(HEAD_KEY)),
      answer(transaction.objectStore('chunks').getAllKeys()),
      answer(transaction.objectStore('chunks').getAll() as IDBRequest<Chunk[]>),
    ]);
    if (typeof head !== 'string') return null;
    const content = readSession(NAME, head);
    const byId = new Map(content.subjects.map((subject) => [subject.id, subject]));
    // Keys are in order: subject by subject, chunk by chunk.
    for (const [index, key] of keys.entries()) byId.get((key as [string, number])[0])?.series.pushChunk(chunks[index]!);
    return content;
  }

  /** Writes what has changed since the last time; resolves when it is on the device, with whether there was anything. */
  async save(session: Session): Promise<boolean> {
    const { generation, revision } = session;
    const whole = generation !== this.#generation;
    const saved = whole ? new Map<string, number>() : new Map(this.#saved);
    const grown = session.subjects.filter(({ id, series }) => series.length > (saved.get(id) ?? 0));
    if (!whole && grown.length === 0 && revision === this.#revision) return false;
    const transaction = this.database.transaction(['head', 'chunks'], 'readwrite');
    const written = done(transaction);
    try {
      const chunks = transaction.objectStore('chunks');
      if (whole) chunks.clear();
      for (const { id, series } of grown) {
        for (let n = Math.floor((saved.get(id) ?? 0) / CHUNK); n < series.chunkCount; n++) chunks.put(series.chunk(n), [id, n]);
        saved.set(id, series.length);
      }
      transaction.objectStore('head').put(headJson(session), HEAD_KEY);
    } catch (error) {
      // All or nothing: what was kept before stays as it was.
      written.catch(() => undefined);
      transaction.abort();
      throw error;
    }
    await written;
    this.#saved = saved;
    this.#generation = generation;
    this.#revision = revision;
    return true;
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => { resolve(request.result); };
    request.onerror = () => { reject(request.error ?? new Error('no answer')); };
  });
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => { resolve(); };
    transaction.onabort = () => { reject(transaction.error ?? new Error('aborted')); };
  });
}
