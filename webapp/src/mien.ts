/** Mien's public API: what `/mien.js` gives to any page. */
import type { ModelSpec } from './contract/types';
import { MienError } from './errors';
import type {
  Backend,
  BenchmarkOptions,
  BenchmarkReport,
  Face,
  FaceOptions,
  FaceSource,
  LoadOptions,
  Mien,
  PictureFace,
  SelfTestReport,
  SpeechOptions,
  Task,
  Voice,
  VoiceStream,
  VoiceUpdate,
} from './types';
import { WorkerClient } from './worker/client';
import { WakefulClock } from './worker/clock';
import { captureFrame, checkSource, discardFrame, transferOf } from './worker/frames';
import { nameWith, type FirstCall } from './worker/first_call';
import { askAhead, filesAhead } from './worker/head_start';
import { NewestWins } from './worker/newest_wins';
import type { Frame, Loaded } from './worker/protocol';

export { MienError };
export type * from './types';

const WORKER_FILE = 'mien-worker.js';
const TASKS: readonly Task[] = ['face-emotion', 'face-age-gender', 'speech-emotion'];
const BACKENDS: readonly Backend[] = ['auto', 'wasm', 'webgl', 'webgpu'];

/** Sampling rates that sound is recorded with; outside of them something else was passed. */
const MIN_SAMPLE_RATE = 1000;
const MAX_SAMPLE_RATE = 768_000;

/** Where this module lies; models, binaries and the worker are found beside it. */
const HERE: string = import.meta.url;

/**
 * Loads the models and starts inference in a worker.
 * @throws MienError `model-missing`, `model-corrupt`, `spec-invalid`, `backend-unavailable`, `worker-failed` or
 *   `bad-input`; or the signal's reason if loading was aborted.
 *
 * When the worker fails, its backend is lost or is found to compute wrongly later on, every call that waits and every call
 * to come is rejected with one MienError `worker-failed`, `backend-lost` or `backend-wrong`. Load again then, after the
 * last two with `exclude: [mien.backend]`.
 */
export async function loadMien(options: LoadOptions = {}): Promise<Mien> {
  const { backend = 'auto', exclude = [], tasks = [...TASKS], onProgress, signal } = options;
  signal?.throwIfAborted();
  checkLoad(backend, exclude, tasks);
  const baseUrl = folderOf(options.baseUrl ?? new URL('.', HERE));
  const wanted = [...new Set(tasks)];
  const early = filesAhead(new URL('models/', baseUrl), wanted);
  const first: FirstCall = { id: 0, call: 'load', parameters: { backend, exclude: [...exclude], tasks: wanted, baseUrl: baseUrl.href, early } };
  const client = new WorkerClient(startWorker(baseUrl, first));
  const ahead = new AbortController();
  askAhead(early, (answer, transfer) => client.pass(answer, transfer), ahead.signal);
  const abort = (): void => client.end(asError(signal?.reason));
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const loaded = await client.begun(first, onProgress);
    for (const { backend: name, why } of loaded.refused) console.warn(`Mien does not use ${name}: ${why}`);
    return new MienClient(client, loaded);
  } catch (error) {
    client.end(asError(error));
    throw error;
  } finally {
    ahead.abort();
    signal?.removeEventListener('abort', abort);
  }
}

/** A frame and when it was taken, in seconds on a clock that runs through a sleep of the machine: it may wait for its turn in the worker. */
interface Shot {
  frame: Frame;
  taken: number;
}

/** One call of `analyseFaces` on its way. */
interface FaceJob {
  capture: () => Promise<Shot>;
  cancel: () => void;
  options: FaceOptions;
}

class MienClient implements Mien {
  readonly backend: Mien['backend'];
  readonly refused: Mien['refused'];
  readonly specs: Readonly<Record<string, ModelSpec>>;
  private readonly clock = new WakefulClock();
  private readonly faces: NewestWins<FaceJob, Face[]>;
  private nextVoice = 0;

  constructor(
    private readonly client: WorkerClient,
    loaded: Loaded,
  ) {
    this.backend = loaded.backend;
    this.refused = loaded.refused;
    this.specs = loaded.specs;
    this.faces = new NewestWins(
      async ({ capture, options }) => {
        const { frame, taken } = await capture();
        return this.client.call('faces', { frame, options: { ...options, time: options.time ?? taken } }, transferOf(frame));
      },
      (job) => job.cancel(),
    );
  }

  async analyseFaces(source: FaceSource, options: FaceOptions = {}): Promise<Face[]> {
    const { maxFaces = 1 } = options;
    if (!Number.isInteger(maxFaces) || maxFaces < 1) {
      throw new MienError('bad-input', `maxFaces: expected a whole number of at least 1, found ${maxFaces}`, 'Leave it out for four.');
    }
    checkSource(source);
    return this.faces.ask(faceJob(source, options, this.clock));
  }

  async analysePicture(source: Exclude<FaceSource, HTMLVideoElement> | Blob): Promise<PictureFace> {
    if (source instanceof Blob) return this.client.call('picture', { frame: source });
    const frame = await captureFrame(source);
    return this.client.call('picture', { frame }, transferOf(frame));
  }

