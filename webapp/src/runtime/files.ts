import { MienError } from '../errors';
import type { CatalogueFile } from '../contract/types';
import { sha256 } from './sha256';

const MISSING_HINT = 'Check that the server runs and serves the models folder at models/, then reload.';
const CORRUPT_HINT = 'Reload without the cache; if that does not help, rebuild or restore the models folder.';

/** Fetches a file; one that is not there or cannot be reached is an error `model-missing`. */
export async function fetchBytes(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin' });
  } catch (error) {
    throw new MienError('model-missing', `${url.pathname} could not be fetched: ${String(error)}`, MISSING_HINT);
  }
  if (!response.ok) throw new MienError('model-missing', `${url.pathname}: the server answered ${response.status}`, MISSING_HINT);
  return new Uint8Array(await response.arrayBuffer());
}

/** Fetches a file and checks that it is, byte for byte, the one that the catalogue names. */
export async function fetchVerified(url: URL, expected: CatalogueFile): Promise<Uint8Array<ArrayBuffer>> {
  const data = await fetchBytes(url);
  if (data.length !== expected.bytes) {
    throw new MienError('model-corrupt', `${url.pathname}: expected ${expected.bytes} bytes, found ${data.length}`, CORRUPT_HINT);
  }
  const found = await sha256(data);
  if (found !== expected.sha256) {
    throw new MienError('model-corrupt', `${url.pathname}: expected SHA-256 ${expected.sha256}, found ${found}`, CORRUPT_HINT);
  }
  return data;
}

export function decodeText(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}
