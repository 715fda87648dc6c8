/**
 * Shrinking by whole numbers, such as 640 x 480 to 128 x 96: what nearly every camera's pictures need for the detector.
 * Each output pixel is then a plain mean, its sums whole numbers, and two channels of a pixel are added at once.
 */
import { ROUNDING } from './levels';

/** A sum of so many levels stays below 2^16, so that red and blue share 32 bits. */
const MAX_PIXELS = Math.floor(0xffff / 255);

/** Where the first channel of a pixel is the lowest byte of a word: everywhere that a browser runs, but who knows. */
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** The pixels as words, if a picture of this size shrinks to that one by whole numbers; null if not. */
export function wordsToShrink(
  { data, width, height }: { data: Uint8ClampedArray | Uint8Array; width: number; height: number },
  toWidth: number,
  toHeight: number,
): Uint32Array | null {
  const whole = width % toWidth === 0 && height % toHeight === 0 && (width / toWidth) * (height / toHeight) <= MAX_PIXELS;
  if (!whole || !LITTLE_ENDIAN || data.byteOffset % 4 !== 0) return null;
  return new Uint32Array(data.buffer, data.byteOffset, width * height);
}

/**
 * Writes the means as RGB levels, the same as the general way gives.
 * @param words RGBA, `fromWidth` to a row.
 * @param across Source pixels for one of `out`; `down` likewise.
 * @param stride Pixels from one row of `out` to the next.
 * @param offset Of the first pixel in `out`, in pixels.
 */
export function shrinkWhole(
  words: Uint32Array,
  across: number,
  down: number,
  width: number,
  height: number,
  out: Uint8Array,
  stride: number,
  offset: number,
): void {
  const fromWidth = width * across;
  const share = 1 / (across * down);
  for (let y = 0; y < height; y++) {
    let to = (offset + y * stride) * 3;
    for (let x = 0; x < width; x++) {
      let redBlue = 0;
      let green = 0;
      let row = y * down * fromWidth + x * across;
      for (let j = 0; j < down; j++, row += fromWidth) {
        for (let at = row; at < row + across; at++) {
          const word = words[at]!;
          redBlue = (redBlue + (word & 0xff00ff)) | 0;
          green = (green + ((word >>> 8) & 0xff)) | 0;
        }
      }
      out[to++] = ((redBlue & 0xffff) * share + ROUNDING) | 0;
      out[to++] = (green * share + ROUNDING) | 0;
      out[to++] = ((redBlue >>> 16) * share + ROUNDING) | 0;
    }
  }
}
