/** A small copy of a picture with a frame around each face. A canvas needs no address, so none can be left behind. */
import type { Box } from '../types';
import { make } from '../ui/dom';

/** CSS pixels; drawn at twice as many, for sharp screens. */
const WIDTH = 112;
const HEIGHT = 84;
const DENSITY = 2;

/** @param boxes In pixels of the picture. */
export function makeThumbnail(picture: OffscreenCanvas | HTMLVideoElement, size: { width: number; height: number }, boxes: readonly Box[]): HTMLCanvasElement {
  const scale = Math.min((WIDTH * DENSITY) / size.width, (HEIGHT * DENSITY) / size.height);
  const canvas = make('canvas', {
    class: 'file-thumbnail',
    width: Math.max(1, Math.round(size.width * scale)),
    height: Math.max(1, Math.round(size.height * scale)),
    'data-boxes': boxes.length,
  });
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  for (const [width, colour] of [[6, 'rgb(6 14 16 / 60%)'], [3, '#63d4c4']] as const) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    for (const box of boxes) context.strokeRect(box.x * scale, box.y * scale, box.width * scale, box.height * scale);
  }
  return canvas;
}

/** A copy for one row, with one of the frames made to stand out. `box` is in pixels of the picture. */
export function markedThumbnail(thumbnail: HTMLCanvasElement, size: { width: number; height: number }, box: Box | null): HTMLCanvasElement {
  const copy = make('canvas', { class: 'file-thumbnail', width: thumbnail.width, height: thumbnail.height, 'data-boxes': thumbnail.dataset.boxes });
  const context = copy.getContext('2d');
  if (!context) return copy;
  context.drawImage(thumbnail, 0, 0);
  if (!box || Number(thumbnail.dataset.boxes) < 2) return copy;
  const scale = thumbnail.width / size.width;
  context.lineWidth = 5;
  context.strokeStyle = '#fff';
  context.strokeRect(box.x * scale, box.y * scale, box.width * scale, box.height * scale);
  return copy;
}
