/** Offers text that was made here as a file to keep. */

/** Browsers read the address after the click has returned; by then they have. */
const KEEP_MS = 10_000;

export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => { URL.revokeObjectURL(url); }, KEEP_MS);
}
