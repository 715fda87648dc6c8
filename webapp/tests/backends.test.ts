/** Which backend is taken: the fastest that gives Python's answers. The networks are the shipped ones, what they run on is made. */
import { readFileSync, readdirSync } from 'node:fs';
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { readGolden, type GoldenCase } from '../src/contract/golden';
import { readSpec } from '../src/contract/spec';
import { MienError } from '../src/errors';
import type { Network } from '../src/network';
import { kernelsFor } from '../src/runtime/kernels/binary';
import type { BackendName } from '../src/runtime/running';
import { whenLost } from '../src/runtime/tfjs/lost';
import { GraphNetwork } from '../src/runtime/tfjs/network';
import { binaryFor } from '../src/runtime/tfjs/wasm_binary';
import { checkInTurns, type Enqueue } from '../src/worker/idle_check';
import { startModels, type Machine, type StartedModels } from '../src/worker/models';
import { probabilityTolerance, testModel } from '../src/worker/self_test';
import { registerHalf } from './half_backend';

const MODELS = new URL('../../models_tfjs/', import.meta.url);
const TASKS = ['face-detector', 'face-emotion', 'face-age-gender', 'speech-emotion', 'voice-activity'] as const;

/** Of few numbers, so that a made backend is soon through with it. */
const SMALL = 'voice-activity';

function file(task: string, name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`${task}/${name}`, MODELS)));
}

const text = (task: string, name: string): string => new TextDecoder().decode(file(task, name));

function shipped(task: string): GraphNetwork {
  const names = readdirSync(new URL(`${task}/`, MODELS)).filter((name) => name.endsWith('.bin'));
  const spec = readSpec(text(task, 'spec.json'));
  return new GraphNetwork(spec, { spec, topology: text(task, 'model.json'), shards: new Map(names.map((name) => [name, file(task, name)])) });
}

const store = { golden: (task: string): Promise<GoldenCase[]> => Promise.resolve(readGolden(text(task, 'golden.json'))) };

/** What a network of Python's own answers would be, after `slowness` milliseconds, each output changed by `spoil`. */
function scripted(task: string, slowness: number, spoil: (value: number) => number = (value) => value): Network & { dispose(): void } {
  const spec = readSpec(text(task, 'spec.json'));
  const [golden] = readGolden(text(task, 'golden.json'));
  return {
    spec,
    run: async () => {
      await new Promise((resolve) => setTimeout(resolve, slowness));
      return Object.fromEntries(Object.entries(golden!.outputs).map(([name, values]) => [name, Float32Array.from(values, spoil)]));
    },
    dispose: () => undefined,
  };
}

interface Made {
  machine: Machine;
  /** What happened, in order. */
  log: string[];
}

type Maker = () => (Network & { dispose(): void })[];

/** A machine with these backends; WebGL and WebGPU have a graphics processor behind them where `accelerated` names them. */
function machineWith(backends: Partial<Record<BackendName, Maker>>, accelerated: BackendName[] = ['webgpu', 'webgl'], lost: Partial<Record<BackendName, Promise<string>>> = {}): Made {
  const log: string[] = [];
  const machine: Machine = {
    accelerated: () => Promise.resolve(accelerated),
    start: async (name, files) => {
      log.push(`start ${name}`);
      for (const one of await files) await one;
      const make = backends[name];
      if (!make) throw new MienError('backend-unavailable', `${name} is not here`, '');
      return { backend: made(name, (what) => log.push(`${what} ${name}`), lost[name]), networks: make() };
    },
  };
  return { machine, log };
}

const never = new Promise<string>(() => undefined);

function made(name: BackendName, note: (what: string) => void, lost = never): StartedModels['backend'] {
  return {
    name,
    threads: 1,
    lost,
    memory: () => ({ tensors: 0, bytes: 0 }),
    resume: () => {
      note('resume');
      return Promise.resolve();
    },
    stop: () => note('stop'),
  };
}

const SLOW = 12;
const right = (slowness: number): Maker => () => [scripted(SMALL, slowness)];
const wrong = (slowness: number): Maker => () => [scripted(SMALL, slowness, (value) => value * 1.5)];
const start = ({ machine }: Made, exclude: BackendName[] = []) => startModels('auto', exclude, [], store, machine);

