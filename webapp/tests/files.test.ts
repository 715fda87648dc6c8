import { describe, expect, it, vi } from 'vitest';
import { csvOf } from '../src/files/csv';
import { filesToCsv } from '../src/files/export';
import { kindOf } from '../src/files/kinds';
import { FileQueue, type Job } from '../src/files/queue';
import { meanCategorical, subjectOf, type FileReading } from '../src/files/results';
import { windowStarts } from '../src/files/sound';
import { readSoundHeader } from '../src/files/sound_header';
import { compareRows } from '../src/files/table';
import { facesOfTile, mergeFaces, tilesOf } from '../src/files/tiles';
import { readWavFormat, readWavSamples } from '../src/files/wav';
import { sampleTimes } from '../src/files/film';
import { sourceOf } from '../src/files/bytes';
import { clock } from '../src/files/words';
import type { Face } from '../src/types';
import { shownGender } from '../src/live/shown';

const bytes = (...parts: (string | number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? Array.from(part, (letter) => letter.charCodeAt(0)) : part)));
const u32le = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >>> 24) & 255];
const u32 = (value: number): number[] => u32le(value).reverse();
const u16le = (value: number): number[] => [value & 255, value >> 8];

describe('kindOf', () => {
  it('goes by the first bytes, whatever the name says', () => {
    expect(kindOf(bytes([0xff, 0xd8, 0xff, 0xe0]), 'sound.wav', 'audio/wav')).toBe('picture');
    expect(kindOf(bytes('RIFF', u32le(9), 'WAVE'), 'x', '')).toBe('sound');
    expect(kindOf(bytes('RIFF', u32le(9), 'WEBP'), 'x', '')).toBe('picture');
    expect(kindOf(bytes(u32(24), 'ftypheic'), 'x', '')).toBe('picture');
    expect(kindOf(bytes([0xff, 0xfb, 0x90, 0x64]), 'x', '')).toBe('sound');
    expect(kindOf(bytes('hello, world'), 'x.jpg', 'image/jpeg')).toBeNull();
  });

  it('asks type and name where a container may hold either', () => {
    const mp4 = bytes(u32(24), 'ftypisom');
    expect(kindOf(mp4, 'a.mp4', 'video/mp4')).toBe('film');
    expect(kindOf(mp4, 'a.m4a', '')).toBe('sound');
    expect(kindOf(mp4, 'a', 'audio/mp4')).toBe('sound');
    const webm = bytes([0x1a, 0x45, 0xdf, 0xa3]);
    expect(kindOf(webm, 'a.webm', '')).toBe('film');
    expect(kindOf(webm, 'a.weba', '')).toBe('sound');
  });
});

const rateOf = async (...parts: (string | number[])[]): Promise<number | undefined> =>
  (await readSoundHeader(sourceOf(new Blob([bytes(...parts)]))))?.sampleRate;

