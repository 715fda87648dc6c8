/** Reads all faces of a picture file. */
import type { Face, Mien } from '../types';
import { fileProblem } from './problem';
import { momentOf, subjectOf, type FileReading, type Note } from './results';
import { makeThumbnail } from './thumbnail';
import { facesOfTile, mergeFaces, tilesOf } from './tiles';
import type { Step } from './step';

/** Files above this are no photographs. */
export const MAX_PICTURE_BYTES = 100e6;

/** More pixels would take gigabytes to decode. */
const MAX_PIXELS = 250e6;

/** The longest side that is read; larger pictures are scaled down to it. Above all phones' 12-megapixel pictures. */
export const MAX_SIDE = 4096;

/** Faces that are read in one look at the picture or at a tile of it. */
const MAX_FACES = 32;

/** @throws Problem `too-large` or `no-decode` */
export async function readPicture(file: File, mien: Mien, step: Step): Promise<FileReading> {
  if (file.size > MAX_PICTURE_BYTES) throw fileProblem('too-large', { limit: Math.round(MAX_PICTURE_BYTES / 1e6) });
  const { canvas, scaled } = await decodePicture(file, step);
  const { width, height } = canvas;
  const faces = await facesIn(canvas, mien, step);
  const notes: Note[] = [];
  if (scaled) notes.push('scaled');
  if (faces.length === 0) notes.push('no-face');
  if (faces.length >= MAX_FACES) notes.push('many-faces');
  return {
    subjects: faces.map((face, index) => subjectOf('face', index + 1, [momentOf(face, 0, 0)])),
    notes,
    size: { width, height },
    thumbnail: makeThumbnail(canvas, canvas, faces.map((face) => face.box)),
  };
}

async function facesIn(picture: OffscreenCanvas, mien: Mien, step: Step): Promise<Face[]> {
  const tiles = tilesOf(picture.width, picture.height);
  const faces = await mien.analyseFaces(picture, { maxFaces: MAX_FACES });
  for (const [index, tile] of tiles.entries()) {
    step.signal.throwIfAborted();
    step.progress((index + 1) / (tiles.length + 1));
    const part = await createImageBitmap(picture, tile.x, tile.y, tile.width, tile.height);
    try {
      faces.push(...facesOfTile(await mien.analyseFaces(part, { maxFaces: MAX_FACES }), tile, picture));
    } finally {
      part.close();
    }
  }
  return mergeFaces(faces);
}

/**
 * Upright, whatever way the phone was held, and no larger than is sensible. On a canvas, since Chromium cuts tiles out
 * of a bitmap that EXIF has turned as if it had not been turned.
 */
async function decodePicture(file: File, { scope }: Step): Promise<{ canvas: OffscreenCanvas; scaled: boolean }> {
  const size = await uprightSize(file, scope);
  if (size.width * size.height > MAX_PIXELS) {
    throw fileProblem('too-large', { limit: Math.round(MAX_PICTURE_BYTES / 1e6) });
  }
  const scale = Math.min(1, MAX_SIDE / Math.max(size.width, size.height));
  const options: ImageBitmapOptions = { imageOrientation: 'from-image', colorSpaceConversion: 'none' };
  if (scale < 1) {
    options.resizeWidth = Math.max(1, Math.round(size.width * scale));
    options.resizeHeight = Math.max(1, Math.round(size.height * scale));
    options.resizeQuality = 'high';
  }
  const bitmap = await createImageBitmap(file, options).catch(() => { throw fileProblem('no-decode'); });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext('2d', { alpha: false })?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { canvas, scaled: scale < 1 };
}

/** Width and height after EXIF's rotation, from the header alone. */
function uprightSize(file: File, scope: Step['scope']): Promise<{ width: number; height: number }> {
  const inner = scope.child();
  const url = URL.createObjectURL(file);
  inner.add(() => { URL.revokeObjectURL(url); });
  const image = new Image();
  return new Promise<{ width: number; height: number }>((resolve, reject) => {
    inner.listen(scope.signal, 'abort', () => { reject(scope.signal.reason as Error); });
    inner.listen(image, 'load', () => { resolve({ width: image.naturalWidth, height: image.naturalHeight }); });
    inner.listen(image, 'error', () => { reject(fileProblem('no-decode')); });
    image.src = url;
  }).finally(() => { inner.dispose(); });
}
