/** Files that wait for their turn: one after another, each with its progress, each to be cancelled alone or all at once. */
import { Scope } from '../ui/scope';
import type { Step } from './step';

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

export interface Job<Result> {
  readonly id: number;
  readonly file: File;
  readonly state: JobState;
  /** 0..1 */
  readonly progress: number;
  /** Of a job that is done. */
  readonly result: Result | null;
  /** Of a job that failed. */
  readonly error: unknown;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Entry<Result> = Mutable<Job<Result>> & { scope: Scope };

export class FileQueue<Result> {
  readonly #entries: Entry<Result>[] = [];
  #nextId = 1;
  #running = false;

  /**
   * @param work reads one file; what it throws fails that file and no other
   * @param onChange is told every change of a job: its coming, its state, its progress
   */
  constructor(
    private readonly work: (file: File, step: Step) => Promise<Result>,
    private readonly onChange: (job: Job<Result>) => void,
  ) {}

  get jobs(): readonly Job<Result>[] {
    return this.#entries;
  }

  /** Whether a job waits or runs. */
  get busy(): boolean {
    return this.#entries.some(({ state }) => state === 'waiting' || state === 'running');
  }

  /** The share of all files that is done, 0..1; a file that failed or was cancelled is done too. */
  get progress(): number {
    const shares = this.#entries.map(({ state, progress }) => (state === 'waiting' || state === 'running' ? progress : 1));
    return shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / shares.length;
  }

  add(files: readonly File[]): void {
    for (const file of files) {
      const entry: Entry<Result> = {
        id: this.#nextId++,
        file,
        state: 'waiting',
        progress: 0,
        result: null,
        error: null,
        scope: new Scope(),
      };
      this.#entries.push(entry);
      this.onChange(entry);
    }
    void this.#run();
  }

  /** Ends a job that waits or runs; one that has ended stays as it is. */
  cancel(id: number): void {
    const entry = this.#entries.find((one) => one.id === id);
    if (entry) this.#cancel(entry);
  }

  cancelAll(): void {
    for (const entry of this.#entries) this.#cancel(entry);
  }

  /** Cancels what is left and forgets everything. */
  clear(): void {
    this.cancelAll();
    this.#entries.length = 0;
  }

  #cancel(entry: Entry<Result>): void {
    if (entry.state !== 'waiting' && entry.state !== 'running') return;
    entry.state = 'cancelled';
    entry.scope.dispose();
    this.onChange(entry);
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let next = this.#next(); next; next = this.#next()) await this.#runOne(next);
    this.#running = false;
  }

  #next(): Entry<Result> | undefined {
    return this.#entries.find(({ state }) => state === 'waiting');
  }

  async #runOne(entry: Entry<Result>): Promise<void> {
    const { scope } = entry;
    const changed = (change: Partial<Mutable<Job<Result>>>): void => {
      if (scope.disposed()) return; // cancelled: what comes late is nobody's any more
      Object.assign(entry, change);
      this.onChange(entry);
    };
    changed({ state: 'running' });
    try {
      const result = await this.work(entry.file, {
        scope,
        signal: scope.signal,
        progress: (share) => { changed({ progress: Math.min(1, Math.max(0, share)) }); },
      });
      changed({ state: 'done', progress: 1, result });
    } catch (error) {
      changed({ state: 'failed', progress: 1, error });
    } finally {
      scope.dispose();
    }
  }
}
