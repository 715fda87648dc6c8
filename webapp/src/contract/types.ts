/** The shape of `models_tfjs/<task>/spec.json`: everything the webapp knows about a model. */

/** Mean and standard deviation by channel, of values already scaled to 0..1. */
export interface Standardisation {
  mean: readonly number[];
  std: readonly number[];
}

/** A crop around one face, laid out so that the eyes come to rest at fixed places. */
export interface FaceCropInput extends Standardisation {
  kind: 'face-crop';
  tensor: string;
  width: number;
  height: number;
  channels: 'gray' | 'rgb';
  /** Fractions of the crop's width and height; left and right as seen in the picture. */
  eyes: { left: readonly [number, number]; right: readonly [number, number] };
  resample: 'area';
}

/** A whole picture, fitted into a square. */
export interface FrameInput extends Standardisation {
  kind: 'frame';
  tensor: string;
  width: number;
  height: number;
  channels: 'rgb';
  fit: 'letterbox';
}

/** Our windowed-sinc resampler: zero crossings a side, cut-off as a share of Nyquist, Kaiser beta. */
export interface ResamplerSpec {
  zeros: number;
  rolloff: number;
  beta: number;
}

/** Thresholds that decide whether a window holds speech; levels in dB of mel power. */
export interface VoiceActivitySpec {
  low_hz: number;
  high_hz: number;
  min_level_db: number;
  above_floor_db: number;
  max_flatness_db: number;
  min_share: number;
}

/** A window of sound as log-mel bands; `mean` and `std` are by band, in dB. */
export interface LogMelInput extends Standardisation {
  kind: 'log-mel';
  tensor: string;
  sample_rate: number;
  window_seconds: number;
  hop_seconds: number;
  n_fft: number;
  hop_length: number;
  n_mels: number;
  fmin: number;
  fmax: number;
  mel: 'slaney';
  center: true;
  pad_mode: 'constant';
  amin: number;
  resampler: ResamplerSpec;
  voice_activity: VoiceActivitySpec;
}

export type ModelInput = FaceCropInput | FrameInput | LogMelInput;

/** Logits over named classes. */
export interface CategoricalOutput {
  kind: 'categorical';
  labels: readonly string[];
  temperature: number;
  /** Under this probability of the top label the reading is called unsure; where it is missing, none is. */
  unsure_below?: number;
  /** How speakers differ, where the readings of one may be taken together. */
  voices?: VoicesSpec;
}

/** Of centred log-probabilities, labels x labels each: means by label, noise, and the covariance of speakers' offsets. */
export interface VoicesSpec {
  means: readonly (readonly number[])[];
  within: readonly (readonly number[])[];
  between: readonly (readonly number[])[];
}

/** Logits over whole numbers `first..last`; `interval` is the share that low..high is to cover. */
export interface DistributionOutput {
  kind: 'distribution';
  first: number;
  last: number;
  temperature: number;
  interval: number;
}

/** Raw detector boxes: centre, size and keypoints by anchor. */
export interface BoxesOutput {
  kind: 'boxes';
  keypoints: readonly string[];
}

/** Raw detector scores (logits) by anchor. */
export interface ScoresOutput {
  kind: 'scores';
}

export type ModelOutput = CategoricalOutput | DistributionOutput | BoxesOutput | ScoresOutput;

/** The anchor grid of a single-shot detector. */
export interface AnchorSpec {
  strides: readonly number[];
  per_stride: number;
  offset: number;
}

/** How raw boxes become faces. */
export interface DecodeSpec {
  scale: number;
  clip: number;
  min_score: number;
  iou: number;
}

/** When voice activity's probabilities count as speech; `hangover` in decisions. */
export interface GateSpec {
  open_at: number;
  keep_at: number;
  hangover: number;
}

export interface ModelSpec<Input extends ModelInput = ModelInput> {
  format: 'mien-model/1';
  task: string;
  version: string;
  parameters: number;
  input: Input;
  outputs: Readonly<Record<string, ModelOutput>>;
  anchors?: AnchorSpec;
  decode?: DecodeSpec;
  gate?: GateSpec;
  /** Measured on the shipped files; keys depend on the task. */
  metrics?: Readonly<Record<string, unknown>>;
  training?: Readonly<Record<string, unknown>>;
}

/** `models_tfjs/catalogue.json`: every file that may be fetched, with its size and SHA-256. */
export interface Catalogue {
  format: 'mien-catalogue/1';
  models: Readonly<Record<string, CatalogueModel>>;
}

export interface CatalogueModel {
  version: string;
  files: Readonly<Record<string, CatalogueFile>>;
}

export interface CatalogueFile {
  bytes: number;
  sha256: string;
}
