/** `golden.json`: inputs with the outputs that Python computed for them. */
import { parseJson, type Reader } from './reader';

export type GoldenInput =
  | { kind: 'pixels'; shape: readonly number[]; levels: Uint8Array }
  | { kind: 'samples'; sampleRate: number; samples: Float32Array };

/** A face on the detector's frame, in its pixels. */
export interface GoldenFace {
  /** x0, y0, x1, y1. */
  box: readonly number[];
  keypoints: readonly (readonly number[])[];
  score: number;
}

export interface GoldenCase {
  name: string;
  input: GoldenInput;
  /** Logits, or a detector's raw outputs, by name. */
  outputs: Readonly<Record<string, Float32Array>>;
  probabilities: Readonly<Record<string, readonly number[]>>;
  faces: readonly GoldenFace[] | null;
  /** Whether Python hears speech in the samples; null where it was not asked. */
  speech: boolean | null;
}

/** Full scale of signed samples, by their bits. */
const FULL_SCALE = { 8: 128, 16: 32768 };

function bytes(reader: Reader): Uint8Array<ArrayBuffer> {
  let text: string;
  try {
    text = atob(reader.string());
  } catch {
    return reader.fail('base64');
  }
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Little-endian numbers; every platform that runs browsers is little-endian. */
function floats(reader: Reader): Float32Array {
  return new Float32Array(bytes(reader).buffer);
}

function readInput(input: Reader): GoldenInput {
  const kind = input.at('kind').literal('pixels', 'samples');
  const data = input.at('data');
  if (kind === 'pixels') return { kind, shape: input.at('shape').list((item) => item.integer(1), 3), levels: bytes(data) };
  const bits = input.has('bits') && input.at('bits').integer(8, 16) === 8 ? 8 : 16;
  const whole = bits === 8 ? new Int8Array(bytes(data).buffer) : new Int16Array(bytes(data).buffer);
  const samples = Float32Array.from(whole, (value) => value / FULL_SCALE[bits]);
  return { kind, sampleRate: input.at('sample_rate').integer(1), samples };
}

function readOutput(output: Reader): Float32Array {
  return Array.isArray(output.value) ? Float32Array.from(output.list((item) => item.number())) : floats(output.at('data'));
}

function readFace(face: Reader): GoldenFace {
  return {
    box: face.at('box').list((item) => item.number(), 4),
    keypoints: face.at('keypoints').list((point) => point.list((item) => item.number(), 2)),
    score: face.at('score').number(0, 1),
  };
}

function readCase(item: Reader): GoldenCase {
  const probabilities = item.has('probabilities') ? item.at('probabilities').entries() : [];
  return {
    name: item.at('name').string(),
    input: readInput(item.at('input')),
    outputs: Object.fromEntries(item.at('outputs').entries().map(([name, output]) => [name, readOutput(output)])),
    probabilities: Object.fromEntries(probabilities.map(([name, values]) => [name, values.list((value) => value.number(0, 1))])),
    faces: item.has('faces') ? item.at('faces').list(readFace) : null,
    speech: item.has('speech') ? item.at('speech').literal(true, false) : null,
  };
}

/** Reads and checks a `golden.json`. Throws MienError `spec-invalid`. */
export function readGolden(text: string, file = 'golden.json'): GoldenCase[] {
  const root = parseJson(file, text);
  root.at('format').literal('mien-golden/1');
  return root.at('cases').list(readCase);
}
