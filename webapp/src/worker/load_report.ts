/** Progress of loading, gathered from files that come side by side. */
import type { FetchWatch } from '../runtime/files';
import type { LoadProgress } from '../types';

type Trouble = NonNullable<LoadProgress['trouble']>;

export class LoadReport {
  private stage: LoadProgress['stage'] = 'catalogue';
  private task: LoadProgress['task'];
  private loadedBytes = 0;
  private readonly troubles = new Map<symbol, Trouble>();
  /** Of all the model files. */
  totalBytes = 0;

  constructor(private readonly tell: (progress: LoadProgress) => void) {}

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
        this.stage = 'model';
        this.task = task;
        this.loadedBytes += count;
        this.report();
      },
      trouble: (kind) => {
        if ((this.troubles.get(file) ?? null) === kind) return;
        if (kind === null) this.troubles.delete(file);
        else this.troubles.set(file, kind);
        this.report();
      },
    };
  }

  private report(): void {
    const troubles = [...this.troubles.values()];
    const trouble = troubles.includes('retrying') ? 'retrying' : troubles[0];
    this.tell({
      stage: this.stage,
      ...(this.task !== undefined && { task: this.task }),
      loadedBytes: this.loadedBytes,
      totalBytes: this.totalBytes,
      ...(trouble !== undefined && { trouble }),
    });
  }
}