describe('a backend of 16 bits', () => {
  beforeAll(() => {
    registerHalf('half-nearest', 'nearest');
    registerHalf('half-truncated', 'truncated');
  });

  it.each(TASKS)('that cuts its sums off is found out by the golden vectors of %s', { timeout: 60_000 }, async (task) => {
    await setBackend('half-truncated');
    const report = await testModel(shipped(task), await store.golden(task), probabilityTolerance('webgl'));
    expect(report.passed).toBe(false);
  });

  it('that rounds its sums well stays within the bar of graphics processors', { timeout: 60_000 }, async () => {
    await setBackend('half-nearest');
    const report = await testModel(shipped('face-emotion'), await store.golden('face-emotion'), probabilityTolerance('webgl'));
    expect(report).toMatchObject({ sameTop: true, passed: true });
    expect(report.maxProbabilityDifference).toBeGreaterThan(1e-4); // it was 16 bits indeed
  });

  it('is not taken, however fast it is', { timeout: 60_000 }, async () => {
    await setBackend('half-truncated');
    const made = machineWith({ wasm: right(400), webgl: () => [shipped(SMALL)] }, ['webgl']);
    const models = await start(made);
    expect(models.backend.name).toBe('wasm');
    expect(models.refused).toEqual([{ backend: 'webgl', why: expect.stringContaining('it computes wrongly: voice-activity differs') as string }]);
    expect(made.log).toEqual(['start wasm', 'start webgl', 'stop webgl', 'resume wasm']);
  });
});

describe('the backend of auto', () => {
  it('is WASM alone where that is quick', async () => {
    const made = machineWith({ wasm: right(0), webgpu: right(0) });
    expect(await start(made)).toMatchObject({ backend: { name: 'wasm' }, refused: [], unchecked: true });
    expect(made.log).toEqual(['start wasm']);
  });

  it('is the fastest that is right', async () => {
    const made = machineWith({ wasm: right(20 * SLOW), webgpu: wrong(0), webgl: right(SLOW) });
    const models = await start(made);
    expect(models).toMatchObject({ backend: { name: 'webgl' }, unchecked: false });
    expect(models.refused.map(({ backend }) => backend)).toEqual(['webgpu']);
    expect(made.log).toEqual(['start wasm', 'start webgpu', 'stop webgpu', 'start webgl', 'stop wasm']);
  });

  it('is the next where one does not start', async () => {
    const models = await start(machineWith({ webgl: right(SLOW) }));
    expect(models.backend.name).toBe('webgl');
    expect(models.refused.map(({ backend }) => backend)).toEqual(['wasm', 'webgpu']);
  });

  it('is the next where one is lost while it is tried, though it never answers', async () => {
    const mute: Maker = () => [{ ...scripted(SMALL, 0), run: () => new Promise(() => undefined) }];
    const made = machineWith({ wasm: right(SLOW), webgl: mute }, ['webgl'], { webgl: Promise.resolve('the WebGL context was lost') });
    const models = await start(made);
    expect(models.backend.name).toBe('wasm');
    expect(models.refused).toEqual([{ backend: 'webgl', why: 'the WebGL context was lost' }]);
  });

  it('is none that was excluded', async () => {
    const made = machineWith({ wasm: right(SLOW), webgpu: right(0), webgl: right(0) });
    expect((await start(made, ['webgpu', 'webgl'])).backend.name).toBe('wasm');
    expect(made.log).toEqual(['start wasm']);
  });

  it('is WebGL without a graphics processor where nothing else is right', async () => {
    const made = machineWith({ wasm: right(SLOW), webgl: right(SLOW) }, []);
    expect((await start(made, ['wasm'])).backend.name).toBe('webgl');
  });

  it('is missed with a clear error where none is right', async () => {
    const failure = start(machineWith({ wasm: right(SLOW), webgpu: wrong(0), webgl: wrong(0) }), ['wasm']);
    await expect(failure).rejects.toMatchObject({
      code: 'backend-unavailable',
      message: expect.stringMatching(/webgpu: it computes wrongly.*webgl: it computes wrongly/) as string,
    });
  });

  it('starts while the models come', async () => {
    let arrive: (files: []) => void = () => undefined;
    const made = machineWith({ wasm: right(0) });
    const models = startModels('auto', [], new Promise((resolve) => { arrive = resolve; }), store, made.machine);
    await Promise.resolve();
    expect(made.log).toEqual(['start wasm']);
    arrive([]);
    expect((await models).backend.name).toBe('wasm');
  });

  it('is not blamed where the models cannot be had', async () => {
    const made = machineWith({ wasm: right(0), webgl: right(0) });
    const missing = new MienError('model-missing', 'no such model', '');
    await expect(startModels('auto', [], Promise.reject(missing), store, made.machine)).rejects.toBe(missing);
    expect(made.log).toEqual(['start wasm']);
  });

  it('is WASM without a trial where there is nothing to compare it with', async () => {
    let runs = 0;
    const network = scripted(SMALL, 0);
    const counted: Maker = () => [{ ...network, run: (...input) => { runs += 1; return network.run(...input); } }];
    expect((await start(machineWith({ wasm: counted }, []))).backend.name).toBe('wasm');
    expect(runs).toBe(0);
    await start(machineWith({ wasm: counted }, ['webgl']));
    expect(runs).toBeGreaterThan(0);
  });

  it('is not asked about where one is named', async () => {
    const { machine } = machineWith({ webgl: wrong(0) });
    expect((await startModels('webgl', [], [], store, machine)).backend.name).toBe('webgl');
  });
});

