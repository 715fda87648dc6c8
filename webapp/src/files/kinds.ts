/** What a file is, judged by its first bytes: names and types given by systems are often wrong or missing. */
import { textAt } from './bytes';

export type FileKind = 'picture' | 'film' | 'sound';

/** So many bytes are enough for `kindOf`. */
export const HEAD_BYTES = 4096;

const EBML = [0x1a, 0x45, 0xdf, 0xa3];
const PICTURE_STARTS: readonly (readonly number[])[] = [
  [0xff, 0xd8, 0xff], // JPEG
  [0x89, 0x50, 0x4e, 0x47], // PNG
];
const PICTURE_BRANDS = /^(avif|avis|heic|heix|hevc|heim|heis|mif1|msf1)/;
const SOUND_NAMES = /\.(m4a|m4b|aac|oga|ogg|opus|weba|mka|mp3|flac|wav|wave)$/i;

/**
 * The kind of a file; null where nobody knows it. Containers that hold films and sound alike (MP4, WebM, Ogg) go by
 * the type and the name, and are films where these say nothing: whoever opens a film finds out whether it has pictures.
 *
 * @param head its first bytes, `HEAD_BYTES` of them or the whole file
 * @param type MIME type as the system says, or empty
 */
export function kindOf(head: Uint8Array, name: string, type: string): FileKind | null {
  const four = textAt(head, 0, 4);
  const eight = textAt(head, 8, 4);
  if (PICTURE_STARTS.some((start) => begins(head, start)) || four === 'GIF8' || textAt(head, 0, 2) === 'BM') return 'picture';
  if (four === 'RIFF' && eight === 'WEBP') return 'picture';
  if ((four === 'RIFF' || four === 'RF64') && eight === 'WAVE') return 'sound';
  if (four === 'RIFF' && eight === 'AVI ') return 'film';
  if (four === 'fLaC' || textAt(head, 0, 3) === 'ID3' || isAudioFrame(head)) return 'sound';
  if (textAt(head, 4, 4) === 'ftyp') {
    if (PICTURE_BRANDS.test(eight)) return 'picture';
    return eight === 'M4A ' || eight === 'M4B ' || saysSound(name, type) ? 'sound' : 'film';
  }
  if (four === 'OggS') return !textAt(head, 0, head.length).includes('theora') && saysOgg(name, type) ? 'sound' : 'film';
  if (begins(head, EBML)) return saysSound(name, type) ? 'sound' : 'film';
  return null;
}

function begins(head: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => head[index] === byte);
}

/** A frame of MPEG audio (layers 1 to 3) or of ADTS AAC, without a tag before it. */
function isAudioFrame(head: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0] = head;
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return false;
  if ((second & 0xf6) === 0xf0) return ((third >> 2) & 0x0f) < 13; // ADTS: layer bits are zero
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  return version !== 1 && layer !== 0 && third >> 4 !== 15 && ((third >> 2) & 3) !== 3;
}

function saysSound(name: string, type: string): boolean {
  return type.startsWith('audio/') || (!type.startsWith('video/') && SOUND_NAMES.test(name));
}

function saysOgg(name: string, type: string): boolean {
  return !type.startsWith('video/') && !/\.ogv$/i.test(name);
}
