/** Reading numbers out of files of which only a part is in memory. */

/** A file that is read piece by piece. */
export interface ByteSource {
  readonly size: number;
  /** The bytes `from` (included) to `to` (excluded), fewer where the file ends before. */
  read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
}

export function sourceOf(file: Blob): ByteSource {
  return {
    size: file.size,
    read: async (from, to) => new Uint8Array(await file.slice(Math.max(0, from), Math.max(0, to)).arrayBuffer()),
  };
}

/** Latin-1 text of `length` bytes; shorter where the bytes end before. */
export function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
