/** The public types of Mien; `loadMien` in `mien.ts` is the way in. */
import type { ModelSpec } from './contract/types';

export type Task = 'face-emotion' | 'face-age-gender' | 'speech-emotion';

/** `auto` times the real models for a moment and keeps the fastest that gives the right answers. */
export type Backend = 'auto' | 'wasm' | 'webgl' | 'webgpu';

export interface LoadOptions {
  /** Default `auto`. */
  backend?: Backend;
  /** With `auto`: backends that are not tried, such as one that was lost or found to be wrong. */
  exclude?: Exclude<Backend, 'auto'>[];
  /** Default: all three. The face detector comes along with any face task. */
  tasks?: Task[];
  /** The folder that holds `models/`, `wasm/` and the worker; default: where `mien.js` lies. */
  baseUrl?: string | URL;
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
}

export interface LoadProgress {
  stage: 'catalogue' | 'runtime' | 'model' | 'warm-up' | 'ready';
  task?: Task | 'face-detector' | 'voice-activity';
  /** Of the model files. */
  loadedBytes: number;
  totalBytes: number;
  /** `slow`: a file takes long; `retrying`: the connection broke off and the file is fetched again. Absent while all is well. */
  trouble?: 'slow' | 'retrying';
}

/** A backend that was not taken, and why. */
export interface RefusedBackend {
  backend: Exclude<Backend, 'auto'>;
  why: string;
}

export interface Categorical<L extends string = string> {
  label: L;
  probabilities: Record<L, number>;
  /** Whether the label is less probable than the model's own threshold; absent where the model has none. */
  unsure?: boolean;
}

export interface Age {
  years: number;
  /** Ends of the interval that covers a share `interval` (0..1) of people who look like this. */
  low: number;
  high: number;
  interval: number;
}

/** In pixels of the source. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Keypoint {
  name: string;
  x: number;
  y: number;
}

/** Fields of tasks that were not loaded are absent. */
export interface Face {
  /** With `track` the same person keeps the same id from call to call; without, the index. */
  id: number;
  box: Box;
  keypoints: Keypoint[];
  score: number;
  emotion?: Categorical;
  age?: Age;
  /**
   * The label that annotators would give. Mien's own page shows, records and exports none where `age.years` is under 13:
   * in children it is often wrong (see `by_group` in `specs['face-age-gender'].metrics`). Pages of your own should do so.
   */
  gender?: Categorical<'female' | 'male'>;
}

export interface Voice {
  /** False: nobody speaks, and `emotion` is null. */
  speech: boolean;
  emotion: Categorical | null;
  /** Seconds within the samples, from the first to the last window that was used. */
  start: number;
  end: number;
}

/** One of the ten decisions a second on whether somebody speaks. */
export interface SpeechDecision {
  /** Seconds since the stream began, up to which this decision heard. */
  end: number;
  /** Of speech in the newest 0.16 s. */
  probability: number;
  /** Whether somebody speaks, short pauses included. */
  speaking: boolean;
}

/** What a block of sound brought. */
export interface VoiceUpdate {
  /** Seconds of sound taken in since the stream began. */
  seconds: number;
  speaking: boolean;
  /** Those that the block completed, oldest first. */
  decisions: SpeechDecision[];
  /** A new reading of the last seconds, at least every 0.5 s while somebody speaks; null where none was due. */
  voice: Voice | null;
}

/** A microphone, listened to block by block. */
export interface VoiceStream {
  /** The next samples, mono, -1..1, of any number. */
  push(samples: Float32Array): Promise<VoiceUpdate>;
  /** Forgets the stream; pushing to it is an error from then on. */
  close(): Promise<void>;
}

