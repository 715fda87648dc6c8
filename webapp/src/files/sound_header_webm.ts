/** The sampling rate of the sound track of a WebM or Matroska file (RFC 8794, RFC 9559). */
import { textAt, viewOf } from './bytes';

const SEGMENT = 0x18538067;
const TRACKS = 0x1654ae6b;
const TRACK_ENTRY = 0xae;
const AUDIO = 0xe1;
const SAMPLING_FREQUENCY = 0xb5;
const CODEC_ID = 0x86;

interface Element {
  id: number;
  from: number;
  to: number;
}

/**
 * Hz, or null where there is no sound track.
 * @param head the beginning of the file, so much that the track list is in it
 */
export function readWebmSound(head: Uint8Array): number | null {
  for (const segment of elements(head, 0, head.length)) {
    if (segment.id !== SEGMENT) continue;
    for (const tracks of elements(head, segment.from, segment.to)) {
      if (tracks.id !== TRACKS) continue;
      for (const entry of elements(head, tracks.from, tracks.to)) {
        const rate = entry.id === TRACK_ENTRY ? trackRate(head, entry) : null;
        if (rate !== null) return rate;
      }
    }
  }
  return null;
}

function trackRate(head: Uint8Array, entry: Element): number | null {
  const parts = [...elements(head, entry.from, entry.to)];
  const audio = parts.find(({ id }) => id === AUDIO);
  if (!audio) return null;
  const codec = parts.find(({ id }) => id === CODEC_ID);
  if (codec && textAt(head, codec.from, codec.to - codec.from) === 'A_OPUS') return 48000;
  const rate = [...elements(head, audio.from, audio.to)].find(({ id }) => id === SAMPLING_FREQUENCY);
  if (!rate) return 8000; // the default of the format
  const view = viewOf(head);
  return rate.to - rate.from === 8 ? view.getFloat64(rate.from) : view.getFloat32(rate.from);
}

/** The elements between two places. One of unknown length, as live recordings have them, reaches to the end. */
function* elements(bytes: Uint8Array, from: number, to: number): Generator<Element> {
  for (let at = from; at < to; ) {
    const idLength = Math.clz32(bytes[at] ?? 0) - 23;
    const sizeAt = at + idLength;
    const sizeLength = Math.clz32(bytes[sizeAt] ?? 0) - 23;
    const start = sizeAt + sizeLength;
    if (idLength > 4 || sizeLength > 8 || start > to) return;
    let size = bytes[sizeAt]! & (0xff >> sizeLength);
    let unknown = size === 0xff >> sizeLength;
    for (let i = sizeAt + 1; i < start; i++) {
      size = size * 256 + bytes[i]!;
      unknown &&= bytes[i] === 0xff;
    }
    const id = bytes.subarray(at, sizeAt).reduce((value, byte) => value * 256 + byte, 0);
    const end = unknown ? to : Math.min(to, start + size);
    yield { id, from: start, to: end };
    at = end;
  }
}
