/** The inner functions, for the tests that compare them with Python. Bundled into dist-test, never into dist. */
import { probabilitiesOf, toAge } from '../contract/readings';
import { readSpec } from '../contract/spec';
import type { DistributionOutput, FaceCropInput, LogMelInput, ModelInput, ResamplerSpec, VoicesSpec } from '../contract/types';
import { anchorCentres } from '../face/anchors';
import { cropFace, wholePicture } from '../face/crop';
import { decodeDetections, type Detection } from '../face/decode';
import { FaceDetector } from '../face/detector';
import { Letterbox } from '../face/letterbox';
import { areaResize, toGray, type Picture } from '../face/picture';
import { FaceSearch, searchLevels } from '../face/search';
import { levelTables, standardise } from '../face/standardise';
import type { Network } from '../network';
import { startBackend } from '../runtime/backends';
import { compileKernels } from '../runtime/kernels/binary';
import type { BackendName, OwnedNetwork, RunningBackend } from '../runtime/running';
import { ModelStore } from '../runtime/store';
import { startTensorFlow } from '../runtime/tfjs/start';
import { KnownVoice } from '../speech/known_voice';
import { LogMel, standardiseLogMel } from '../speech/log_mel';
import { Resampler } from '../speech/resampler';
import { SteadyReading } from '../speech/steady';
import { hasSpeech } from '../speech/voice_activity';
import { cutWindows } from '../speech/windows';
import { inputShape, networkInput } from '../worker/inputs';
import { bytesOf, float32Of, float64Of, pack, type Packed } from './packed';

/** An opaque RGBA picture of height x width x 3 levels. */
function picture(rgb: Packed): Picture {
  const levels = bytesOf(rgb);
  const [height, width] = rgb.shape;
  const data = new Uint8Array(width! * height! * 4).fill(255);
  for (let i = 0; i < width! * height!; i++) data.set(levels.subarray(i * 3, i * 3 + 3), i * 4);
  return { width: width!, height: height!, data };
}

function plainFace({ x0, y0, x1, y1, points, score }: Detection): { box: number[]; points: number[]; score: number } {
  return { box: [x0, y0, x1, y1], points: [...points], score };
}

function channelsOf(input: FaceCropInput): number {
  return input.channels === 'gray' ? 1 : 3;
}

/** Face. */
export const face = {
  areaResize: (rgb: Packed, width: number, height: number) => pack(areaResize(picture(rgb), width, height), [height, width, 3]),
  toGray: (rgb: Packed) => pack(toGray(bytesOf(rgb)), [rgb.shape[0]!, rgb.shape[1]!, 1]),
  letterbox: (rgb: Packed, size: number) => {
    const box = new Letterbox(size);
    const placement = box.run(picture(rgb));
    return { square: pack(box.square, [size, size, 3]), ...placement };
  },
  crop: (rgb: Packed, eyes: [[number, number], [number, number]], input: FaceCropInput) => {
    const [left, right] = eyes.map(([x, y]) => ({ x, y }));
    const levels = cropFace(picture(rgb), left!, right!, input);
    return levels && pack(levels, [input.height, input.width, channelsOf(input)]);
  },
  wholePicture: (rgb: Packed, input: FaceCropInput) =>
    pack(wholePicture(picture(rgb), input), [input.height, input.width, channelsOf(input)]),
  standardise: (levels: Packed, input: FaceCropInput) => {
    const values = new Float32Array(bytesOf(levels).length);
    standardise(bytesOf(levels), levelTables(input), values);
    return pack(values, levels.shape);
  },
  searchLevels: (width: number, height: number) => searchLevels(width, height),
  decode: (boxes: Packed, scores: Packed, specText: string) => {
    const { anchors, decode, input } = readSpec(specText);
    if (input.kind !== 'frame') throw new TypeError('the spec is not a detector');
    const centres = anchorCentres(anchors!, input.width, input.height);
    return decodeDetections(float32Of(boxes), float32Of(scores), centres, decode!).map(plainFace);
  },
};

