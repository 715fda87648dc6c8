/** What `benchmarks/compare.py` calls in the page. Times are milliseconds of `performance.now()`. */
import { PRODUCTS } from './products.js';

const loaded = {};

async function product(name) {
  loaded[name] ??= await PRODUCTS[name]();
  return loaded[name];
}

/** The frames of a film, drawn once: pictures like those of a camera that is held by hand. */
async function frames(film, count) {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const bitmap = await createImageBitmap(await (await fetch(`frames/${film}-${index}.png`)).blob());
      const canvas = document.createElement('canvas');
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      canvas.getContext('2d', { willReadFrequently: true }).drawImage(bitmap, 0, 0);
      return canvas;
    }),
  );
}

/** Every product in turn on the same frames; which one comes first changes from round to round. */
async function compare({ names, film, count, rounds, warmUps }) {
  const pictures = await frames(film, count);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  const found = Object.fromEntries(names.map((name) => [name, 0]));
  for (let round = -warmUps; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + warmUps) % names.length];
      const one = await product(name);
      const start = performance.now();
      const faces = await one.analyse(pictures[(round + warmUps) % count]);
      const took = performance.now() - start;
      if (round < 0) continue;
      times[name].push(took);
      found[name] += faces / rounds;
    }
  }
  return { times, found };
}

/** The same frames as a film with tracking, which lets Mien leave out what it knows, in turns with `beside`, which tracks nothing. */
async function tracked({ film, count, rounds, warmUps, beside }) {
  const pictures = await frames(film, count);
  const [mien, other] = [await product('mien'), await product(beside)];
  const times = { mien: [], [beside]: [] };
  for (let round = -warmUps; round < rounds; round++) {
    const picture = pictures[(round + warmUps) % count];
    const start = performance.now();
    await mien.analyse(picture, { track: true, time: 1e6 + round / 10 });
    const middle = performance.now();
    await other.analyse(picture);
    if (round < 0) continue;
    times.mien.push(middle - start);
    times[beside].push(performance.now() - middle);
  }
  return times;
}

/** Mien alone, films in turn: what more faces cost, free of how quick the machine was a minute earlier. */
async function inTurns({ films, count, rounds, warmUps }) {
  const pictures = Object.fromEntries(await Promise.all(films.map(async (film) => [film, await frames(film, count)])));
  const mien = await product('mien');
  const times = Object.fromEntries(films.map((film) => [film, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const film of films) {
      const start = performance.now();
      await mien.analyse(pictures[film][(round + warmUps) % count]);
      if (round >= 0) times[film].push(performance.now() - start);
    }
  }
  return times;
}

/** Milliseconds from navigation to the first reading, by the page's own doing: the address names the product. */
const firstReading = (async () => {
  const name = new URLSearchParams(location.search).get('first');
  if (name === null) return null;
  const [[picture], one] = await Promise.all([frames('1', 1), product(name)]);
  const faces = await one.analyse(picture);
  return { ms: performance.now(), faces };
})();
// Whoever asks hears of a failure.
firstReading.catch(() => undefined);

const first = () => firstReading;

async function repeat({ name, film, rounds }) {
  const [picture] = await frames(film, 1);
  const one = await product(name);
  for (let round = 0; round < rounds; round++) await one.analyse(picture);
  return one.tensors();
}

async function stages() {
  return (await product('mien')).stages();
}

let every;

/** All our networks, one after another. */
async function networks({ runs }) {
  const { loadMien } = await import('/mien/mien.js');
  every ??= await loadMien({ backend: 'wasm' });
  return (await every.benchmark({ runs })).models;
}

/** One window of three seconds, from samples to probabilities. */
async function speech({ rounds }) {
  const { loadMien } = await import('/mien/mien.js');
  const mien = await loadMien({ backend: 'wasm', tasks: ['speech-emotion'] });
  const rate = 48_000;
  const samples = Float32Array.from({ length: 3 * rate }, (_, i) => 0.3 * Math.sin(i * 0.02) * Math.sin(i * 0.0003));
  const times = [];
  for (let round = -3; round < rounds; round++) {
    const start = performance.now();
    await mien.analyseSpeech(samples, rate, { voiceActivity: false });
    if (round >= 0) times.push(performance.now() - start);
  }
  const { stages: parts } = await mien.benchmark({ runs: rounds });
  await mien.dispose();
  return { times, stages: parts };
}

Object.assign(globalThis, { bench: { compare, tracked, inTurns, first, repeat, stages, networks, speech } });
