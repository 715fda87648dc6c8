/** Where a box of the camera's picture lies on the screen. */

import type { Box } from '../types';

export interface Size {
  width: number;
  height: number;
}

/**
 * Maps a box from picture pixels to CSS pixels of a stage that the picture covers (`object-fit: cover`).
 *
 * @param box in source pixels of the picture
 * @param picture the picture's size in source pixels
 * @param stage the stage's size in CSS pixels
 * @param mirrored whether left and right are exchanged, as a mirror would show it
 */
export function onStage(box: Box, picture: Size, stage: Size, mirrored: boolean): Box {
  const scale = Math.max(stage.width / picture.width, stage.height / picture.height);
  const left = (stage.width - picture.width * scale) / 2 + box.x * scale;
  const top = (stage.height - picture.height * scale) / 2 + box.y * scale;
  const width = box.width * scale;
  const height = box.height * scale;
  return { x: mirrored ? stage.width - left - width : left, y: top, width, height };
}
