/**
 * Small faces in large pictures. The detector sees 128 x 128 pixels of whatever it is shown, so in a group photograph
 * the faces shrink to nothing. The picture is therefore looked at whole and again in overlapping tiles of a half and of
 * a quarter of its longer side, and what was found twice is merged.
 */
import type { Box, Face } from '../types';

/** Tiles of fewer pixels a side add nothing that the whole picture did not show. */
const MIN_TILE = 640;

/** The longer side of the picture over that of a tile. */
const ZOOMS = [2, 4] as const;

/** A face in a tile must be this sure: there are many tiles, so there are more chances to be wrong. */
const MIN_TILE_SCORE = 0.75;

/** Pixels a side; in smaller boxes there is too little to be read, and too much that only looks like a face. */
const MIN_TILE_FACE = 48;

/** Boxes that share so much of the smaller one are the same face. */
const SAME_SHARE = 0.5;

/** A box so close to an edge of its tile, as a share of the tile's side, may be half a face. */
const EDGE_SHARE = 0.01;

/** The tiles of a picture; none where it is small. */
export function tilesOf(width: number, height: number): Box[] {
  return ZOOMS.flatMap((zoom) => gridOf(width, height, Math.round(Math.max(width, height) / zoom)));
}

/** Tiles of one size, which overlap by half. */
function gridOf(width: number, height: number, side: number): Box[] {
  if (side < MIN_TILE) return [];
  const starts = (length: number): number[] => {
    if (length <= side) return [0];
    const count = 1 + Math.ceil((length - side) / (side / 2));
    return Array.from({ length: count }, (_, i) => Math.round((i * (length - side)) / (count - 1)));
  };
  return starts(height).flatMap((y) =>
    starts(width).map((x) => ({ x, y, width: Math.min(side, width), height: Math.min(side, height) })),
  );
}

/** The faces of a tile that are whole and sure, in the coordinates of the picture. */
export function facesOfTile(faces: readonly Face[], tile: Box, picture: { width: number; height: number }): Face[] {
  return faces
    .filter((face) => face.score >= MIN_TILE_SCORE && face.box.width >= MIN_TILE_FACE && isWhole(face.box, tile, picture))
    .map((face) => ({
      ...face,
      box: { ...face.box, x: face.box.x + tile.x, y: face.box.y + tile.y },
      keypoints: face.keypoints.map((point) => ({ ...point, x: point.x + tile.x, y: point.y + tile.y })),
    }));
}

/** Away from those edges of the tile that are not the picture's own. */
function isWhole(box: Box, tile: Box, picture: { width: number; height: number }): boolean {
  const margin = EDGE_SHARE * Math.max(tile.width, tile.height);
  return (
    (tile.x === 0 || box.x >= margin) &&
    (tile.y === 0 || box.y >= margin) &&
    (tile.x + tile.width >= picture.width || box.x + box.width <= tile.width - margin) &&
    (tile.y + tile.height >= picture.height || box.y + box.height <= tile.height - margin)
  );
}

/** Each face once, the surest finding of it, from left to right. */
export function mergeFaces(faces: readonly Face[]): Face[] {
  const kept: Face[] = [];
  for (const face of [...faces].sort((a, b) => b.score - a.score)) {
    if (!kept.some((other) => sharedArea(face.box, other.box) > SAME_SHARE)) kept.push(face);
  }
  return kept.sort((a, b) => a.box.x - b.box.x);
}

/** Of the smaller box, the share that both have. */
function sharedArea(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const smaller = Math.min(a.width * a.height, b.width * b.height);
  return width > 0 && height > 0 && smaller > 0 ? (width * height) / smaller : 0;
}
