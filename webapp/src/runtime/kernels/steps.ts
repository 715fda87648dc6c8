import { CALLS, FIELD_BYTES, type KernelName, type RealField, type WholeField } from './calls';
import { place } from './place';
import { NO_BORDER, NUMBER_BYTES, bytesOf, denseStrides, type Border, type Storage, type Tensor } from './tensor';

/** Where a number lies. */
export interface Address {
  storage: Storage;
  offset: number;
}

type Fields<Name extends KernelName> = Record<WholeField<Name>, number | Address> & Record<RealField<Name>, number>;

export interface Step {
  kernel: KernelName;
  fields: Readonly<Record<string, number | Address>>;
}

/** Calls of kernels, and the storages that they work on, while they are put together. */
export class Steps {
  readonly list: Step[] = [];
  private readonly storages: Storage[] = [];

  /** A tensor that is computed; its border, if any, is zeros. */
  tensor(shape: readonly number[], border: Border = NO_BORDER): Tensor {
    const { top, left, bottom, right } = border;
    if (top + left + bottom + right === 0) return this.dense(shape);
    const [pictures, height, width, channels] = shape as [number, number, number, number];
    const bordered = [pictures, top + height + bottom, left + width + right, channels];
    const [picture, row, pixel] = denseStrides(bordered) as [number, number, number];
    const storage = this.storage(bytesOf(bordered));
    this.call('border', { output: { storage, offset: 0 }, pictures, picture, row, pixel, height, width, top, left, bottom, right });
    return { storage, offset: top * row + left * pixel, shape, strides: [picture, row, pixel, NUMBER_BYTES] };
  }

  private dense(shape: readonly number[]): Tensor {
    return { storage: this.storage(bytesOf(shape)), offset: 0, shape, strides: denseStrides(shape) };
  }

  private storage(bytes: number): Storage {
    const storage = { bytes, at: 0, fixed: false, first: this.list.length, last: this.list.length };
    this.storages.push(storage);
    return storage;
  }

  call<Name extends KernelName>(kernel: Name, fields: Fields<Name>): void {
    for (const field of Object.values<number | Address>(fields)) {
      if (typeof field !== 'number') field.storage.last = this.list.length;
    }
    this.list.push({ kernel, fields });
  }

  /** Keeps a tensor to the end. */
  keep({ storage }: Tensor): void {
    storage.last = this.list.length;
  }

  /** Gives every storage its place in the workspace. Returns the bytes that they take. */
  place(): number {
    return place(this.storages);
  }
}

/** What the kernels are told of all steps together takes so many bytes. */
export function bytesTold(steps: readonly Step[]): number {
  return steps.reduce((sum, { kernel }) => sum + (CALLS[kernel].whole.length + CALLS[kernel].real.length) * FIELD_BYTES, 0);
}

/** Writes what the kernels are told, one step after another, for a workspace at this address. Returns where each begins, counted from `view`. */
export function write(steps: readonly Step[], view: DataView, workspace: number): number[] {
  let at = 0;
  return steps.map(({ kernel, fields }) => {
    const begin = at;
    for (const name of CALLS[kernel].whole) {
      const field = fields[name]!;
      view.setInt32(at, typeof field === 'number' ? field : addressOf(field, workspace), true);
      at += FIELD_BYTES;
    }
    for (const name of CALLS[kernel].real) {
      view.setFloat32(at, fields[name] as number, true);
      at += FIELD_BYTES;
    }
    return begin;
  });
}

export function addressOf({ storage, offset }: Address, workspace: number): number {
  return (storage.fixed ? 0 : workspace) + storage.at + offset;
}
