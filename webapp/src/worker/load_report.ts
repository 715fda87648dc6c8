/** Progress of loading, gathered from files that come side by side. */
import type { FetchWatch } from '../runtime/files';
import type { LoadProgress } from '../types';

type Trouble = NonNullable<LoadProgress['trouble']>;

export class LoadReport {
  private stage: LoadProgress['stage'] = 'catalogue';
  private task: LoadProgress['task'];
  private loadedBytes = 0;
  private readonly troubles = new Map<symbol, Trouble>();
  private total = 0;
  /** The model that bytes came for last. */
  private cameFor: LoadProgress['task'] | null = null;

  constructor(private readonly tell: (progress: LoadProgress) => void) {}

  /** Of all the model files. Bytes that came before it was known are told of now. */
  set totalBytes(bytes: number) {
    this.total = bytes;
    if (this.cameFor !== null) this.tellBytes(this.cameFor);
  }

  enter(stage: LoadProgress['stage']): void {
    this.stage = stage;
    this.task = undefined;
    this.report();
  }

  /** For the fetch of one file of a model; without a task its bytes do not count. */
  watch(task?: NonNullable<LoadProgress['task']>): FetchWatch {
    const file = Symbol(task);
    return {
      bytes: (count) => {
        if (task === undefined || count === 0) return;
        this.loadedBytes += count;
        this.cameFor = task;
        if (this.total > 0) this.tellBytes(task);
      },
      trouble: (kind) => {
        if ((this.troubles.get(file) ?? null) === kind) return;
        if (kind === null) this.troubles.delete(file);
        else this.troubles.set(file, kind);
        this.report();
      },
    };
  }

  private tellBytes(task: LoadProgress['task']): void {
    this.stage = 'model';
    this.task = task;
    this.report();
  }

  private report(): void {
    const troubles = [...this.troubles.values()];
    const trouble = troubles.includes('retrying') ? 'retrying' : troubles[0];
    this.tell({
      stage: this.stage,
      ...(this.task !== undefined && { task: this.task }),
      loadedBytes: this.total > 0 ? this.loadedBytes : 0,
      totalBytes: this.total,
      ...(trouble !== undefined && { trouble }),
    });
  }
}
