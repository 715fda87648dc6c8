/** Blocks of the kernels' memory. */

/** So that whoever reads four numbers at once finds them in one line of the cache. */
const ALIGNMENT = 64;

const PAGE_BYTES = 65536;

/** The memory grows by so much at least: each time costs more than the bytes do. */
const GROWTH_BYTES = 1 << 20;

interface Block {
  at: number;
  bytes: number;
}

export class Heap {
  /** Those in use, by address. */
  private readonly blocks: Block[] = [];

  /** @param start The first byte that is free. */
  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly start: number,
  ) {}

  /** The address of so many bytes, of which nothing is known. Views that were taken before may have lost their memory. */
  allocate(wanted: number): number {
    const bytes = Math.max(1, wanted);
    let at = aligned(this.start);
    let index = 0;
    for (; index < this.blocks.length; index++) {
      const { at: next, bytes: length } = this.blocks[index]!;
      if (at + bytes <= next) break;
      at = aligned(next + length);
    }
    const missing = at + bytes - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(Math.max(missing, GROWTH_BYTES) / PAGE_BYTES));
    this.blocks.splice(index, 0, { at, bytes });
    return at;
  }

  release(at: number): void {
    const index = this.blocks.findIndex((block) => block.at === at);
    if (index >= 0) this.blocks.splice(index, 1);
  }

  /** In use. */
  get bytes(): number {
    return this.blocks.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Good until the next `allocate`. */
  floats(at: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.memory.buffer, at, count);
  }

  /** Good until the next `allocate`. */
  byteView(at: number, bytes: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.memory.buffer, at, bytes);
  }

  /** Good until the next `allocate`. */
  dataView(at: number, bytes: number): DataView<ArrayBuffer> {
    return new DataView(this.memory.buffer, at, bytes);
  }
}

function aligned(at: number): number {
  return Math.ceil(at / ALIGNMENT) * ALIGNMENT;
}
