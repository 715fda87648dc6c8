import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetchVerified } from '../src/runtime/files';
import { sha256, sha256ByHand } from '../src/runtime/sha256';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('sha256', () => {
  it('knows the example of FIPS 180-4', async () => {
    expect(await sha256(new TextEncoder().encode('abc'))).toBe(ABC);
    expect(hex(sha256ByHand(new TextEncoder().encode('abc')))).toBe(ABC);
  });

  it.each([0, 1, 55, 56, 63, 64, 65, 1000, 100_003])('by hand equals OpenSSL for %i bytes', (length) => {
    const data = Uint8Array.from({ length }, (_, i) => (i * 7919) >> 3);
    expect(hex(sha256ByHand(data))).toBe(createHash('sha256').update(data).digest('hex'));
  });
});

describe('fetchVerified', () => {
  afterEach(() => vi.unstubAllGlobals());
  const url = new URL('http://localhost/models/face-emotion/model.json');
  const serve = (answer: () => Response | Promise<Response>): void => {
    vi.stubGlobal('fetch', () => Promise.resolve().then(answer));
  };

  it('gives the bytes whose hash is right', async () => {
    serve(() => new Response('abc'));
    expect(await fetchVerified(url, { bytes: 3, sha256: ABC })).toEqual(new TextEncoder().encode('abc'));
  });

  it('refuses another length', async () => {
    serve(() => new Response('abcd'));
    await expect(fetchVerified(url, { bytes: 3, sha256: ABC })).rejects.toMatchObject({
      code: 'model-corrupt',
      message: '/models/face-emotion/model.json: expected 3 bytes, found 4',
    });
  });

  it('refuses another content', async () => {
    serve(() => new Response('abd'));
    await expect(fetchVerified(url, { bytes: 3, sha256: ABC })).rejects.toMatchObject({ code: 'model-corrupt' });
  });

  it('says that a file is missing', async () => {
    serve(() => new Response('', { status: 404 }));
    await expect(fetchVerified(url, { bytes: 3, sha256: ABC })).rejects.toMatchObject({
      code: 'model-missing',
      message: '/models/face-emotion/model.json: the server answered 404',
    });
  });

  it('says that the server cannot be reached', async () => {
    serve(() => Promise.reject(new TypeError('Failed to fetch')));
    const patience = { stall: 1000, slow: 1000, pauses: [] };
    await expect(fetchVerified(url, { bytes: 3, sha256: ABC }, undefined, patience)).rejects.toMatchObject({ code: 'model-missing' });
  });
});