  async analyseSpeech(samples: Float32Array, sampleRate: number, options: SpeechOptions = {}): Promise<Voice> {
    checkSound(samples, sampleRate);
    const copy = samples.slice();
    return this.client.call('speech', { samples: copy, sampleRate, options }, [copy.buffer]);
  }

  openVoice(sampleRate: number): VoiceStream {
    checkRate(sampleRate);
    return new VoiceClient(this.client, this.nextVoice++, sampleRate);
  }

  selfTest(): Promise<SelfTestReport> {
    return this.client.call('selfTest', {});
  }

  async benchmark(options: BenchmarkOptions = {}): Promise<BenchmarkReport> {
    const { runs = 1 } = options;
    if (!Number.isInteger(runs) || runs < 1) {
      throw new MienError('bad-input', `runs: expected a whole number of at least 1, found ${runs}`, 'Leave it out for twenty.');
    }
    return this.client.call('benchmark', options);
  }

  memory(): Promise<{ tensors: number; bytes: number }> {
    return this.client.call('memory', {});
  }

  dispose(): Promise<void> {
    this.client.end(new MienError('disposed', 'this Mien was disposed', 'Call loadMien again.'));
    return Promise.resolve();
  }
}

/** The page's end of a stream that the worker keeps. */
class VoiceClient implements VoiceStream {
  private closed = false;

  constructor(
    private readonly client: WorkerClient,
    private readonly stream: number,
    private readonly sampleRate: number,
  ) {}

  async push(samples: Float32Array): Promise<VoiceUpdate> {
    if (this.closed) throw new MienError('bad-input', 'this stream of a voice was closed', 'Open another with openVoice.');
    checkSamples(samples);
    const copy = samples.slice();
    return this.client.call('voicePush', { stream: this.stream, samples: copy, sampleRate: this.sampleRate }, [copy.buffer]);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.client.call('voiceClose', { stream: this.stream });
  }
}

/** A video is captured when its turn comes, so that the frame is fresh; what else there is, now, before it changes. */
function faceJob(source: FaceSource, options: FaceOptions, clock: WakefulClock): FaceJob {
  if (source instanceof HTMLVideoElement) {
    return { capture: () => shoot(source, clock), cancel: () => undefined, options };
  }
  const shot = shoot(source, clock);
  // A failure is reported by whoever awaits `capture`; nobody does after `cancel`.
  shot.catch(() => undefined);
  return { capture: () => shot, cancel: () => void shot.then(({ frame }) => discardFrame(frame), () => undefined), options };
}

async function shoot(source: FaceSource, clock: WakefulClock): Promise<Shot> {
  const taken = clock.now();
  return { frame: await captureFrame(source), taken };
}

function checkLoad(backend: string, exclude: readonly string[], tasks: readonly string[]): void {
  const strange = exclude.filter((name) => name === 'auto' || !(BACKENDS as readonly string[]).includes(name));
  if (strange.length > 0) throw new MienError('bad-input', `exclude: expected some of wasm, webgl, webgpu, found ${strange.join(', ')}`, 'Leave it out.');
  if (!(BACKENDS as readonly string[]).includes(backend)) {
    throw new MienError('bad-input', `backend: expected ${BACKENDS.join(', ')}, found ${backend}`, 'Leave it out for auto.');
  }
  const unknown = tasks.filter((task) => !(TASKS as readonly string[]).includes(task));
  if (tasks.length > 0 && unknown.length === 0) return;
  throw new MienError('bad-input', `tasks: expected some of ${TASKS.join(', ')}, found ${unknown.join(', ') || 'none'}`, 'Leave it out for all.');
}

const SOUND_HINT = 'Give mono samples in -1..1 as a Float32Array, and their rate in Hz.';

function checkSound(samples: unknown, sampleRate: number): asserts samples is Float32Array {
  checkSamples(samples);
  checkRate(sampleRate);
}

function checkSamples(samples: unknown): asserts samples is Float32Array {
  if (!(samples instanceof Float32Array) || samples.length === 0) {
    throw new MienError('bad-input', 'expected samples, found none', SOUND_HINT);
  }
  if (!samples.every(Number.isFinite)) throw new MienError('bad-input', 'a sample is not a finite number', SOUND_HINT);
}

function checkRate(sampleRate: number): void {
  if (Number.isInteger(sampleRate) && sampleRate >= MIN_SAMPLE_RATE && sampleRate <= MAX_SAMPLE_RATE) return;
  throw new MienError(
    'bad-input',
    `sampleRate: expected a whole number of ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE} Hz, found ${sampleRate}`,
    SOUND_HINT,
  );
}

function folderOf(base: string | URL): URL {
  const url = new URL(base, document.baseURI);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function startWorker(baseUrl: URL, first: FirstCall): Worker {
  try {
    return new Worker(new URL(WORKER_FILE, baseUrl), { type: 'module', name: nameWith(first) });
  } catch (error) {
    throw new MienError(
      'worker-failed',
      `the worker could not be started: ${String(error)}`,
      `Serve ${WORKER_FILE} from the page's own origin, as browsers require.`,
    );
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new MienError('worker-failed', String(reason), 'Reload the page.');
}
