/** Keeps the session on the device while the visitor wants that: restores, saves now and then, deletes. */

import type { Scope } from '../ui/scope';
import type { Session } from './session';
import { hasStore, Store } from './store';

/** At most this much of a recording is lost when the browser ends without a warning. */
const SAVE_EVERY_MS = 5000;

const LOCK = 'mien-session';

/**
 * `off`: nothing is kept. `on`: kept, and up to date but for the last seconds. `elsewhere`: another tab of this page
 * keeps its session, so this one does not. The rest are failures: the session stays in memory and can be exported.
 * `full`: the device's storage is; it is tried again. `unavailable`: the browser offers none or took it away.
 * `unreadable`: what was kept cannot be read, and is left alone until the visitor deletes it.
 */
export type KeepState = 'off' | 'on' | 'elsewhere' | 'full' | 'unavailable' | 'unreadable';

export class Keeper {
  #state: KeepState = 'off';
  #store: Store | null = null;
  #unlock: (() => void) | null = null;
  /** One thing after the other: a save that has begun must end before the database is deleted. */
  #queue: Promise<void> = Promise.resolve();
  #savedAt: number | null = null;

  /** `onState` is called after every change of state and every save. */
  constructor(
    private readonly scope: Scope,
    private readonly session: Session,
    private readonly onState: () => void,
  ) {
    scope.interval(() => void this.save(), SAVE_EVERY_MS);
    const leaving = (): void => {
      if (document.visibilityState === 'hidden') void this.save();
    };
    scope.listen(document, 'visibilitychange', leaving);
    scope.listen(window, 'pagehide', () => void this.save());
    scope.add(() => { this.#close(); });
  }

  get state(): KeepState {
    return this.#state;
  }

  /** Milliseconds since 1970 of the last save; null before the first. */
  get savedAt(): number | null {
    return this.#savedAt;
  }

  /** Takes up what was kept earlier, if the visitor had wanted that. To be called once, before anything else. */
  restore(): Promise<void> {
    return this.#inTurn(async () => {
      // A browser that cannot say whether there is a store has kept nothing either.
      if (!(await hasStore().catch(() => false))) return;
      if (!(await this.#open())) return;
      try {
        const content = await this.#store!.load();
        if (content) this.session.replace(content);
      } catch (error) {
        console.warn('The kept session cannot be read.', error);
        this.#close();
        this.#enter('unreadable');
        return;
      }
      this.#enter('on');
    });
  }

  /** Keeps the session from now on. */
  switchOn(): Promise<void> {
    return this.#inTurn(async () => {
      if (await this.#open()) await this.#save();
    });
  }

  /** Deletes what is kept and keeps nothing more; the session in memory stays. */
  switchOff(): Promise<void> {
    return this.#inTurn(async () => {
      this.#close();
      this.#savedAt = null;
      try {
        await Store.erase();
        this.#enter('off');
      } catch {
        this.#enter('unavailable');
      }
    });
  }

  /** Saves what is new. */
  save(): Promise<void> {
    return this.#inTurn(() => this.#save());
  }

  async #save(): Promise<void> {
    if (!this.#store || this.scope.disposed()) return;
    try {
      if (await this.#store.save(this.session)) this.#savedAt = Date.now();
      this.#enter('on');
    } catch (error) {
      const full = error instanceof DOMException && error.name === 'QuotaExceededError';
      this.#enter(full ? 'full' : 'unavailable');
    }
  }

  /** Opens the store unless another tab has it. */
  async #open(): Promise<boolean> {
    if (!(await this.#lock())) {
      this.#enter('elsewhere');
      return false;
    }
    try {
      this.#store = await Store.open(() => { this.#lost(); });
      return true;
    } catch (error) {
      this.#close();
      const full = error instanceof DOMException && error.name === 'QuotaExceededError';
      this.#enter(full ? 'full' : 'unavailable');
      return false;
    }
  }

  /** Two tabs that wrote to one database would mix their sessions. */
  #lock(): Promise<boolean> {
    if (this.#unlock) return Promise.resolve(true);
    return new Promise((resolve) => {
      navigator.locks
        .request(LOCK, { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          if (lock === null) return undefined;
          return new Promise<void>((release) => (this.#unlock = release));
        })
        .catch(() => { resolve(true); }); // no locks here: this tab is then taken for the only one
    });
  }

  #lost(): void {
    this.#close();
    this.#enter('unavailable');
  }

  #close(): void {
    this.#store?.close();
    this.#store = null;
    this.#unlock?.();
    this.#unlock = null;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(work);
    return this.#queue;
  }

  #enter(state: KeepState): void {
    this.#state = state;
    this.onState();
  }
}
