/** WAV files, read piece by piece from the disk, so that hours of sound need no more memory than a window. */
import { type ByteSource, textAt, viewOf } from './bytes';

export interface WavFormat {
  sampleRate: number;
  channels: number;
  /** Bits of one sample; floating point or signed whole numbers (8 bits: unsigned). */
  bits: 8 | 16 | 24 | 32 | 64;
  float: boolean;
  /** Place of the samples in the file, and how many there are of each channel. */
  dataFrom: number;
  frames: number;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
const UNKNOWN_SIZE = 0xffffffff;
const HEAD = 1024 * 1024;

/** The layout of a WAV file; null where it is none, or coded in a way that only the browser can decode. */
export async function readWavFormat(source: ByteSource): Promise<WavFormat | null> {
  const head = await source.read(0, HEAD);
  const view = viewOf(head);
  if (head.length < 12 || !['RIFF', 'RF64'].includes(textAt(head, 0, 4)) || textAt(head, 8, 4) !== 'WAVE') return null;
  let format: Omit<WavFormat, 'dataFrom' | 'frames'> | null = null;
  let longSize = 0;
  for (let at = 12; at + 8 <= head.length; ) {
    const name = textAt(head, at, 4);
    const size = view.getUint32(at + 4, true);
    if (name === 'ds64' && at + 24 <= head.length) longSize = Number(view.getBigUint64(at + 16, true));
    if (name === 'fmt ' && at + 24 <= head.length) format = readFormat(head, at + 8, size);
    if (name === 'data') {
      if (!format) return null;
      const dataFrom = at + 8;
      const rest = source.size - dataFrom;
      // Recorders that were cut off leave the size open.
      const said = size === UNKNOWN_SIZE ? longSize || rest : size || rest;
      const frames = Math.floor(Math.min(said, rest) / (format.channels * (format.bits / 8)));
      return { ...format, dataFrom, frames };
    }
    at += 8 + size + (size % 2);
  }
  return null;
}

function readFormat(head: Uint8Array, at: number, size: number): Omit<WavFormat, 'dataFrom' | 'frames'> | null {
  const view = viewOf(head);
  let code = view.getUint16(at, true);
  if (code === EXTENSIBLE && size >= 26 && at + 26 <= head.length) code = view.getUint16(at + 24, true);
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  const fits = code === PCM ? [8, 16, 24, 32].includes(bits) : code === FLOAT && [32, 64].includes(bits);
  if (!fits || channels < 1 || view.getUint16(at + 12, true) !== channels * (bits / 8)) return null;
  return { sampleRate, channels, bits: bits as WavFormat['bits'], float: code === FLOAT };
}

/** Samples `from` to `from + length` as the mean of all channels, -1..1; fewer where the file ends before. */
export async function readWavSamples(source: ByteSource, format: WavFormat, from: number, length: number): Promise<Float32Array> {
  const { channels, bits, dataFrom, frames } = format;
  const step = (bits / 8) * channels;
  const end = Math.min(frames, from + length);
  const bytes = await source.read(dataFrom + from * step, dataFrom + Math.max(from, end) * step);
  const view = viewOf(bytes);
  const sample = sampleReader(view, format);
  const mono = new Float32Array(Math.floor(bytes.length / step));
  for (let i = 0; i < mono.length; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += sample(i * step + channel * (bits / 8));
    // A file may hold what is no number; silence harms less than a window that cannot be read.
    mono[i] = Number.isFinite(sum) ? sum / channels : 0;
  }
  return mono;
}

function sampleReader(view: DataView, { bits, float }: WavFormat): (at: number) => number {
  if (float) return bits === 32 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  switch (bits) {
    case 8:
      return (at) => (view.getUint8(at) - 128) / 128;
    case 16:
      return (at) => view.getInt16(at, true) / 32768;
    case 24:
      return (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8388608;
    default:
      return (at) => view.getInt32(at, true) / 2147483648;
  }
}