describe('the check of a backend that runs', () => {
  const here = (spoil?: (value: number) => number) => ({
    backend: made('wasm', () => undefined),
    networks: [scripted(SMALL, 0), scripted('speech-emotion', 0, spoil)],
  });

  it('takes one turn for each network, and says nothing where all is right', async () => {
    let turns = 0;
    const enqueue: Enqueue = (work) => {
      turns += 1;
      return work();
    };
    expect(await checkInTurns(here(), store, enqueue)).toBeNull();
    expect(turns).toBe(2);
  });

  it('ends one that computes wrongly, by name', async () => {
    const error = await checkInTurns(here((value) => value * 1.5), store, (work) => work());
    expect(error).toMatchObject({ code: 'backend-wrong', hint: "Call loadMien again with exclude: ['wasm']." });
    expect(error!.message).toContain('speech-emotion');
  });

  it('leaves it alone where the golden vectors cannot be had', async () => {
    const unreachable = { golden: () => Promise.reject(new Error('offline')) };
    expect(await checkInTurns(here((value) => value * 1.5), unreachable, (work) => work())).toBeNull();
  });
});

describe('a graphics processor that goes away', () => {
  it('is told by its WebGL context', async () => {
    const canvas = new EventTarget();
    const lost = whenLost({ gpgpu: { gl: { canvas } } });
    canvas.dispatchEvent(new Event('webglcontextlost'));
    expect(await lost).toBe('the WebGL context was lost');
  });

  it('is told by its WebGPU device', async () => {
    const lost = whenLost({ device: { lost: Promise.resolve({ reason: 'unknown', message: 'driver reset' }) } });
    expect(await lost).toBe('the WebGPU device was lost (unknown: driver reset)');
  });
});

describe("TensorFlow.js's WebAssembly binary", () => {
  it.each([
    [true, true, 4, 'tfjs-backend-wasm-threaded-simd.wasm', true],
    [true, true, 1, 'tfjs-backend-wasm-simd.wasm', false],
    [true, false, 4, 'tfjs-backend-wasm-simd.wasm', false],
    [false, true, 4, 'tfjs-backend-wasm.wasm', false],
  ])('with SIMD %s and threads %s of %i is %s', (simd, multithread, threads, file, threaded) => {
    expect(binaryFor(simd, multithread, threads)).toEqual({ file, threaded });
  });
});

describe("the page's own WebAssembly binary", () => {
  it.each([
    [true, true, 'mien-relaxed.wasm'],
    [true, false, 'mien-simd.wasm'],
    [false, false, null],
  ])('with SIMD %s and relaxed SIMD %s is %s', (simd, relaxed, file) => {
    expect(kernelsFor(simd, relaxed)).toBe(file);
  });
});
