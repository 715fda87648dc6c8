import type {
  AnchorSpec,
  DecodeSpec,
  FaceCropInput,
  FrameInput,
  GateSpec,
  LogMelInput,
  ModelInput,
  ModelOutput,
  ModelSpec,
  Standardisation,
  VoicesSpec,
} from './types';
import { parseJson, type Reader } from './reader';

const MAX_SIDE = 1024;

function standardisation(input: Reader, length: number): Standardisation {
  return {
    mean: input.at('mean').list((item) => item.number(), length),
    std: input.at('std').list((item) => item.positive(), length),
  };
}

function point(reader: Reader): readonly [number, number] {
  const [x, y] = reader.list((item) => item.number(0, 1), 2);
  return [x!, y!];
}

function faceCrop(input: Reader): FaceCropInput {
  const channels = input.at('channels').literal('gray', 'rgb');
  const eyes = { left: point(input.at('eyes').at('left')), right: point(input.at('eyes').at('right')) };
  if (eyes.left[0] >= eyes.right[0]) input.at('eyes').fail('the left eye at the left of the right one');
  return {
    kind: 'face-crop',
    tensor: input.at('tensor').string(),
    width: input.at('width').integer(1, MAX_SIDE),
    height: input.at('height').integer(1, MAX_SIDE),
    channels,
    eyes,
    resample: input.at('resample').literal('area'),
    ...standardisation(input, channels === 'gray' ? 1 : 3),
  };
}

function frame(input: Reader): FrameInput {
  return {
    kind: 'frame',
    tensor: input.at('tensor').string(),
    width: input.at('width').integer(1, MAX_SIDE),
    height: input.at('height').integer(1, MAX_SIDE),
    channels: input.at('channels').literal('rgb'),
    fit: input.at('fit').literal('letterbox'),
    ...standardisation(input, 3),
  };
}

function logMel(input: Reader): LogMelInput {
  const sampleRate = input.at('sample_rate').integer(1000, 192000);
  const fftSize = input.at('n_fft').integer(16, 65536);
  if ((fftSize & (fftSize - 1)) !== 0) input.at('n_fft').fail('a power of two');
  const bands = input.at('n_mels').integer(1, 1024);
  const fmin = input.at('fmin').number(0, sampleRate / 2);
  const resampler = input.at('resampler');
  const voice = input.at('voice_activity');
  return {
    kind: 'log-mel',
    tensor: input.at('tensor').string(),
    sample_rate: sampleRate,
    window_seconds: input.at('window_seconds').positive(),
    hop_seconds: input.at('hop_seconds').positive(),
    n_fft: fftSize,
    hop_length: input.at('hop_length').integer(1, fftSize),
    n_mels: bands,
    fmin,
    fmax: input.at('fmax').number(fmin, sampleRate / 2),
    mel: input.at('mel').literal('slaney'),
    center: input.at('center').literal(true),
    pad_mode: input.at('pad_mode').literal('constant'),
    amin: input.at('amin').positive(),
    resampler: {
      zeros: resampler.at('zeros').integer(1, 1024),
      rolloff: resampler.at('rolloff').number(0.01, 1),
      beta: resampler.at('beta').number(0, 100),
    },
    voice_activity: {
      low_hz: voice.at('low_hz').number(0),
      high_hz: voice.at('high_hz').positive(),
      min_level_db: voice.at('min_level_db').number(),
      above_floor_db: voice.at('above_floor_db').number(),
      max_flatness_db: voice.at('max_flatness_db').number(),
      min_share: voice.at('min_share').number(0, 1),
    },
    ...standardisation(input, bands),
  };
}

function readInput(input: Reader): ModelInput {
  const kind = input.at('kind').literal('face-crop', 'frame', 'log-mel');
  switch (kind) {
    case 'face-crop':
      return faceCrop(input);
    case 'frame':
      return frame(input);
    case 'log-mel':
      return logMel(input);
  }
}

function readOutput(output: Reader): ModelOutput {
  const kind = output.at('kind').literal('categorical', 'distribution', 'boxes', 'scores');
  switch (kind) {
    case 'categorical': {
      const labels = output.at('labels').list((item) => item.string());
      if (new Set(labels).size !== labels.length) output.at('labels').fail('labels that differ from each other');
      const unsure = output.has('unsure_below') ? { unsure_below: output.at('unsure_below').number(0, 1) } : {};
      const voices = output.has('voices') ? { voices: readVoices(output.at('voices'), labels.length) } : {};
      return { kind, labels, temperature: output.at('temperature').positive(), ...unsure, ...voices };
    }
    case 'distribution': {
      const first = output.at('first').integer(0);
      return {
        kind,
        first,
        last: output.at('last').integer(first + 1),
        temperature: output.at('temperature').positive(),
        interval: output.at('interval').number(0.01, 0.999),
      };
    }
    case 'boxes':
      return { kind, keypoints: output.at('keypoints').list((item) => item.string()) };
    case 'scores':
      return { kind };
  }
}

function readVoices(voices: Reader, size: number): VoicesSpec {
  const square = (name: string): number[][] => voices.at(name).list((row) => row.list((item) => item.number(), size), size);
  const read = { means: square('means'), within: square('within'), between: square('between') };
  // Without noise the equations of an offset have no one answer.
  if (read.within.some((row, i) => row[i]! <= 0)) voices.at('within').fail('variances above 0 in its diagonal');
  return read;
}

function readAnchors(anchors: Reader): AnchorSpec {
  return {
    strides: anchors.at('strides').list((item) => item.integer(1, MAX_SIDE)),
    per_stride: anchors.at('per_stride').integer(1, 16),
    offset: anchors.at('offset').number(0, 1),
  };
}

function readDecode(decode: Reader): DecodeSpec {
  return {
    scale: decode.at('scale').positive(),
    clip: decode.at('clip').positive(),
    min_score: decode.at('min_score').number(0, 1),
    iou: decode.at('iou').number(0, 1),
  };
}

function readGate(gate: Reader): GateSpec {
  return {
    open_at: gate.at('open_at').number(0, 1),
    keep_at: gate.at('keep_at').number(0, 1),
    hangover: gate.at('hangover').integer(1, 100),
  };
}

/** Reads and checks a `spec.json`. Throws MienError `spec-invalid` that names file, field, expected and found. */
export function readSpec(text: string, file = 'spec.json'): ModelSpec {
  const root = parseJson(file, text);
  const outputs = root.at('outputs').entries().map(([name, output]): [string, ModelOutput] => [name, readOutput(output)]);
  if (outputs.length === 0) root.at('outputs').fail('at least one output');
  const input = readInput(root.at('input'));
  const detects = input.kind === 'frame';
  return {
    format: root.at('format').literal('mien-model/1'),
    task: root.at('task').string(),
    version: root.at('version').string(),
    parameters: root.at('parameters').integer(0),
    input,
    outputs: Object.fromEntries(outputs),
    ...(detects ? { anchors: readAnchors(root.at('anchors')), decode: readDecode(root.at('decode')) } : {}),
    ...(root.has('gate') ? { gate: readGate(root.at('gate')) } : {}),
    ...(root.has('metrics') ? { metrics: root.at('metrics').object() } : {}),
    ...(root.has('training') ? { training: root.at('training').object() } : {}),
  };
}
