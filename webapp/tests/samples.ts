/** Small specs and networks for the tests. */
import type { FaceCropInput, FrameInput, LogMelInput, ModelInput, ModelSpec } from '../src/contract/types';
import type { Picture } from '../src/face/picture';
import type { Network } from '../src/network';

export function faceSpec(): ModelSpec<FaceCropInput> {
  return {
    format: 'mien-model/1',
    task: 'face-emotion',
    version: '1.0.0',
    parameters: 10,
    input: {
      kind: 'face-crop',
      tensor: 'face',
      width: 4,
      height: 4,
      channels: 'gray',
      eyes: { left: [0.25, 0.5], right: [0.75, 0.5] },
      resample: 'area',
      mean: [0.5],
      std: [0.25],
    },
    outputs: { emotion: { kind: 'categorical', labels: ['happy', 'sad'], temperature: 1 } },
  };
}

export function detectorSpec(): ModelSpec<FrameInput> {
  return {
    format: 'mien-model/1',
    task: 'face-detector',
    version: '1.0.0',
    parameters: 10,
    input: { kind: 'frame', tensor: 'frame', width: 16, height: 16, channels: 'rgb', fit: 'letterbox', mean: [0, 0, 0], std: [1, 1, 1] },
    outputs: { boxes: { kind: 'boxes', keypoints: ['left_eye', 'right_eye'] }, scores: { kind: 'scores' } },
    anchors: { strides: [8], per_stride: 1, offset: 0.5 },
    decode: { scale: 16, clip: 100, min_score: 0.5, iou: 0.3 },
  };
}

export function speechSpec(): ModelSpec<LogMelInput> {
  return {
    format: 'mien-model/1',
    task: 'speech-emotion',
    version: '1.0.0',
    parameters: 10,
    input: {
      kind: 'log-mel',
      tensor: 'log_mel',
      sample_rate: 16000,
      window_seconds: 1,
      hop_seconds: 0.5,
      n_fft: 512,
      hop_length: 160,
      n_mels: 8,
      fmin: 50,
      fmax: 7000,
      mel: 'slaney',
      center: true,
      pad_mode: 'constant',
      amin: 1e-10,
      resampler: { zeros: 32, rolloff: 0.94, beta: 12 },
      voice_activity: { low_hz: 100, high_hz: 4000, min_level_db: -40, above_floor_db: 6, max_flatness_db: -1, min_share: 0.15 },
      mean: new Array<number>(8).fill(0),
      std: new Array<number>(8).fill(1),
    },
    outputs: { emotion: { kind: 'categorical', labels: ['calm', 'happy'], temperature: 1 } },
  };
}

/** A network that answers with what `answer` makes of its input. */
export function fakeNetwork<Input extends ModelInput>(
  spec: ModelSpec<Input>,
  answer: (values: Float32Array, batch: number) => Record<string, Float32Array>,
): Network<Input> {
  return { spec, run: (values, _shape, batch) => Promise.resolve(answer(values, batch)) };
}

/** An opaque picture whose pixel (x, y) has the levels that `level` gives. */
export function picture(width: number, height: number, level: (x: number, y: number) => [number, number, number]): Picture {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([...level(x, y), 255], (y * width + x) * 4);
  }
  return { width, height, data };
}

export function grey(width: number, height: number, level: (x: number, y: number) => number): Picture {
  return picture(width, height, (x, y) => [level(x, y), level(x, y), level(x, y)]);
}

/** Voice activity that looks at 0.5 s of the frames of `speechSpec`. */
export function activitySpec(): ModelSpec<LogMelInput> {
  const { input, ...spec } = speechSpec();
  return {
    ...spec,
    task: 'voice-activity',
    input: { ...input, window_seconds: 0.5 },
    outputs: { speech: { kind: 'categorical', labels: ['other', 'speech'], temperature: 1 } },
    gate: { open_at: 0.5, keep_at: 0.3, hangover: 5 },
  };
}