describe('readSoundHeader', () => {
  it('reads FLAC, with a tag before it too', async () => {
    // STREAMINFO: block sizes, frame sizes, then 20 bits of rate (44,100 = 0xAC44), 3 of channels, 5 of bits.
    const flac: (string | number[])[] = ['fLaC', [0x80, 0, 0, 34], [16, 0, 16, 0], [0, 0, 0, 0, 0, 0], [0x0a, 0xc4, 0x42, 0xf0], new Array<number>(20).fill(0)];
    expect(await rateOf(...flac)).toBe(44100);
    expect(await rateOf('ID3', [4, 0, 0], [0, 0, 1, 2], new Array<number>(130).fill(7), ...flac)).toBe(44100);
  });

  it('reads frames of MP3 and ADTS', async () => {
    expect(await rateOf([0, 0], [0xff, 0xfb, 0x90, 0x64], [0, 0])).toBe(44100);
    expect(await rateOf([0xff, 0xf3, 0x44, 0xc4], [0, 0])).toBe(24000); // MPEG-2
    expect(await rateOf([0xff, 0xe3, 0x18, 0xc4], [0, 0])).toBe(8000); // MPEG-2.5
    expect(await rateOf([0xff, 0xf1, 0x5c, 0x80], [0, 0, 0])).toBe(22050); // AAC
  });

  it('reads Vorbis and Opus in Ogg', async () => {
    const page = (body: number[]): (string | number[])[] => ['OggS', new Array<number>(22).fill(0), [1], [body.length], body];
    expect(await rateOf(...page([...bytes('\x01vorbis', u32le(0), [2], u32le(32000), u32le(0))]))).toBe(32000);
    expect(await rateOf(...page([...bytes('OpusHead', [1, 1, 0, 0], u32le(16000), [0, 0, 0])]))).toBe(48000);
  });

  it('finds the sound track of an MP4 wherever its index lies', async () => {
    const box = (type: string, ...parts: (string | number[])[]): number[] => {
      const body = [...bytes(...parts)];
      return [...u32(8 + body.length), ...bytes(type), ...body];
    };
    const zeros = (count: number): number[] => new Array<number>(count).fill(0);
    const entry = (rate: number): number[] => box('mp4a', zeros(24), u32(rate * 65536), zeros(4));
    const track = (handler: string, rate: number): number[] =>
      box('trak', box('mdia', box('hdlr', zeros(8), handler, zeros(12)), box('minf', box('stbl', box('stsd', zeros(8), entry(rate))))));
    const file = [box('ftyp', 'isom', zeros(4)), box('mdat', zeros(5000)), box('moov', track('vide', 1), track('soun', 22050))];
    expect(await rateOf(...file)).toBe(22050);
    expect(await rateOf(box('ftyp', 'isom', zeros(4)), box('moov', track('vide', 1)))).toBeUndefined();
  });

  it('finds the sound track of a live WebM, whose lengths are unknown', async () => {
    const unknown = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    const rate = new Uint8Array(new Float32Array([44100]).buffer).reverse();
    const audio = [0xe1, 0x86, 0xb5, 0x84, ...rate];
    const entry = [0xae, 0x80 + audio.length, ...audio];
    expect(await rateOf([0x1a, 0x45, 0xdf, 0xa3, 0x80, 0x18, 0x53, 0x80, 0x67, ...unknown, 0x16, 0x54, 0xae, 0x6b, 0x80 + entry.length, ...entry])).toBe(44100);
  });

  it('knows nothing of other files', async () => {
    expect(await rateOf('just words')).toBeUndefined();
    expect(await rateOf()).toBeUndefined();
  });
});

describe('WAV', () => {
  const wav = (code: number, bits: number, channels: number, data: number[], size = data.length): Blob =>
    new Blob([
      bytes('RIFF', u32le(0), 'WAVE', 'LIST', u32le(3), [1, 2, 3, 0], 'fmt ', u32le(16), u16le(code), u16le(channels), u32le(22255), u32le(0), u16le((bits / 8) * channels), u16le(bits), 'data', u32le(size), data),
    ]);

  it('reads any part of it, the channels averaged', async () => {
    const source = sourceOf(wav(1, 16, 2, [...u16le(16384), ...u16le(0), ...u16le(0x8000), ...u16le(0x8000), ...u16le(0), ...u16le(8192)]));
    const format = (await readWavFormat(source))!;
    expect(format).toMatchObject({ sampleRate: 22255, channels: 2, bits: 16, frames: 3 });
    expect([...(await readWavSamples(source, format, 0, 3))]).toEqual([0.25, -1, 0.125]);
    expect([...(await readWavSamples(source, format, 1, 9))]).toEqual([-1, 0.125]);
    expect([...(await readWavSamples(source, format, 5, 9))]).toEqual([]);
  });

  it('reads 8, 24 and 32 bits and floating point', async () => {
    const first = async (blob: Blob): Promise<number> => {
      const source = sourceOf(blob);
      return (await readWavSamples(source, (await readWavFormat(source))!, 0, 1))[0]!;
    };
    expect(await first(wav(1, 8, 1, [192]))).toBe(0.5);
    expect(await first(wav(1, 24, 1, [0, 0, 0xc0]))).toBe(-0.5);
    expect(await first(wav(1, 32, 1, [0, 0, 0, 0x40]))).toBe(0.5);
    expect(await first(wav(3, 32, 1, [...new Uint8Array(new Float32Array([0.75]).buffer)]))).toBe(0.75);
    expect(await first(wav(3, 32, 1, [...new Uint8Array(new Float32Array([NaN]).buffer)]))).toBe(0);
  });

  it('reads recordings that were cut off, and leaves other codings to the browser', async () => {
    expect((await readWavFormat(sourceOf(wav(1, 16, 1, [0, 0, 0, 0], 0xffffffff))))?.frames).toBe(2);
    expect((await readWavFormat(sourceOf(wav(1, 16, 1, [0, 0, 0, 0], 4000))))?.frames).toBe(2);
    expect(await readWavFormat(sourceOf(wav(6, 8, 1, [0])))).toBeNull();
    expect(await readWavFormat(sourceOf(new Blob(['RIFF'])))).toBeNull();
  });
});

