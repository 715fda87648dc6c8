/** Nothing enters a cache but the very bytes that were meant. */

/** Looks a file up by its address alone: neither headers nor a query make it another file. */
export const BY_ADDRESS: CacheQueryOptions = { ignoreSearch: true, ignoreVary: true };

/** SHA-256 as 64 lower-case hexadecimal digits. */
async function sha256(data: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether the body of this answer has that SHA-256; the answer itself stays unread. */
export async function hasDigest(response: Response, expected: string): Promise<boolean> {
  return response.ok && (await sha256(await response.clone().arrayBuffer())) === expected;
}
