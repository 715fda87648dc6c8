import type { GoldenCase } from '../contract/golden';
import { MienError } from '../errors';
import { FaceClassifier } from '../face/classify';
import { FaceDetector } from '../face/detector';
import { FacePipeline } from '../face/pipeline';
import type { Picture } from '../face/picture';
import type { ModelStore } from '../runtime/store';
import { SpeechPipeline } from '../speech/pipeline';
import type { SpeechStream } from '../speech/stream';
import type { BenchmarkOptions, BenchmarkReport, Face, PictureFace, SelfTestReport, SpeechOptions, Voice, VoiceUpdate } from '../types';
import { inputShape, networksOfKind, networksOfSound } from './inputs';
import { checkInTurns, type Enqueue } from './idle_check';
import type { LoadReport } from './load_report';
import type { Coming } from './loading';
import { machineHere, startModels, type RunningModels } from './models';
import type { Loaded, LoadParameters, TimedFaceOptions } from './protocol';
import { probabilityTolerance, testModel } from './self_test';
import { timeStages } from './stages';
import { SPEECH } from './tasks';
import { timeNetwork } from './timing';

const BENCHMARK_RUNS = 20;

/** The models that run and what they do. Lives in the worker. */
export class Engine {
  private readonly faces: FacePipeline | null;
  private readonly speech: SpeechPipeline | null;
  private readonly voices = new Map<number, SpeechStream>();

  private constructor(
    private readonly models: RunningModels,
    private readonly store: ModelStore,
  ) {
    const [detector] = networksOfKind(models.networks, 'frame');
    const classifiers = networksOfKind(models.networks, 'face-crop').map((network) => new FaceClassifier(network));
    const { speech, activity } = networksOfSound(models.networks);
    const { pictures } = models.backend;
    this.faces = detector ? new FacePipeline(new FaceDetector(detector, pictures?.writeFrame), classifiers, pictures?.sampleCrop) : null;
    this.speech = speech ? new SpeechPipeline(speech, activity) : null;
  }

  static async load({ backend, exclude }: LoadParameters, { store, files, wasm }: Coming, report: LoadReport): Promise<Engine> {
    const golden = async (task: string): Promise<GoldenCase[]> => (await store).golden(task);
    const models = await startModels(backend, exclude, files, { golden }, machineHere(wasm));
    const engine = new Engine(models, await store);
    if (!engine.warmsUpLater) {
      report.enter('warm-up');
      await engine.warmUp();
    }
    report.enter('ready');
    return engine;
  }

  /**
   * Whether a first reading had better come before the warm-up: on WASM that takes as long as the reading itself and
   * speeds up the second only. On a graphics processor it compiles for long, which belongs to loading.
   */
  get warmsUpLater(): boolean {
    return this.models.backend.name === 'wasm';
  }

  /** Resolves, if ever, to the error that ends this engine: what it computes on is gone. */
  async lost(): Promise<MienError> {
    const { name, lost } = this.models.backend;
    return new MienError('backend-lost', `${name}: ${await lost}`, `Call loadMien again with exclude: ['${name}'].`);
  }

  /** Whether `auto` took the backend without having run the golden vectors. */
  get unchecked(): boolean {
    return this.models.unchecked;
  }

  /** Resolves to the error that ends this engine where it computes wrongly. */
  check(enqueue: Enqueue): Promise<MienError | null> {
    return checkInTurns(this.models, this.store, enqueue);
  }

  get loaded(): Loaded {
    const specs = this.models.networks.map(({ spec }): [string, typeof spec] => [spec.task, spec]);
    return { backend: this.models.backend.name, refused: this.models.refused, specs: Object.fromEntries(specs) };
  }

  async analyseFaces(picture: Picture, options: TimedFaceOptions): Promise<Face[]> {
    return this.facePipeline().analyse(picture, options, options.time);
  }

  async analysePicture(picture: Picture): Promise<PictureFace> {
    return this.facePipeline().analysePicture(picture);
  }

  async analyseSpeech(samples: Float32Array, sampleRate: number, options: SpeechOptions): Promise<Voice> {
    return this.speechPipeline().analyse(samples, sampleRate, options);
  }

  async pushVoice(stream: number, samples: Float32Array, sampleRate: number): Promise<VoiceUpdate> {
    let voice = this.voices.get(stream);
    if (!voice) {
      voice = this.speechPipeline().open(sampleRate);
      this.voices.set(stream, voice);
    }
    return voice.push(samples);
  }

  closeVoice(stream: number): void {
    this.voices.delete(stream);
  }

  async selfTest(): Promise<SelfTestReport> {
    const { backend, networks } = this.models;
    const models = [];
    for (const network of networks) {
      models.push(await testModel(network, await this.store.golden(network.spec.task), probabilityTolerance(backend.name)));
    }
    return { backend: backend.name, passed: models.every((model) => model.passed), models };
  }

  async benchmark({ runs = BENCHMARK_RUNS }: BenchmarkOptions): Promise<BenchmarkReport> {
    const { backend, networks } = this.models;
    const models = [];
    for (const network of networks) models.push(await timeNetwork(network, runs));
    return { backend: backend.name, threads: backend.threads, models, stages: await timeStages(networks, runs, backend.pictures) };
  }

  memory(): { tensors: number; bytes: number } {
    return this.models.backend.memory();
  }

  /** One run of each, so that the first frame does not pay for compiling. */
  async warmUp(): Promise<void> {
    for (const network of this.models.networks) {
      const shape = inputShape(network.spec.input);
      await network.run(new Float32Array(shape.reduce((product, side) => product * side, 1)), shape, 1);
    }
  }

  private speechPipeline(): SpeechPipeline {
    if (!this.speech) throw notLoaded(`'${SPEECH}'`);
    return this.speech;
  }

  private facePipeline(): FacePipeline {
    if (!this.faces) throw notLoaded("'face-emotion' or 'face-age-gender'");
    return this.faces;
  }
}

function notLoaded(tasks: string): MienError {
  return new MienError('bad-input', `${tasks} was not loaded`, `Name ${tasks} among the tasks of loadMien.`);
}
