/**
 * Runs one job at a time. While it runs one more may wait; a newer one takes its place, and whoever asked for the
 * older gets the newer's result.
 */
export class NewestWins<Job, Result> {
  private running = false;
  private waiting: { job: Job; asked: PromiseWithReject<Result>[] } | null = null;

  /** @param discard Called with a job that will never run. */
  constructor(
    private readonly run: (job: Job) => Promise<Result>,
    private readonly discard: (job: Job) => void = () => undefined,
  ) {}

  ask(job: Job): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.waiting) this.discard(this.waiting.job);
      const asked = [...(this.waiting?.asked ?? []), { resolve, reject }];
      this.waiting = { job, asked };
      if (!this.running) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.running = true;
    for (let next = this.waiting; next; next = this.waiting) {
      this.waiting = null;
      const { job, asked } = next;
      await this.run(job).then(
        (result) => asked.forEach(({ resolve }) => resolve(result)),
        (error: unknown) => asked.forEach(({ reject }) => reject(error)),
      );
    }
    this.running = false;
  }
}

interface PromiseWithReject<Result> {
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}