/** Speech. */
export const speech = {
  resample: (samples: Packed, rateIn: number, rateOut: number, spec: ResamplerSpec) =>
    pack(new Resampler(rateIn, rateOut, spec).run(float32Of(samples))),
  logMel: (samples: Packed, input: LogMelInput) => {
    const decibels = new LogMel(input).run(float32Of(samples));
    return pack(decibels, [decibels.length / input.n_mels, input.n_mels]);
  },
  windows: (samples: Packed, input: LogMelInput) => {
    const windows = cutWindows(float32Of(samples), input);
    return { starts: windows.map((window) => window.start), samples: windows.map((window) => pack(window.samples.slice())) };
  },
  standardise: (decibels: Packed, input: LogMelInput) => {
    const values = new Float32Array(float64Of(decibels).length);
    standardiseLogMel(float64Of(decibels), input, values);
    return pack(values, decibels.shape);
  },
  hasSpeech: (decibels: Packed, input: LogMelInput) => hasSpeech(float64Of(decibels), input),
  knownVoice: (probabilities: number[][], voices: VoicesSpec, weight: number) => {
    const known = new KnownVoice(voices, weight);
    return probabilities.map((reading) => [...known.read(reading)]);
  },
  steady: (readings: Record<string, number>[], seconds: number[], unsureBelow: number) => {
    const steady = new SteadyReading(unsureBelow);
    return readings.map((reading, i) => steady.push(reading, seconds[i]!));
  },
};

/** Models on one backend of this page. */
export class Models {
  private constructor(
    private readonly running: RunningBackend,
    private readonly store: ModelStore,
    private readonly networks: ReadonlyMap<string, OwnedNetwork>,
  ) {}

  /**
   * @param threads More than one are TensorFlow.js's: the page's own kernels have one.
   * @param base The folder with models/ and wasm/.
   */
  static async start(backend: BackendName, threads: number, base: string, tasks: string[]): Promise<Models> {
    const folder = new URL('wasm/', base);
    const running = threads > 1 ? await startTensorFlow(backend, folder, threads) : await startBackend(backend, { folder, kernels: () => compileKernels(folder) });
    const store = await ModelStore.open(new URL('models/', base));
    const networks = new Map<string, OwnedNetwork>();
    for (const files of await Promise.all(tasks.map((task) => store.load(task)))) {
      networks.set(files.spec.task, await running.open(files, inputShape(files.spec.input)));
    }
    return new Models(running, store, networks);
  }

  get backend(): string {
    return this.running.name;
  }

  get threads(): number {
    return this.running.threads;
  }

  private network(task: string): OwnedNetwork {
    const network = this.networks.get(task);
    if (!network) throw new RangeError(`${task} was not started`);
    return network;
  }

  private detector(): FaceDetector {
    const network = this.network('face-detector');
    if (network.spec.input.kind !== 'frame') throw new TypeError('face-detector has another kind of input');
    return new FaceDetector(network as Network<Extract<ModelInput, { kind: 'frame' }>>);
  }

  /** What a closer look finds in a still picture, whatever the whole picture shows. */
  async search(rgb: Packed): Promise<ReturnType<typeof plainFace>[]> {
    const detector = this.detector();
    return (await new FaceSearch((piece) => detector.detect(piece)).inStill(picture(rgb))).map(plainFace);
  }

  async detect(rgb: Packed): Promise<ReturnType<typeof plainFace>[]> {
    return (await this.detector().detect(picture(rgb))).map(plainFace);
  }

  async findInPicture(rgb: Packed): Promise<ReturnType<typeof plainFace> | null> {
    const found = await this.detector().findInPicture(picture(rgb));
    return found && plainFace(found);
  }

  /** Outputs by name for a batch of ready inputs, batch x shape. */
  async run(task: string, values: Packed): Promise<Record<string, Packed>> {
    const [batch, ...shape] = values.shape;
    const outputs = await this.network(task).run(float32Of(values), shape, batch!);
    return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, pack(output, [batch!, output.length / batch!])]));
  }

  /** The golden cases as this page computes them: outputs and calibrated probabilities. */
  async golden(task: string): Promise<{ name: string; outputs: Record<string, number[]>; probabilities: Record<string, number[]> }[]> {
    const network = this.network(task);
    const results = [];
    for (const { name, input } of await this.store.golden(task)) {
      const values = networkInput(network.spec.input, input);
      const shape = input.kind === 'pixels' ? input.shape : [values.length / network.spec.input.mean.length, network.spec.input.mean.length, 1];
      const outputs = await network.run(values, shape, 1);
      const probabilities: Record<string, number[]> = {};
      for (const [key, output] of Object.entries(network.spec.outputs)) {
        const read = probabilitiesOf(output, outputs[key]!);
        if (read) probabilities[key] = [...read];
      }
      results.push({ name, outputs: Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, [...value]])), probabilities });
    }
    return results;
  }

  memory(): { tensors: number; bytes: number } {
    return this.running.memory();
  }
}

/** Readings. */
export const readings = {
  age: (probabilities: number[], output: DistributionOutput) => toAge(probabilities, output),
};
