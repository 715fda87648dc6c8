/** What the page and the worker say to each other: calls with an id, and for each a result or an error. */
import type { ModelSpec } from '../contract/types';
import type { MienErrorCode } from '../errors';
import type { Picture } from '../face/picture';
import type {
  Backend,
  BenchmarkOptions,
  BenchmarkReport,
  Face,
  FaceOptions,
  LoadProgress,
  PictureFace,
  RefusedBackend,
  SelfTestReport,
  SpeechOptions,
  Task,
  Voice,
  VoiceUpdate,
} from '../types';

/** A picture on its way: a bitmap that was made for the worker and is transferred, or bare pixels. */
export type Frame = ImageBitmap | Picture;

export interface LoadParameters {
  backend: Backend;
  exclude: Exclude<Backend, 'auto'>[];
  tasks: Task[];
  /** Absolute. */
  baseUrl: string;
  /** What the page has asked for already; each gets an `EarlyAnswer`. */
  early: string[];
}

/** The page passes the body of an answer on, as it comes; null where it got none. */
export interface EarlyAnswer {
  kind: 'early';
  url: string;
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

export interface Loaded {
  backend: Exclude<Backend, 'auto'>;
  refused: RefusedBackend[];
  specs: Record<string, ModelSpec>;
}

/** The page says when a frame was taken, since it may wait for its turn. */
export type TimedFaceOptions = FaceOptions & { time: number };

/** By name of the call: what goes to the worker and what comes back. */
export interface Calls {
  load: { parameters: LoadParameters; result: Loaded };
  faces: { parameters: { frame: Frame; options: TimedFaceOptions }; result: Face[] };
  picture: { parameters: { frame: Frame | Blob }; result: PictureFace };
  speech: { parameters: { samples: Float32Array; sampleRate: number; options: SpeechOptions }; result: Voice };
  /** The first push of a stream opens it. */
  voicePush: { parameters: { stream: number; samples: Float32Array; sampleRate: number }; result: VoiceUpdate };
  voiceClose: { parameters: { stream: number }; result: null };
  selfTest: { parameters: Record<string, never>; result: SelfTestReport };
  benchmark: { parameters: BenchmarkOptions; result: BenchmarkReport };
  memory: { parameters: Record<string, never>; result: { tensors: number; bytes: number } };
}

export type CallName = keyof Calls;

export type Request = { [Name in CallName]: { id: number; call: Name; parameters: Calls[Name]['parameters'] } }[CallName];

/** A MienError without its class, which messages do not carry. */
export interface PlainError {
  code: MienErrorCode;
  message: string;
  hint: string;
}

export type Reply =
  | { id: number; kind: 'result'; value: Calls[CallName]['result'] }
  | { id: number; kind: 'error'; error: PlainError }
  | { id: number; kind: 'progress'; progress: LoadProgress }
  /** The worker can answer nothing any more, neither what waits nor what would come. */
  | { kind: 'fatal'; error: PlainError };
