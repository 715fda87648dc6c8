/** SHA-256 as hexadecimal digits, by the browser where it offers that (secure contexts only), else by hand. */
export async function sha256(data: Uint8Array<ArrayBuffer>): Promise<string> {
  // Absent on plain http:// pages of other machines, whatever the types say.
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  const digest = subtle ? new Uint8Array(await subtle.digest('SHA-256', data)) : sha256ByHand(data);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

const fraction = (value: number): number => Math.floor((value - Math.floor(value)) * 2 ** 32);
const rotate = (value: number, bits: number): number => (value >>> bits) | (value << (32 - bits));

/** FIPS 180-4. The constants are the first 32 bits of the fractional parts of roots of the first primes. */
export function sha256ByHand(data: Uint8Array): Uint8Array {
  const constants = primes(64).map((prime) => fraction(Math.cbrt(prime)));
  const hash = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)) | 0);
  const padded = new Uint8Array(Math.ceil((data.length + 9) / 64) * 64);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(data.length / 2 ** 29));
  view.setUint32(padded.length - 4, data.length << 3);
  const schedule = new Int32Array(64);
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 64; i++) {
      schedule[i] = i < 16 ? view.getInt32(block + i * 4) : extend(schedule, i);
    }
    compress(hash, schedule, constants);
  }
  const digest = new DataView(new ArrayBuffer(32));
  hash.forEach((word, i) => digest.setInt32(i * 4, word));
  return new Uint8Array(digest.buffer);
}

function extend(schedule: Int32Array, i: number): number {
  const a = schedule[i - 15]!;
  const b = schedule[i - 2]!;
  const low = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
  const high = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
  return (schedule[i - 16]! + low + schedule[i - 7]! + high) | 0;
}

function compress(hash: Int32Array, schedule: Int32Array, constants: readonly number[]): void {
  let [a, b, c, d, e, f, g, h] = Array.from(hash) as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + s1 + ((e & f) ^ (~e & g)) + constants[i]! + schedule[i]!) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => (hash[i]! += value));
}
