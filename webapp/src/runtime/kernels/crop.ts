import type { Crop, Similarity } from '../../face/crop';
import type { Picture } from '../../face/picture';
import type { KernelRuntime } from './runtime';

/** Larger pictures are not copied into the kernels' memory, which never shrinks: 8 million bytes hold a frame of 1080p. */
const MAX_PICTURE_BYTES = 8 << 20;

/** Longer sides, or more samples to a pixel of the crop, the kernel's numbers do not hold. */
const MAX_SIDE = 32_767;
const MAX_SAMPLES = 22;

/** Cuts faces out by the page's own kernels. A picture is copied once, however many faces it has. */
export class KernelCrops {
  private held: Picture | null = null;
  private room = { at: 0, bytes: 0 };
  private result = { at: 0, bytes: 0 };

  constructor(private readonly runtime: KernelRuntime) {}

  /** See `CropSampler`; null where the picture, or the face in it, is too large. */
  sample(picture: Picture, { originX, originY, cos, sin, scale }: Similarity, samples: number, { width, height }: Crop): Uint8Array | null {
    const bytes = picture.width * picture.height * 4;
    if (bytes > MAX_PICTURE_BYTES || Math.max(picture.width, picture.height) > MAX_SIDE || samples > MAX_SAMPLES) return null;
    const { heap, kernels } = this.runtime;
    const size = width * height * 3;
    this.result = this.atLeast(this.result, size);
    if (picture !== this.held) {
      this.room = this.atLeast(this.room, bytes);
      heap.byteView(this.room.at, bytes).set(picture.data);
      this.held = picture;
    }
    kernels.crop(this.room.at, picture.width, picture.height, this.result.at, width, height, samples, originX, originY, cos, sin, scale);
    return heap.byteView(this.result.at, size).slice();
  }

  private atLeast(block: { at: number; bytes: number }, bytes: number): { at: number; bytes: number } {
    if (block.bytes >= bytes) return block;
    if (block.bytes > 0) this.runtime.heap.release(block.at);
    return { at: this.runtime.heap.allocate(bytes), bytes };
  }
}
