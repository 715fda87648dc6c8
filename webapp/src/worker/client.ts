import { MienError } from '../errors';
import type { LoadProgress } from '../types';
import type { FirstCall } from './first_call';
import type { CallName, Calls, EarlyAnswer, Reply } from './protocol';

interface Pending {
  resolve: (value: never) => void;
  reject: (error: Error) => void;
  onProgress: ((progress: LoadProgress) => void) | undefined;
}

const FAILED_HINT = 'Check that mien-worker.js lies beside mien.js on the same origin, then reload the page.';

/** The page's end of the line to the worker. Once it has ended, for whatever reason, every call is refused with that reason. */
export class WorkerClient {
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  private ended: Error | null = null;

  constructor(private readonly worker: Worker) {
    worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => this.receive(data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.end(new MienError('worker-failed', `the worker failed: ${event.message || 'its script did not start'}`, FAILED_HINT));
    });
    worker.addEventListener('messageerror', () =>
      this.end(new MienError('worker-failed', 'a message of the worker could not be read', FAILED_HINT)),
    );
  }

  call<Name extends CallName>(
    call: Name,
    parameters: Calls[Name]['parameters'],
    transfer: Transferable[] = [],
    onProgress?: (progress: LoadProgress) => void,
  ): Promise<Calls[Name]['result']> {
    if (this.ended) return Promise.reject(this.ended);
    const id = this.nextId++;
    const result = this.result<Calls[Name]['result']>(id, onProgress);
    this.worker.postMessage({ id, call, parameters }, transfer);
    return result;
  }

  /** The result of a call that the worker began with (see `first_call.ts`). */
  begun({ id }: FirstCall, onProgress?: (progress: LoadProgress) => void): Promise<Calls['load']['result']> {
    if (this.ended) return Promise.reject(this.ended);
    this.nextId = id + 1;
    return this.result(id, onProgress);
  }

  private result<Result>(id: number, onProgress?: (progress: LoadProgress) => void): Promise<Result> {
    return new Promise((resolve, reject) => this.pending.set(id, { resolve, reject, onProgress }));
  }

  /** Passes something on that the worker waits for. */
  pass(answer: EarlyAnswer, transfer: Transferable[]): void {
    if (!this.ended) this.worker.postMessage(answer, transfer);
  }

  /** Ends the worker; calls that wait are rejected with `reason`. */
  end(reason: Error): void {
    if (this.ended) return;
    this.ended = reason;
    this.worker.terminate();
    for (const { reject } of this.pending.values()) reject(reason);
    this.pending.clear();
  }

  private receive(reply: Reply): void {
    if (reply.kind === 'fatal') {
      this.end(new MienError(reply.error.code, reply.error.message, reply.error.hint));
      return;
    }
    const pending = this.pending.get(reply.id);
    if (!pending) return;
    if (reply.kind === 'progress') {
      pending.onProgress?.(reply.progress);
      return;
    }
    this.pending.delete(reply.id);
    if (reply.kind === 'result') pending.resolve(reply.value as never);
    else pending.reject(new MienError(reply.error.code, reply.error.message, reply.error.hint));
  }
}
