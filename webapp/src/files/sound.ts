/** Reads the voice of a sound file, window by window. */
import type { Mien } from '../types';
import type { ByteSource } from './bytes';
import { sourceOf } from './bytes';
import { fileProblem } from './problem';
import { subjectOf, type FileReading, type Moment, type Note } from './results';
import { readSoundHeader } from './sound_header';
import type { Step } from './step';
import { readWavFormat, readWavSamples } from './wav';

/** Sound that is not WAV is decoded whole; decoded, it takes four bytes a sample and channel. */
const MAX_CODED_BYTES = 300e6;
const MAX_DECODED_BYTES = 1e9;
const CHANNELS_ASSUMED = 2;

/** What every browser can decode to; outside of it the file's own rate cannot be kept. */
const MIN_CONTEXT_RATE = 8000;
const MAX_CONTEXT_RATE = 96_000;
const FALLBACK_RATE = 48_000;

/** Full scale is 1; files in floating point exceed it a little where somebody mastered carelessly. */
const LOUDEST = 8;

/** A window begins every half window: each sound is heard twice, and an hour has 2,400 windows. */
const STEP_SHARE = 0.5;

/** Sound at one rate, one channel, read in pieces. */
export interface Sound {
  /** Hz, whole. */
  readonly sampleRate: number;
  /** Samples. */
  readonly length: number;
  /** Whether the browser had to change the rate. */
  readonly resampled: boolean;
  read(from: number, length: number): Promise<Float32Array>;
}

/** @throws Problem `no-decode`, `too-large`, `too-long` or `empty` */
export async function openSound(file: File): Promise<Sound> {
  const source = sourceOf(file);
  const wav = await readWavFormat(source);
  const sound: Sound = wav
    ? {
        sampleRate: wav.sampleRate,
        length: wav.frames,
        resampled: false,
        read: (from, length) => readWavSamples(source, wav, from, length),
      }
    : await decodeSound(file, source);
  if (sound.length === 0) throw fileProblem('empty');
  return { ...sound, read: async (from, length) => checked(await sound.read(from, length)) };
}

/** Samples in floating point may hold anything; what is no sound must not become a reading. */
function checked(samples: Float32Array): Float32Array {
  if (!samples.every((sample) => Math.abs(sample) <= LOUDEST)) throw fileProblem('no-decode');
  return samples;
}

async function decodeSound(file: File, source: ByteSource): Promise<Sound> {
  if (file.size > MAX_CODED_BYTES) throw fileProblem('too-large', { limit: Math.round(MAX_CODED_BYTES / 1e6) });
  const header = await readSoundHeader(source);
  const own = header?.sampleRate ?? 0;
  const kept = own >= MIN_CONTEXT_RATE && own <= MAX_CONTEXT_RATE;
  const sampleRate = kept ? own : FALLBACK_RATE;
  const seconds = await mediaSeconds(file);
  if (Number.isFinite(seconds) && seconds * sampleRate * CHANNELS_ASSUMED * 4 > MAX_DECODED_BYTES) {
    throw fileProblem('too-long', { limit: Math.floor(MAX_DECODED_BYTES / (sampleRate * CHANNELS_ASSUMED * 4 * 60)) });
  }
  let decoded: AudioBuffer;
  try {
    decoded = await new OfflineAudioContext(1, 1, sampleRate).decodeAudioData(await file.arrayBuffer());
  } catch {
    throw fileProblem('no-decode');
  }
  return {
    sampleRate,
    length: decoded.length,
    resampled: !kept,
    read: (from, length) => Promise.resolve(mixDown(decoded, from, length)),
  };
}

/** The mean of all channels. */
function mixDown(sound: AudioBuffer, from: number, length: number): Float32Array {
  const mono = new Float32Array(Math.max(0, Math.min(length, sound.length - from)));
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    const samples = sound.getChannelData(channel);
    for (let i = 0; i < mono.length; i++) mono[i]! += samples[from + i]! / sound.numberOfChannels;
  }
  return mono;
}

/** How long a film or sound says it is; NaN where it cannot be told without decoding it. */
function mediaSeconds(file: File): Promise<number> {
  const url = URL.createObjectURL(file);
  const audio = new Audio();
  return new Promise<number>((resolve) => {
    audio.addEventListener('loadedmetadata', () => { resolve(audio.duration); }, { once: true });
    audio.addEventListener('error', () => { resolve(NaN); }, { once: true });
    audio.preload = 'metadata';
    audio.src = url;
  }).finally(() => {
    audio.removeAttribute('src');
    URL.revokeObjectURL(url);
  });
}

/** Where windows of `size` samples begin in `length` of them; the last one ends with the sound. */
export function windowStarts(length: number, size: number): number[] {
  if (length <= size) return [0];
  const step = Math.max(1, Math.round(size * STEP_SHARE));
  const starts: number[] = [];
  for (let start = 0; start < length - size; start += step) starts.push(start);
  starts.push(length - size);
  return starts;
}

/** The voice in each window, speech or not. */
export async function readVoice(sound: Sound, mien: Mien, step: Step): Promise<Moment[]> {
  const size = Math.min(sound.length, Math.round(windowSeconds(mien) * sound.sampleRate));
  const starts = windowStarts(sound.length, size);
  const moments: Moment[] = [];
  for (const [index, start] of starts.entries()) {
    step.signal.throwIfAborted();
    const samples = await sound.read(start, size);
    const voice = await mien.analyseSpeech(samples, sound.sampleRate);
    moments.push({ start: start / sound.sampleRate, end: (start + size) / sound.sampleRate, emotion: voice.emotion });
    step.progress((index + 1) / starts.length);
  }
  return moments;
}

/** @throws Problem, see `openSound` */
export async function readSoundFile(file: File, mien: Mien, step: Step): Promise<FileReading> {
  const sound = await openSound(file);
  step.signal.throwIfAborted();
  const moments = await readVoice(sound, mien, step);
  const spoken = moments.some(({ emotion }) => emotion !== null);
  const notes: Note[] = [];
  if (sound.resampled) notes.push('sound-resampled');
  if (!spoken) notes.push('no-voice');
  return {
    subjects: spoken ? [subjectOf('voice', 1, moments)] : [],
    notes,
    duration: sound.length / sound.sampleRate,
    sampleRate: sound.sampleRate,
  };
}

function windowSeconds(mien: Mien): number {
  const input = mien.specs['speech-emotion']?.input;
  if (input?.kind !== 'log-mel') throw new TypeError('the speech model does not say how much sound it reads');
  return input.window_seconds;
}
