import type { CropSampler } from './crop';
import type { Placement } from './letterbox';
import type { Picture } from './picture';

/**
 * Writes a picture that lies in the detector's square like this, standardised by the tables, size x size x RGB; false where it
 * cannot.
 */
export type FrameWriter = (picture: Picture, placement: Placement, size: number, tables: readonly Float32Array[], out: Float32Array) => boolean;

/** What a backend does with pictures faster than the page's script. */
export interface PictureKernels {
  sampleCrop: CropSampler;
  writeFrame: FrameWriter;
}
