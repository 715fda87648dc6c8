import { MienError } from '../errors';
import type { FaceSource } from '../types';
import type { Frame } from './protocol';

const SIZE_HINT = 'Wait for the first frame of the video, or give a picture of at least one pixel.';

function sizeOf(source: FaceSource): { width: number; height: number } {
  if (typeof HTMLVideoElement !== 'undefined' && source instanceof HTMLVideoElement) {
    return source.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
      ? { width: source.videoWidth, height: source.videoHeight }
      : { width: 0, height: 0 };
  }
  return source;
}

/** Refuses what has no pixels. Throws MienError `bad-input`. */
export function checkSource(source: FaceSource): void {
  const { width, height } = sizeOf(source);
  if (width > 0 && height > 0) return;
  throw new MienError('bad-input', `the picture has ${width} x ${height} pixels`, SIZE_HINT);
}

/** A copy of the source as it is now, to be transferred; the caller's own bitmap stays his. */
export async function captureFrame(source: FaceSource): Promise<Frame> {
  checkSource(source);
  if (source instanceof ImageData) {
    const { width, height, data } = source;
    return { width, height, data: new Uint8ClampedArray(data) };
  }
  try {
    return await createImageBitmap(source, { colorSpaceConversion: 'none' });
  } catch (error) {
    throw new MienError('bad-input', `the picture could not be read: ${String(error)}`, 'Use pictures of the same origin as the page.');
  }
}

export function transferOf(frame: Frame): Transferable[] {
  if (frame instanceof ImageBitmap) return [frame];
  return frame.data.buffer instanceof ArrayBuffer ? [frame.data.buffer] : [];
}

/** Frees a frame that will not be sent. */
export function discardFrame(frame: Frame): void {
  if (frame instanceof ImageBitmap) frame.close();
}