it('looks at all of a sound and of a film', () => {
  expect(windowStarts(5, 10)).toEqual([0]);
  expect(windowStarts(25, 10)).toEqual([0, 5, 10, 15]);
  expect(windowStarts(27, 10)).toEqual([0, 5, 10, 15, 17]);
  expect(sampleTimes(1.2)).toEqual([0, 0.5, 1]);
  expect(sampleTimes(0.1)).toEqual([0]);
});

function face(x: number, y: number, side: number, score: number): Face {
  return { id: 0, box: { x, y, width: side, height: side }, keypoints: [{ name: 'nose', x, y }], score };
}

describe('tiles', () => {
  it('cover large pictures, with overlap', () => {
    expect(tilesOf(640, 480)).toEqual([]);
    const tiles = tilesOf(4000, 3000);
    for (const [x, y] of [[0, 0], [3999, 2999], [2000, 1500], [10, 2990]] as const) {
      expect(tiles.some((tile) => x >= tile.x && y >= tile.y && x < tile.x + tile.width && y < tile.y + tile.height)).toBe(true);
    }
    expect(tiles.every((tile) => tile.x + tile.width <= 4000 && tile.y + tile.height <= 3000)).toBe(true);
  });

  it('give whole and sure faces in the coordinates of the picture', () => {
    const tile = { x: 1000, y: 0, width: 1000, height: 1000 };
    const picture = { width: 4000, height: 3000 };
    const found = facesOfTile([face(500, 0, 100, 0.9), face(2, 500, 100, 0.9), face(500, 500, 100, 0.5), face(500, 500, 20, 0.9)], tile, picture);
    expect(found.map(({ box, keypoints }) => [box.x, box.y, keypoints[0]!.x])).toEqual([[1500, 0, 1500]]);
  });

  it('merges what was found twice', () => {
    const merged = mergeFaces([face(100, 100, 100, 0.7), face(110, 105, 90, 0.9), face(10, 10, 50, 0.8)]);
    expect(merged.map(({ score }) => score)).toEqual([0.8, 0.9]);
  });
});

describe('FileQueue', () => {
  const file = (name: string): File => new File(['x'], name);
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

  it('reads one after another; a failure stops nobody', async () => {
    let running = 0;
    const queue = new FileQueue<string>(async ({ name }, { progress }) => {
      expect(++running).toBe(1);
      progress(0.5);
      await settle();
      running -= 1;
      if (name === 'b') throw new Error('broken');
      return name;
    }, vi.fn());
    queue.add([file('a'), file('b'), file('c')]);
    expect(queue.busy).toBe(true);
    await vi.waitFor(() => expect(queue.busy).toBe(false));
    expect(queue.jobs.map(({ state }) => state)).toEqual(['done', 'failed', 'done']);
    expect(queue.jobs.map(({ result }) => result)).toEqual(['a', null, 'c']);
    expect(queue.progress).toBe(1);
  });

  it('cancels what runs and what waits, and hears nothing of it afterwards', async () => {
    const seen: string[] = [];
    let finish = (): void => undefined;
    const queue = new FileQueue<string>(
      ({ name }, { signal }) => new Promise((resolve, reject) => {
        finish = () => { resolve(name); };
        signal.addEventListener('abort', () => { if (name === 'b') reject(signal.reason as Error); });
      }),
      (job: Job<string>) => { seen.push(`${job.file.name} ${job.state}`); },
    );
    queue.add([file('a'), file('b'), file('c')]);
    queue.cancel(1);
    queue.cancel(3);
    finish(); // too late
    await settle();
    expect(queue.jobs.map(({ state }) => state)).toEqual(['cancelled', 'running', 'cancelled']);
    queue.cancelAll();
    await settle();
    expect(queue.busy).toBe(false);
    expect(seen).toEqual(['a waiting', 'b waiting', 'c waiting', 'a running', 'a cancelled', 'c cancelled', 'b running', 'b cancelled']);
  });
});