export interface FaceOptions {
  /** Default 4. */
  maxFaces?: number;
  /**
   * Default false. For frames that follow each other: stable ids, smoothed probabilities, and labels that change only
   * when another one has led for a while, so that `label` may for a moment not be the most probable one. Faces that are
   * plainly where they were are not searched for in every frame, and known ages and genders are read in some. What is
   * not plainly a face is left out until closer looks at it, in this frame or a later one, believe it.
   */
  track?: boolean;
  /**
   * With `track`: when the picture was taken, in seconds on any clock that runs forward, such as the position in a
   * film; default: now. A time that is not after the last one is another film: ids and smoothing start anew.
   */
  time?: number;
}

export interface SpeechOptions {
  /** Default true. False: read every window, speech or not. */
  voiceActivity?: boolean;
}

export type FaceSource = HTMLVideoElement | HTMLCanvasElement | OffscreenCanvas | ImageBitmap | ImageData;

/** The one face of a tight picture; `found` is false where no face was found and the whole picture served. */
export type PictureFace = Face & { found: boolean };

export interface SelfTestModel {
  task: string;
  cases: number;
  /** Largest differences to the golden vectors that Python computed. */
  maxLogitDifference: number;
  maxProbabilityDifference: number;
  /** Whether every case has the same top class as in Python. */
  sameTop: boolean;
  passed: boolean;
}

export interface SelfTestReport {
  backend: Exclude<Backend, 'auto'>;
  passed: boolean;
  models: SelfTestModel[];
}

export interface BenchmarkOptions {
  /** Timed runs of each model, default 20. */
  runs?: number;
}

export interface BenchmarkModel {
  task: string;
  runs: number;
  /** Milliseconds of one inference on one input, its result read back. */
  median: number;
  p95: number;
}

/**
 * What a reading goes through. `frame` is all that one 640 x 480 picture with one face takes (detect, crop, classify),
 * `window` all that one window of sound takes (log-mel, classify); `face` and `voice` are the networks alone.
 */
export type BenchmarkStageName = 'detect' | 'crop' | 'face' | 'frame' | 'log-mel' | 'voice' | 'window';

export interface BenchmarkStage {
  stage: BenchmarkStageName;
  runs: number;
  /** Milliseconds. */
  median: number;
  p95: number;
}

export interface BenchmarkReport {
  backend: Exclude<Backend, 'auto'>;
  /** One, but where TensorFlow.js computes on WebAssembly and has more. */
  threads: number;
  models: BenchmarkModel[];
  /** Only those whose models were loaded. */
  stages: BenchmarkStage[];
}

export interface Mien {
  readonly backend: Exclude<Backend, 'auto'>;
  /** Those that `auto` tried and refused: they did not start, or computed something else than Python. */
  readonly refused: readonly RefusedBackend[];
  readonly specs: Readonly<Record<string, ModelSpec>>;
  /**
   * The faces in one picture, best score first. One call is in flight at a time: while one waits, a newer one
   * takes its place, and both promises resolve with the newer result.
   */
  analyseFaces(source: FaceSource, options?: FaceOptions): Promise<Face[]>;
  /** The one face of a tight portrait, as data sets have them. */
  analysePicture(source: Exclude<FaceSource, HTMLVideoElement> | Blob): Promise<PictureFace>;
  /** The emotion of a voice; `samples` are mono, -1..1, at `sampleRate` Hz. */
  analyseSpeech(samples: Float32Array, sampleRate: number, options?: SpeechOptions): Promise<Voice>;
  /**
   * Begins to listen to a voice that comes in blocks, at `sampleRate` Hz. Its readings get used to the voice, where the
   * model knows how voices differ; another person is best given a stream of their own.
   */
  openVoice(sampleRate: number): VoiceStream;
  /** Runs the golden vectors that Python computed. */
  selfTest(): Promise<SelfTestReport>;
  benchmark(options?: BenchmarkOptions): Promise<BenchmarkReport>;
  memory(): Promise<{ tensors: number; bytes: number }>;
  dispose(): Promise<void>;
}

export type { ModelSpec } from './contract/types';
export { MienError } from './errors';
