import { MAX_SAMPLES } from '../../../kernels/codes';
import type { Crop, Similarity } from '../../face/crop';
import type { Placement } from '../../face/letterbox';
import type { Picture } from '../../face/picture';
import type { PictureKernels } from '../../face/picture_kernels';
import type { KernelRuntime } from './runtime';

/** Larger pictures are not copied into the kernels' memory, which never shrinks: 8 million bytes hold a frame of 1080p. */
const MAX_PICTURE_BYTES = 8 << 20;

/** Longer sides the kernel's numbers do not hold. */
const MAX_SIDE = 32_767;

/** Of more levels the sum may not fit into 16 bits. */
const MAX_BLOCK_PIXELS = 257;

const CHANNELS = 3;
const LEVELS = 256;

interface Block {
  at: number;
  bytes: number;
}

const NOWHERE: Block = { at: 0, bytes: 0 };

/** Prepares pictures for the networks by the page's own kernels. A picture is copied once, whatever is asked of it. */
export class KernelPictures implements PictureKernels {
  private held: Picture | null = null;
  private knownTables: readonly Float32Array[] | null = null;
  private picture = NOWHERE;
  private crop = NOWHERE;
  private frame = NOWHERE;
  private tables = NOWHERE;

  constructor(private readonly runtime: KernelRuntime) {}

  /** See `CropSampler`; null where the picture, or the face in it, is too large. */
  readonly sampleCrop = (picture: Picture, map: Similarity, samples: number, { width, height }: Crop): Uint8Array | null => {
    if (tooLarge(picture) || samples > MAX_SAMPLES) return null;
    const { heap, kernels } = this.runtime;
    const { originX, originY, cos, sin, scale } = map;
    const bytes = width * height * CHANNELS;
    // The kernel writes pixels as four bytes, each over the last one's fourth.
    this.crop = this.atLeast(this.crop, bytes + 1);
    this.hold(picture);
    kernels.crop(this.picture.at, picture.width, picture.height, this.crop.at, width, height, samples, originX, originY, cos, sin, scale);
    return heap.byteView(this.crop.at, bytes).slice();
  };

  /** See `FrameWriter`; false where the picture is too large, or does not shrink by whole numbers. */
  readonly writeFrame = (picture: Picture, placement: Placement, size: number, tables: readonly Float32Array[], out: Float32Array): boolean => {
    const { left, top, width, height } = placement;
    const [across, down] = [picture.width / width, picture.height / height];
    if (tooLarge(picture) || !Number.isInteger(across) || !Number.isInteger(down) || across * down > MAX_BLOCK_PIXELS) return false;
    const { heap, kernels } = this.runtime;
    this.frame = this.atLeast(this.frame, out.byteLength);
    this.holdTables(tables);
    this.hold(picture);
    kernels.letterbox(this.picture.at, picture.width, across, down, this.frame.at, size, left, top, width, height, this.tables.at);
    out.set(heap.floats(this.frame.at, out.length));
    return true;
  };

  private hold(picture: Picture): void {
    if (picture === this.held) return;
    const bytes = picture.width * picture.height * 4;
    this.picture = this.atLeast(this.picture, bytes);
    this.runtime.heap.byteView(this.picture.at, bytes).set(picture.data);
    this.held = picture;
  }

  private holdTables(tables: readonly Float32Array[]): void {
    if (tables === this.knownTables) return;
    this.tables = this.atLeast(this.tables, CHANNELS * LEVELS * Float32Array.BYTES_PER_ELEMENT);
    const view = this.runtime.heap.floats(this.tables.at, CHANNELS * LEVELS);
    tables.forEach((table, channel) => view.set(table, channel * LEVELS));
    this.knownTables = tables;
  }

  private atLeast(block: Block, bytes: number): Block {
    if (block.bytes >= bytes) return block;
    if (block.bytes > 0) this.runtime.heap.release(block.at);
    return { at: this.runtime.heap.allocate(bytes), bytes };
  }
}

function tooLarge({ width, height }: Picture): boolean {
  return width * height * 4 > MAX_PICTURE_BYTES || Math.max(width, height) > MAX_SIDE;
}
