/**
 * The rate at which a sound file was made, read from its header. Browsers decode to the rate of the context that asks;
 * asked at the file's own rate they change nothing, and the only resampler that the sound meets is ours.
 */
import { type ByteSource, textAt, viewOf } from './bytes';
import { readMp4Sound } from './sound_header_mp4';
import { readWebmSound } from './sound_header_webm';

export interface SoundHeader {
  format: 'wav' | 'flac' | 'mp3' | 'aac' | 'ogg' | 'mp4' | 'webm';
  /** Hz. */
  sampleRate: number;
}

const HEAD = 64 * 1024;

/** MPEG-1 rates; MPEG-2 has half of them, MPEG-2.5 a quarter. ISO/IEC 11172-3 and 13818-3. */
const MPEG_RATES = [44100, 48000, 32000] as const;
const MPEG_DIVISORS = [4, 0, 2, 1] as const;
/** ISO/IEC 14496-3, table 1.18. */
const AAC_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350] as const;

/** The header of a sound file or of a film's sound track; null where it has none that we know. */
export async function readSoundHeader(source: ByteSource): Promise<SoundHeader | null> {
  const start = await afterTag(source);
  const head = await source.read(start, start + HEAD);
  const four = textAt(head, 0, 4);
  if (four === 'RIFF' || four === 'RF64') return found('wav', wavRate(head));
  if (four === 'fLaC') return found('flac', flacRate(head, 4));
  if (four === 'OggS') return found('ogg', oggRate(head));
  if (textAt(head, 4, 4) === 'ftyp') return found('mp4', await readMp4Sound(source));
  if (head.length > 4 && viewOf(head).getUint32(0) === 0x1a45dfa3) return found('webm', readWebmSound(await source.read(0, 16 * HEAD)));
  return frameHeader(head);
}

function found(format: SoundHeader['format'], sampleRate: number | null): SoundHeader | null {
  return sampleRate === null || !(sampleRate > 0) ? null : { format, sampleRate: Math.round(sampleRate) };
}

/** Where an ID3v2 tag ends, which pictures can make long; 0 where there is none. */
async function afterTag(source: ByteSource): Promise<number> {
  const tag = await source.read(0, 10);
  if (tag.length < 10 || textAt(tag, 0, 3) !== 'ID3') return 0;
  const size = tag.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  return 10 + size + ((tag[5]! & 0x10) === 0 ? 0 : 10);
}

function wavRate(head: Uint8Array): number | null {
  const view = viewOf(head);
  for (let at = 12; at + 16 <= head.length; ) {
    const size = view.getUint32(at + 4, true);
    if (textAt(head, at, 4) === 'fmt ') return view.getUint32(at + 12, true);
    at += 8 + size + (size % 2);
  }
  return null;
}

/** @param at of the first metadata block, which is STREAMINFO. */
function flacRate(head: Uint8Array, at: number): number | null {
  if (head.length < at + 18) return null;
  return viewOf(head).getUint32(at + 14) >>> 12;
}

/** Of the first stream whose first page names one of the codecs. */
function oggRate(head: Uint8Array): number | null {
  const view = viewOf(head);
  for (let at = 0; at + 28 < head.length && textAt(head, at, 4) === 'OggS'; ) {
    const segments = head[at + 26]!;
    const body = at + 27 + segments;
    if (textAt(head, body, 7) === '\x01vorbis' && body + 16 <= head.length) return view.getUint32(body + 12, true);
    if (textAt(head, body, 8) === 'OpusHead') return 48000; // always decoded at this rate (RFC 7845)
    if (textAt(head, body, 5) === '\x7fFLAC') return flacRate(head, body + 13);
    at = body + head.subarray(at + 27, body).reduce((sum, length) => sum + length, 0);
  }
  return null;
}

/** The first frame of MPEG audio or ADTS; before it some files have padding. */
function frameHeader(head: Uint8Array): SoundHeader | null {
  for (let at = 0; at + 4 <= head.length; at++) {
    if (head[at] !== 0xff || (head[at + 1]! & 0xe0) !== 0xe0) continue;
    const second = head[at + 1]!;
    const third = head[at + 2]!;
    if ((second & 0xf6) === 0xf0) {
      const rate = AAC_RATES[(third >> 2) & 0x0f];
      if (rate !== undefined) return { format: 'aac', sampleRate: rate };
      continue;
    }
    const base = MPEG_RATES[((third >> 2) & 3) as 0];
    const divisor = MPEG_DIVISORS[((second >> 3) & 3) as 0] as number;
    const layer = (second >> 1) & 3;
    const isFrame = layer !== 0 && third >> 4 !== 15 && ((third >> 2) & 3) !== 3 && divisor !== 0;
    if (isFrame) return { format: 'mp3', sampleRate: base / divisor };
  }
  return null;
}
