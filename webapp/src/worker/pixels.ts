import { MienError } from '../errors';
import type { Picture } from '../face/picture';
import type { Frame } from './protocol';

/** Of most cameras' pictures, unless another is asked for. */
const WIDTH = 640;
const HEIGHT = 480;

/** Reads the pixels of bitmaps, at their own size. One canvas serves all frames. */
export class PixelReader {
  private readonly context: OffscreenCanvasRenderingContext2D;

  constructor() {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true, alpha: false });
    if (!context) throw new MienError('worker-failed', 'no canvas can be had in the worker', 'Close other tabs and reload.');
    this.context = context;
  }

  /** One that has been used, for the first use takes several times as long as others; null where there can be none, which the first picture will say. */
  static warmedUp(): PixelReader | null {
    try {
      const reader = new PixelReader();
      Object.assign(reader.context.canvas, { width: WIDTH, height: HEIGHT });
      reader.context.getImageData(0, 0, 1, 1);
      return reader;
    } catch {
      return null;
    }
  }

  /** Closes the bitmap. */
  read(frame: Frame): Picture {
    if (!(frame instanceof ImageBitmap)) return frame;
    const { width, height } = frame;
    const { canvas } = this.context;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this.context.drawImage(frame, 0, 0);
    frame.close();
    return this.context.getImageData(0, 0, width, height);
  }

  /** Decodes a picture file, its colours untouched. */
  async decode(file: Blob): Promise<Picture> {
    let bitmap: ImageBitmap;
    try {
      bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none' });
    } catch {
      throw new MienError(
        'no-decode',
        `the picture (${file.size} bytes, type ${file.type || 'unknown'}) does not decode`,
        'Choose an undamaged JPEG, PNG or WebP picture.',
      );
    }
    return this.read(bitmap);
  }
}
