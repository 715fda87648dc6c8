/**
 * Looks closer where a whole frame shows no face. The detector sees 128 pixels a side, in which a face of a wide frame
 * may be too small: squares of the frame, ever smaller ones, show it larger. What is found in one counts only if a
 * second look, at a square around it, finds it again: many looks would else find faces in curtains. That look also
 * places the eyes best, since the face fills as much of it as of the pictures that the networks were trained on.
 * As in training/preprocessing/search.py.
 */
import { moved, overlap, suppress, type Detection } from './decode';
import type { Picture } from './picture';

export interface Region {
  left: number;
  top: number;
  side: number;
}

/** Sides of the squares, as shares of the frame's shorter side; coarse ones first, since near faces are likelier. */
const SIDES = [1, 0.75, 0.5];

/** Neighbouring squares lie at most this share of their side apart: a face of half a square lies whole in one of them. */
const STEP = 0.5;

/** Side of the square around a face that is looked at again, in widths of its box. */
export const SECOND_LOOK = 2.2;

/** Overlap (intersection over union) from which both looks saw the same face. */
const SAME_FACE = 0.3;

/** Squares looked at in one frame of a film: the whole round takes about a second, and no frame takes much longer. */
const LOOKS_PER_FRAME = 2;

/** The squares of each size, row by row. */
export function searchLevels(width: number, height: number): Region[][] {
  return SIDES.map((share) => {
    const side = Math.max(1, Math.floor(Math.min(width, height) * share));
    return starts(height, side).flatMap((top) => starts(width, side).map((left) => ({ left, top, side })));
  });
}

/** Evenly spread starts of stretches of `side` that cover `length`. */
function starts(length: number, side: number): number[] {
  const gaps = Math.ceil((length - side) / (side * STEP));
  return Array.from({ length: gaps + 1 }, (_, i) => (gaps === 0 ? 0 : Math.floor((i * (length - side)) / gaps + 0.5)));
}

/** A square around a face, of so many widths of it, moved so that it lies in the picture. */
export function regionAround(face: Detection, { width, height }: Picture, widths: number): Region {
  const side = Math.max(1, Math.min(Math.floor(widths * (face.x1 - face.x0) + 0.5), width, height));
  const start = (middle: number, length: number): number => Math.max(0, Math.min(Math.floor(middle - side / 2 + 0.5), length - side));
  return { left: start((face.x0 + face.x1) / 2, width), top: start((face.y0 + face.y1) / 2, height), side };
}

export class FaceSearch {
  private around: Region | null = null;
  private turn = 0;

  constructor(private readonly detect: (picture: Picture) => Promise<Detection[]>) {}

  /** Faces of a still picture that showed none as a whole, best first: of the first size of square that shows any. */
  async inStill(picture: Picture): Promise<Detection[]> {
    for (const regions of searchLevels(picture.width, picture.height)) {
      const faces: Detection[] = [];
      for (const region of regions) faces.push(...(await this.look(picture, region)));
      const confirmed = await this.confirm(picture, faces);
      if (confirmed.length > 0) return confirmed;
    }
    return [];
  }

  /**
   * The same for one frame of a film: where a face was last, then a few squares, in turn from frame to frame.
   * @param admit Tells which of the faces count; where none does, the search goes on.
   */
  async inFilm(picture: Picture, admit: (faces: Detection[]) => Promise<Detection[]>): Promise<Detection[]> {
    const there = this.around && inside(this.around, picture) ? await admit(await this.look(picture, this.around)) : [];
    if (there.length > 0) return this.remember(there, picture);
    this.around = null;
    const regions = searchLevels(picture.width, picture.height).flat();
    for (let looks = 0; looks < LOOKS_PER_FRAME; looks++) {
      const region = regions[this.turn++ % regions.length]!;
      const confirmed = await admit(await this.confirm(picture, await this.look(picture, region)));
      if (confirmed.length > 0) return this.remember(confirmed, picture);
    }
    return [];
  }

  /**
   * The score of a closer look at a face; 0 where that sees none in its place.
   * @param widths Side of the square that is looked at, in widths of the face.
   * @param mirror Whether the detector is shown the square in a mirror.
   */
  async closer(picture: Picture, face: Detection, widths: number, mirror: boolean): Promise<number> {
    const region = regionAround(face, picture, widths);
    const piece = cut(picture, region);
    const { x0, y0, x1, y1 } = moved(face, -region.left, -region.top);
    const there = mirror ? { x0: region.side - x1, y0, x1: region.side - x0, y1 } : { x0, y0, x1, y1 };
    const seen = await this.detect(mirror ? mirrored(piece) : piece);
    return seen.find((other) => overlap(there, other) > SAME_FACE)?.score ?? 0;
  }

  private remember(faces: Detection[], picture: Picture): Detection[] {
    this.around = regionAround(faces[0]!, picture, SECOND_LOOK);
    return faces;
  }

  private async look(picture: Picture, region: Region): Promise<Detection[]> {
    return (await this.detect(cut(picture, region))).map((face) => moved(face, region.left, region.top));
  }

  /** What a second look finds again, best first. */
  private async confirm(picture: Picture, faces: readonly Detection[]): Promise<Detection[]> {
    const confirmed: Detection[] = [];
    for (const face of suppress(byScore(faces), SAME_FACE)) {
      const again = await this.look(picture, regionAround(face, picture, SECOND_LOOK));
      const same = again.find((other) => overlap(face, other) > SAME_FACE);
      if (same) confirmed.push(same);
    }
    return byScore(confirmed);
  }
}

function byScore(faces: readonly Detection[]): Detection[] {
  return [...faces].sort((a, b) => b.score - a.score);
}

function inside({ left, top, side }: Region, { width, height }: Picture): boolean {
  return left + side <= width && top + side <= height;
}

function cut({ data, width }: Picture, { left, top, side }: Region): Picture {
  const piece = new Uint8ClampedArray(side * side * 4);
  for (let y = 0; y < side; y++) {
    const from = ((top + y) * width + left) * 4;
    piece.set(data.subarray(from, from + side * 4), y * side * 4);
  }
  return { width: side, height: side, data: piece };
}

function mirrored({ data, width, height }: Picture): Picture {
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height).slice();
  for (let y = 0; y < height; y++) pixels.subarray(y * width, (y + 1) * width).reverse();
  return { width, height, data: new Uint8ClampedArray(pixels.buffer) };
}
