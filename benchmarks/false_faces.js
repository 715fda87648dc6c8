// The page of benchmarks/false_faces.py.
import { loadMien } from '/mien.js';

/** Ten pictures a second. */
const SECONDS = 0.1;

let mien;

globalThis.start = async () => {
  mien = await loadMien({ backend: 'wasm', tasks: ['face-emotion'] });
};

async function picture(film, index) {
  const response = await fetch(`/films/${film}/${index}`);
  if (!response.ok) throw new Error(`film ${film}, picture ${index}: HTTP ${response.status}`);
  return createImageBitmap(await response.blob(), { colorSpaceConversion: 'none' });
}

/** How many faces the first picture of a film shows by itself, and each of its pictures while it plays. */
globalThis.play = async (film, count) => {
  const seen = { still: 0, film: [] };
  for (let index = 0; index < count; index++) {
    const bitmap = await picture(film, index);
    if (index === 0) seen.still = (await mien.analyseFaces(bitmap)).length;
    seen.film.push((await mien.analyseFaces(bitmap, { track: true, time: index * SECONDS })).length);
    bitmap.close();
  }
  return seen;
};
