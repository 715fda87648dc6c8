// Runs in the page that mien-verify opens: drives the public API on what the local server hands out by number.

const BATCH_KEYS = ['found', 'emotion', 'age', 'gender'];

let mien;

/** Loads the API as any visitor would; returns the backend in use. */
async function start(tasks, backend) {
  const { loadMien } = await import('/mien.js');
  mien = await loadMien({ tasks, backend });
  return mien.backend;
}

/** Fetches one file; an error tells which it was. */
async function fetched(index) {
  try {
    const response = await fetch(`/verify/item/${index}`);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response;
  } catch (error) {
    throw Object.assign(error, { item: index });
  }
}

/** Works on files first to first + count - 1, one after another. The next is fetched, and made there, meanwhile. */
async function inTurn(first, count, work) {
  const results = [];
  let coming = fetched(first);
  for (let index = first; index < first + count; index++) {
    const file = await coming;
    if (index + 1 < first + count) {
      coming = fetched(index + 1);
      coming.catch(() => undefined); // it is waited for in its turn, if that comes
    }
    try {
      results.push(await work(file, index - first));
    } catch (error) {
      throw Object.assign(error, { item: index });
    }
  }
  return results;
}

/** Analyses pictures first to first + count - 1, each sent as the bytes of its file. */
function pictures(first, count) {
  return inTurn(first, count, async (file) => {
    const face = await mien.analysePicture(await file.blob());
    return Object.fromEntries(BATCH_KEYS.map((key) => [key, face[key]]));
  });
}

/** As many as the page asks for; what counts is the first, which is the surest. */
const MAX_FACES = 4;

/** Analyses frames first to first + count - 1 as the page does those of its camera: all faces, the surest first. */
function frames(first, count) {
  return inTurn(first, count, async (file) => frame(await file.blob()));
}

async function frame(file) {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none' });
  const faces = await mien.analyseFaces(bitmap, { maxFaces: MAX_FACES });
  bitmap.close();
  return faces.map(({ box, score, emotion, age, gender }) => ({ box, score, emotion, age, gender }));
}

/** The mean of all channels at the file's own rate: a context of that rate decodes without resampling. */
async function decode(bytes, rate) {
  const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes);
  const samples = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    sound.getChannelData(channel).forEach((value, i) => (samples[i] += value / sound.numberOfChannels));
  }
  return samples;
}

/** Analyses clips first to first + rates.length - 1: probabilities over all windows, and whether speech was found. */
function clips(first, rates) {
  return inTurn(first, rates.length, async (file, i) => clip(await decode(await file.arrayBuffer(), rates[i]), rates[i]));
}

async function clip(samples, rate) {
  const all = await mien.analyseSpeech(samples.slice(), rate, { voiceActivity: false });
  const spoken = await mien.analyseSpeech(samples, rate);
  return { emotion: all.emotion, speech: spoken.speech };
}

/** Listens to clips first to first + rates.length - 1 as to a microphone, 0.1 s at a time. */
function voices(first, rates) {
  return inTurn(first, rates.length, async (file, i) => listen(await decode(await file.arrayBuffer(), rates[i]), rates[i]));
}

async function listen(samples, rate) {
  const voice = mien.openVoice(rate);
  const heard = { decisions: [], readings: 0 };
  const block = Math.round(rate / 10);
  for (let at = 0; at < samples.length; at += block) {
    const update = await voice.push(samples.subarray(at, at + block));
    heard.decisions.push(...update.decisions);
    if (update.voice) heard.readings += 1;
  }
  await voice.close();
  return heard;
}

/** MienError has a code and a hint, which would be lost on the way to Python. */
function told(work) {
  return async (...parameters) => {
    try {
      return { value: await work(...parameters) };
    } catch (error) {
      return { error: [error.code, error.message, error.hint].filter(Boolean).join(': '), item: error.item };
    }
  };
}

globalThis.verify = {
  start: told(start),
  selfTest: told(() => mien.selfTest()),
  pictures: told(pictures),
  frames: told(frames),
  clips: told(clips),
  voices: told(voices),
};
