/**
 * Follows the faces of a film from where the detector saw them last, so that it need not look at every picture: a patch of
 * each face is found again nearby by normalised cross-correlation (J. P. Lewis, Fast Normalized Cross-Correlation, 1995).
 * Whatever is not beyond doubt is left to the detector, which also looks for newcomers every fifth picture at least.
 */
import { coverOf } from './cover';
import { moved, type Detection } from './decode';
import type { Picture } from './picture';

/** Pictures in a row that the detector may leave out, and for how many seconds. */
const MAX_PICTURES = 4;
const MAX_SECONDS = 0.4;

/** A patch is the green of GRID x GRID pixels spread over the face's box: of the three it is the nearest to luma. */
const GRID = 16;

/** Places are tried on grids of these steps, in sides of the face: the first one around where the face was, each other around the best so far. */
const STEPS = [1 / 24, 1 / 48, 1 / 96];
const FIRST_REACH = 3;

/** A face that moves on or smiles correlates less with its patch; then the detector looks. */
const SURE = 0.95;

/** Below this standard deviation (grey levels) of a patch there is nothing to find again. */
const MIN_CONTRAST = 4;

/** Levels less their mean, divided by their norm. */
type Patch = Float64Array;

interface Followed {
  face: Detection;
  patch: Patch;
}

interface Shift {
  x: number;
  y: number;
  correlation: number;
}

export class FaceFollower {
  private faces: readonly Followed[] = [];
  private pictures = 0;
  private detectedAt = -Infinity;
  private width = 0;
  private height = 0;
  private readonly scratch: Patch = new Float64Array(GRID * GRID);

  /** Takes in what the detector saw. None of it is followed if a face has no patch or is near another one. */
  remember(picture: Picture, faces: readonly Detection[], now: number): void {
    this.pictures = 0;
    this.detectedAt = now;
    this.width = picture.width;
    this.height = picture.height;
    this.faces = [];
    if (faces.some((face) => coverOf(face, faces.filter((other) => other !== face)) > 0)) return;
    const followed = faces.map((face) => ({ face, patch: new Float64Array(GRID * GRID) }));
    if (followed.every(({ face, patch }) => cutPatch(picture, face, 0, 0, patch))) this.faces = followed;
  }

  /** The faces where they are now, in the same order; or null where the detector is to look. */
  follow(picture: Picture, now: number): Detection[] | null {
    const passed = now - this.detectedAt;
    const known = this.faces.length > 0 && this.pictures < MAX_PICTURES && passed > 0 && passed <= MAX_SECONDS;
    if (!known || picture.width !== this.width || picture.height !== this.height) return null;
    this.pictures++;
    const found: Detection[] = [];
    for (const followed of this.faces) {
      const shift = this.find(picture, followed);
      if (shift.correlation < SURE) return null;
      found.push(moved(followed.face, shift.x, shift.y));
    }
    return found;
  }

  private find(picture: Picture, { face, patch }: Followed): Shift {
    const side = (face.x1 - face.x0 + face.y1 - face.y0) / 2;
    let best: Shift = { x: 0, y: 0, correlation: -1 };
    for (const [level, step] of STEPS.entries()) {
      const centre = best;
      const reach = level === 0 ? FIRST_REACH : 1;
      for (let row = -reach; row <= reach; row++) {
        for (let column = -reach; column <= reach; column++) {
          const x = centre.x + column * step * side;
          const y = centre.y + row * step * side;
          if (!cutPatch(picture, face, x, y, this.scratch)) continue;
          const correlation = product(patch, this.scratch);
          if (correlation > best.correlation) best = { x, y, correlation };
        }
      }
    }
    const edge = FIRST_REACH * STEPS[0]! * side;
    // The best place may then lie beyond.
    return Math.max(Math.abs(best.x), Math.abs(best.y)) < edge ? best : { ...best, correlation: -1 };
  }
}

/** Writes the patch of `face`, moved by (`x`, `y`) pixels. @returns whether there is any contrast. */
function cutPatch({ data, width, height }: Picture, face: Detection, x: number, y: number, patch: Patch): boolean {
  const stepX = (face.x1 - face.x0) / GRID;
  const stepY = (face.y1 - face.y0) / GRID;
  let sum = 0;
  let squares = 0;
  for (let row = 0, at = 0; row < GRID; row++) {
    const line = within(face.y0 + y + (row + 0.5) * stepY, height) * width;
    for (let column = 0; column < GRID; column++, at++) {
      const level = data[(line + within(face.x0 + x + (column + 0.5) * stepX, width)) * 4 + 1]!;
      patch[at] = level;
      sum += level;
      squares += level * level;
    }
  }
  const mean = sum / patch.length;
  const norm = Math.sqrt(Math.max(0, squares - sum * mean));
  if (!(norm > MIN_CONTRAST * GRID)) return false;
  for (let at = 0; at < patch.length; at++) patch[at] = (patch[at]! - mean) / norm;
  return true;
}

/** The pixel that holds a continuous coordinate; the edge repeats outwards. */
function within(coordinate: number, size: number): number {
  return Math.max(0, Math.min(size - 1, Math.floor(coordinate)));
}

function product(a: Patch, b: Patch): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}
