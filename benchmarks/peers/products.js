/**
 * The three products behind one call: `analyse(canvas)` resolves to the number of faces read, each with emotion, age and
 * gender. All on WASM; every network runs on every frame. The peers run as their own pages run them, on the main thread.
 */

const FACES = 4;

async function mien() {
  const { loadMien } = await import('/mien/mien.js');
  const loaded = await loadMien({ backend: 'wasm', tasks: ['face-emotion', 'face-age-gender'] });
  return {
    analyse: async (canvas, options = {}) => (await loaded.analyseFaces(canvas, { maxFaces: FACES, ...options })).filter(whole).length,
    tensors: async () => (await loaded.memory()).tensors,
    stages: async () => (await loaded.benchmark({ runs: 30 })),
  };
}

/** The tiny detector with an input of 416 pixels, the setting of its documentation. */
async function faceApi() {
  const api = await import('/peers/face-api/dist/face-api.esm.js');
  api.tf.setWasmPaths('/wasm/', true);
  await api.tf.setBackend('wasm');
  await api.tf.ready();
  const models = '/peers/face-api/model';
  await Promise.all([api.nets.tinyFaceDetector, api.nets.faceExpressionNet, api.nets.ageGenderNet].map((net) => net.loadFromUri(models)));
  const options = new api.TinyFaceDetectorOptions({ inputSize: 416, scoreThreshold: 0.5 });
  return {
    analyse: async (canvas) => {
      const found = await api.detectAllFaces(canvas, options).withFaceExpressions().withAgeAndGender();
      return found.slice(0, FACES).filter((face) => face.expressions && face.age && face.gender).length;
    },
    tensors: async () => api.tf.memory().numTensors,
  };
}

/** Without mesh, iris and all that is not asked for here, and without the reuse of results between similar frames. */
async function human() {
  const { default: Human } = await import('/peers/human/dist/human.esm.js');
  const off = { enabled: false };
  const always = { skipFrames: 0, skipTime: 0 };
  const one = new Human({
    backend: 'wasm',
    wasmPath: '/wasm/',
    modelBasePath: '/peers/human/models/',
    cacheSensitivity: 0,
    debug: false,
    filter: { enabled: false },
    face: {
      enabled: true,
      detector: { maxDetected: FACES, rotation: false, ...always },
      mesh: off,
      attention: off,
      iris: off,
      emotion: { enabled: true, ...always },
      description: { enabled: true, ...always },
      antispoof: off,
      liveness: off,
    },
    body: off,
    hand: off,
    object: off,
    gesture: off,
    segmentation: off,
  });
  await one.load();
  return {
    analyse: async (canvas) => {
      const { face } = await one.detect(canvas);
      return face.filter((each) => each.emotion?.length && each.age && each.gender && each.gender !== 'unknown').length;
    },
    tensors: async () => one.tf.memory().numTensors,
  };
}

const whole = (face) => face.emotion !== undefined && face.age !== undefined && face.gender !== undefined;

export const PRODUCTS = { mien, 'face-api': faceApi, human };
