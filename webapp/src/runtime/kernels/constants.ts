import type { Weight, WeightValues } from '../graph/weights';
import { valuesOf } from '../graph/weights';
import type { KernelRuntime } from './runtime';
import type { Address } from './steps';
import { NUMBER_BYTES, denseStrides, product, type Storage, type Tensor } from './tensor';
import { Unsupported } from './unsupported';

/** Channels that a convolution computes at once. */
const BLOCK = 8;

/** Of the 4 x 4, or the 6 x 6, that a kernel of 3 x 3 is transformed to. */
export const WINOGRAD_PLANES = { winograd: 16, winogradLarge: 36 } as const;
export type WinogradKernel = keyof typeof WINOGRAD_PLANES;

/** A network's weights in the kernels' memory, each in the form and only once that somebody asks for it. */
export class Constants {
  private readonly made = new Map<string, Storage>();

  constructor(
    private readonly runtime: KernelRuntime,
    private readonly weights: ReadonlyMap<string, Weight>,
  ) {}

  get count(): number {
    return this.made.size;
  }

  has(name: string): boolean {
    return this.weights.has(name);
  }

  shape(name: string): readonly number[] {
    return this.weights.get(name)!.shape;
  }

  values(name: string): WeightValues {
    return valuesOf(this.weights.get(name)!);
  }

  /** As it is. */
  tensor(name: string): Tensor {
    const { shape, count } = this.weights.get(name)!;
    const storage = this.keep(name, count, (at) => this.widen(name, at));
    return { storage, offset: 0, shape, strides: denseStrides(shape) };
  }

  /** Numbers that were computed from weights. */
  computed(name: string, shape: readonly number[], values: () => Float32Array): Tensor {
    const storage = this.keep(name, product(shape), (at) => this.runtime.heap.floats(at, product(shape)).set(values()));
    return { storage, offset: 0, shape, strides: denseStrides(shape) };
  }

  /** A matrix, as convolutions read it: the channels are its columns, or else its rows. */
  packed(name: string, rows: number, columns: number, channelsAreRows = false): Address {
    const [depth, channels] = channelsAreRows ? [columns, rows] : [rows, columns];
    const [across, along] = channelsAreRows ? [NUMBER_BYTES, columns * NUMBER_BYTES] : [columns * NUMBER_BYTES, NUMBER_BYTES];
    const storage = this.keep(`${name} in blocks ${channelsAreRows}`, depth * blocked(channels), (at) =>
      this.widened(name, rows * columns, (wide) => this.runtime.kernels.pack(wide, at, depth, channels, across, along)),
    );
    return { storage, offset: 0 };
  }

  /** A kernel of 3 x 3, as one of the kernels `winograd` and `winogradLarge` reads it. */
  transformed(name: string, depth: number, channels: number, reader: WinogradKernel): Address {
    const storage = this.keep(`${name} for ${reader}`, WINOGRAD_PLANES[reader] * depth * channels, (at) =>
      this.widened(name, 9 * depth * channels, (wide) => this.runtime.kernels[`${reader}Weights`](wide, at, depth, channels)),
    );
    return { storage, offset: 0 };
  }

  /** What is added to each of so many channels; nothing where there is no name. */
  bias(name: string | null, channels: number): Address {
    const storage = this.keep(`${name ?? ''} as bias ${channels}`, blocked(channels), (at) => {
      this.runtime.heap.floats(at, blocked(channels)).fill(0);
      if (name !== null) this.widen(name, at);
    });
    return { storage, offset: 0 };
  }

  dispose(): void {
    for (const { at } of this.made.values()) this.runtime.heap.release(at);
    this.made.clear();
  }

  private keep(key: string, count: number, make: (at: number) => void): Storage {
    const known = this.made.get(key);
    if (known) return known;
    const bytes = count * NUMBER_BYTES;
    const storage = { bytes, at: this.runtime.heap.allocate(bytes), fixed: true, first: 0, last: 0 };
    this.made.set(key, storage);
    make(storage.at);
    return storage;
  }

  /** Has it at hand for as long as `use` takes. */
  private widened(name: string, count: number, use: (at: number) => void): void {
    const { heap } = this.runtime;
    const at = heap.allocate(count * NUMBER_BYTES);
    this.widen(name, at);
    use(at);
    heap.release(at);
  }

  private widen(name: string, to: number): void {
    const { heap, kernels } = this.runtime;
    const { stored, bytes, count, shape } = this.weights.get(name)!;
    if (stored === 'int32' || stored === 'bool') throw new Unsupported(`with numbers of the kind ${stored}`);
    const raw = heap.allocate(bytes.length);
    heap.byteView(raw, bytes.length).set(bytes);
    switch (stored) {
      case 'int8': {
        const channels = shape.at(-1)!;
        kernels.widenBytes(raw, raw + channels * NUMBER_BYTES, to, count, channels);
        break;
      }
      case 'float16':
        kernels.widenHalves(raw, to, count);
        break;
      case 'float32':
        heap.byteView(to, bytes.length).set(bytes);
        break;
    }
    heap.release(raw);
  }
}

function blocked(channels: number): number {
  return Math.ceil(channels / BLOCK) * BLOCK;
}
