/** The sampling rate of the sound track of an MP4, M4A or QuickTime file (ISO/IEC 14496-12). */
import { type ByteSource, textAt, viewOf } from './bytes';

/** A `moov` larger than this belongs to no sane file. */
const MAX_MOOV = 64 * 1024 * 1024;

interface BoxPlace {
  type: string;
  /** Of its contents. */
  from: number;
  to: number;
}

/** Hz, or null where there is no sound track. */
export async function readMp4Sound(source: ByteSource): Promise<number | null> {
  for (let at = 0; at + 8 <= source.size; ) {
    const head = await source.read(at, at + 16);
    const box = boxAt(head, 0, source.size - at);
    if (!box) return null;
    if (box.type === 'moov') {
      if (box.to - box.from > MAX_MOOV) return null;
      return soundRate(await source.read(at + box.from, at + box.to));
    }
    at += box.to;
  }
  return null;
}

function boxAt(bytes: Uint8Array, at: number, end: number): BoxPlace | null {
  if (at + 8 > bytes.length) return null;
  const view = viewOf(bytes);
  let size = view.getUint32(at);
  let header = 8;
  if (size === 1) {
    if (at + 16 > bytes.length) return null;
    size = Number(view.getBigUint64(at + 8));
    header = 16;
  }
  if (size === 0) size = end - at; // to the end of the file
  if (size < header) return null;
  return { type: textAt(bytes, at + 4, 4), from: at + header, to: at + size };
}

function* boxesIn(bytes: Uint8Array, from: number, to: number): Generator<BoxPlace> {
  for (let at = from; at < to; ) {
    const box = boxAt(bytes, at, to);
    if (!box || box.to > to) return;
    yield box;
    at = box.to;
  }
}

function child(bytes: Uint8Array, parent: BoxPlace, ...path: string[]): BoxPlace | null {
  let place = parent;
  for (const type of path) {
    const next = [...boxesIn(bytes, place.from, place.to)].find((box) => box.type === type);
    if (!next) return null;
    place = next;
  }
  return place;
}

function soundRate(moov: Uint8Array): number | null {
  const view = viewOf(moov);
  for (const track of boxesIn(moov, 0, moov.length)) {
    if (track.type !== 'trak') continue;
    const handler = child(moov, track, 'mdia', 'hdlr');
    if (!handler || textAt(moov, handler.from + 8, 4) !== 'soun') continue;
    const table = child(moov, track, 'mdia', 'minf', 'stbl', 'stsd');
    // In the first sample entry: 16.16 fixed point, 24 bytes after its header; too small for rates above 65,535 Hz.
    const entry = table && boxAt(moov, table.from + 8, table.to);
    const rate = entry && entry.from + 28 <= moov.length ? view.getUint32(entry.from + 24) >>> 16 : 0;
    if (rate > 0) return rate;
    const media = child(moov, track, 'mdia', 'mdhd');
    if (media) return view.getUint32(media.from + (moov[media.from] === 1 ? 20 : 12));
  }
  return null;
}