describe('results', () => {
  it('averages readings', () => {
    const mean = meanCategorical([{ label: 'a', probabilities: { a: 0.9, b: 0.1 } }, { label: 'b', probabilities: { a: 0.3, b: 0.7 } }]);
    expect(mean?.label).toBe('a');
    expect(mean?.probabilities.a).toBeCloseTo(0.6, 12);
    expect(meanCategorical([])).toBeNull();
    const subject = subjectOf('voice', 1, [{ start: 0, end: 3, emotion: null }]);
    expect(subject.emotion).toBeNull();
    expect(subject.age).toBeUndefined();
  });

  it('shows no gender under an age reading of 13', () => {
    const gender = { label: 'female', probabilities: { female: 0.9, male: 0.1 } } as const;
    const age = { low: 0, high: 20, interval: 0.9 };
    expect(shownGender({ gender, age: { ...age, years: 12.9 } })).toBeUndefined();
    expect(shownGender({ gender, age: { ...age, years: 13 } })).toBe(gender);
    expect(shownGender({ gender })).toBe(gender);
  });

  it('are sorted with what is missing last, whichever way', () => {
    const row = (jobId: number, age: number): Parameters<typeof compareRows>[0] => ({ jobId, keys: { file: '', who: '', emotion: '', probability: 0, gender: '', age } });
    const rows = [row(1, -1), row(2, 30), row(3, 5)];
    const order = (descending: boolean): number[] => [...rows].sort((a, b) => compareRows(a, b, { key: 'age', descending })).map(({ jobId }) => jobId);
    expect(order(false)).toEqual([3, 2, 1]);
    expect(order(true)).toEqual([2, 3, 1]);
  });
});

describe('export', () => {
  it('disarms formulas, keeps numbers, quotes what needs it', () => {
    const text = csvOf(['a', 'b'], [['=1+1', -1.5], ['say "hi", you', null], ['@x', Infinity], ['-1', 0]]);
    expect(text).toBe('a,b\r\n\'=1+1,-1.5\r\n"say ""hi"", you",\r\n\'@x,\r\n\'-1,0\r\n');
  });

  it('writes no gender of a child, and a row for what failed', () => {
    const gender = { label: 'male', probabilities: { female: 0.2, male: 0.8 } } as const;
    const child = { start: 0, end: 0, emotion: null, gender, age: { years: 6, low: 3, high: 9, interval: 0.9 } };
    const done: Job<FileReading> = { id: 1, file: new File(['x'], 'a.jpg'), state: 'done', progress: 1, error: null, result: { subjects: [subjectOf('face', 1, [child])], notes: [] } };
    const failed: Job<FileReading> = { ...done, id: 2, state: 'failed', result: null };
    const [header = '', first = '', second = ''] = filesToCsv([done, failed], ({ state }) => (state === 'failed' ? 'why' : '')).split('\r\n');
    const columns = header.split(',');
    expect(first.split(',')[columns.indexOf('gender')]).toBe('');
    expect(first.split(',')[columns.indexOf('age_years')]).toBe('6');
    expect(second.split(',').slice(3, 6)).toEqual(['failed', 'why', 'file']);
  });
});

it('writes times as clocks do', () => {
  expect(clock(0)).toBe('0:00.0');
  expect(clock(65.25)).toBe('1:05.3');
  expect(clock(59.96)).toBe('1:00.0');
  expect(clock(3725.5)).toBe('1:02:05.5');
});
