import { describe, expect, it, vi } from 'vitest';
import { MienError } from '../src/errors';
import { WorkerClient } from '../src/worker/client';
import { callIn, nameWith, type FirstCall } from '../src/worker/first_call';
import { NewestWins } from '../src/worker/newest_wins';
import { testModel } from '../src/worker/self_test';
import { FaceClassifier } from '../src/face/classify';
import { FaceDetector } from '../src/face/detector';
import { FacePipeline } from '../src/face/pipeline';
import type { GoldenCase } from '../src/contract/golden';
import { detectorSpec, faceSpec, fakeNetwork, grey } from './samples';

/** As much of a Worker as the client touches. */
class FakeWorker extends EventTarget {
  readonly sent: { id: number; call: string }[] = [];
  terminated = false;
  postMessage(message: { id: number; call: string }): void {
    this.sent.push(message);
  }
  terminate(): void {
    this.terminated = true;
  }
  say(data: object): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }
}

function connect(): { worker: FakeWorker; client: WorkerClient } {
  const worker = new FakeWorker();
  return { worker, client: new WorkerClient(worker as unknown as Worker) };
}

describe('WorkerClient', () => {
  it('gives each call its own answer, whatever their order', async () => {
    const { worker, client } = connect();
    const calls = [client.call('memory', {}), client.call('memory', {})];
    worker.say({ id: 1, kind: 'result', value: { tensors: 2, bytes: 2 } });
    worker.say({ id: 0, kind: 'result', value: { tensors: 1, bytes: 1 } });
    expect(await Promise.all(calls)).toEqual([{ tensors: 1, bytes: 1 }, { tensors: 2, bytes: 2 }]);
  });

  it('passes progress on before the result', async () => {
    const { worker, client } = connect();
    const stages: string[] = [];
    const parameters = { backend: 'wasm', baseUrl: 'http://localhost/' } as const;
    const call = client.call('load', { ...parameters, exclude: [], tasks: [], early: [] }, [], ({ stage }) => stages.push(stage));
    worker.say({ id: 0, kind: 'progress', progress: { stage: 'catalogue', loadedBytes: 0, totalBytes: 0 } });
    worker.say({ id: 0, kind: 'result', value: { backend: 'wasm', refused: [], specs: {} } });
    expect((await call).backend).toBe('wasm');
    expect(stages).toEqual(['catalogue']);
  });

  it('waits for a call that the worker found in its own name, and numbers those to come after it', async () => {
    const { worker, client } = connect();
    const parameters = { backend: 'wasm', exclude: [], tasks: ['face-emotion'], baseUrl: 'http://localhost/ä b/#c', early: [] } as const;
    const first: FirstCall = { id: 0, call: 'load', parameters: { ...parameters, exclude: [], tasks: [...parameters.tasks], early: [] } };
    expect(callIn(nameWith(first))).toEqual(first);
    const stages: string[] = [];
    const loaded = client.begun(first, ({ stage }) => stages.push(stage));
    const memory = client.call('memory', {});
    expect(worker.sent.map(({ id, call }) => [id, call])).toEqual([[1, 'memory']]);
    worker.say({ id: 0, kind: 'progress', progress: { stage: 'catalogue', loadedBytes: 0, totalBytes: 0 } });
    worker.say({ id: 1, kind: 'result', value: { tensors: 1, bytes: 1 } });
    worker.say({ id: 0, kind: 'result', value: { backend: 'wasm', refused: [], specs: {} } });
    expect((await loaded).backend).toBe('wasm');
    expect(await memory).toEqual({ tensors: 1, bytes: 1 });
    expect(stages).toEqual(['catalogue']);
  });

  it('refuses a begun call where the worker has ended meanwhile', async () => {
    const { client } = connect();
    client.end(new MienError('worker-failed', 'm', 'h'));
    const parameters = { backend: 'wasm', exclude: [], tasks: [], baseUrl: 'http://localhost/', early: [] } as const;
    await expect(client.begun({ id: 0, call: 'load', parameters: { ...parameters, exclude: [], tasks: [], early: [] } })).rejects.toMatchObject({ code: 'worker-failed' });
  });

  it.each(['', 'mien', 'another'])('finds no call in the name "%s"', (name) => {
    expect(callIn(name)).toBeNull();
  });

  it('turns errors of the worker into MienErrors', async () => {
    const { worker, client } = connect();
    const call = client.call('memory', {});
    worker.say({ id: 0, kind: 'error', error: { code: 'model-corrupt', message: 'm', hint: 'h' } });
    const error = await call.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MienError);
    expect(error).toMatchObject({ code: 'model-corrupt', message: 'm', hint: 'h' });
  });

  it('rejects all calls, those that wait and those to come, when the worker fails', async () => {
    const { worker, client } = connect();
    const call = client.call('memory', {});
    worker.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
    await expect(call).rejects.toMatchObject({ code: 'worker-failed', message: 'the worker failed: out of memory' });
    await expect(client.call('memory', {})).rejects.toMatchObject({ code: 'worker-failed' });
    expect(worker.terminated).toBe(true);
  });

  it('ends once, with the first reason', async () => {
    const { client } = connect();
    client.end(new MienError('disposed', 'gone', ''));
    client.end(new MienError('worker-failed', 'later', ''));
    await expect(client.call('memory', {})).rejects.toMatchObject({ code: 'disposed' });
  });
});

describe('NewestWins', () => {
  it('runs one job at a time and only the newest of those that wait', async () => {
    const ran: number[] = [];
    const discarded: number[] = [];
    let release = (): void => undefined;
    const newest = new NewestWins<number, number>(
      async (job) => {
        ran.push(job);
        await new Promise<void>((resolve) => (release = resolve));
        return job * 10;
      },
      (job) => discarded.push(job),
    );
    const results = [1, 2, 3, 4].map((job) => newest.ask(job));
    expect(ran).toEqual([1]);
    expect(discarded).toEqual([2, 3]);
    release();
    expect(await results[0]).toBe(10);
    await vi.waitFor(() => expect(ran).toEqual([1, 4]));
    release();
    expect(await Promise.all(results)).toEqual([10, 40, 40, 40]);
  });

  it('goes on after a failure', async () => {
    const newest = new NewestWins<number, number>((job) => (job < 0 ? Promise.reject(new Error('below zero')) : Promise.resolve(job)));
    await expect(newest.ask(-1)).rejects.toThrow('below zero');
    expect(await newest.ask(2)).toBe(2);
  });
});

/** One face whose eyes lie at (5, 8) and (9, 8) of a frame of 16, seen by the anchor at (4, 4). */
const oneFace = (): Record<string, Float32Array> => {
  const boxes = new Float32Array(4 * 8);
  boxes.set([3, 4, 8, 8, 1, 4, 5, 4]);
  return { boxes, scores: Float32Array.of(5, -9, -9, -9) };
};
const noFace = (): Record<string, Float32Array> => ({ boxes: new Float32Array(32), scores: new Float32Array(4).fill(-9) });

describe('FacePipeline', () => {
  /** Says happy by the mean of the crop. */
  function pipeline(detector: () => Record<string, Float32Array>): FacePipeline {
    const classifier = fakeNetwork(faceSpec(), (values, batch) => {
      const size = values.length / batch;
      const logits = Array.from({ length: batch }, (_, i) => [values.subarray(i * size, (i + 1) * size).reduce((a, b) => a + b, 0) / size, 0]);
      return { emotion: Float32Array.from(logits.flat()) };
    });
    return new FacePipeline(new FaceDetector(fakeNetwork(detectorSpec(), detector)), [new FaceClassifier(classifier)]);
  }

  it('gives faces in the pixels of the source', async () => {
    const [face, ...rest] = await pipeline(oneFace).analyse(grey(32, 32, () => 255), {}, 0);
    expect(rest).toEqual([]);
    // The frame is half the source: the box (3, 4)..(11, 12) becomes (6, 8)..(22, 24).
    expect(face!.box).toEqual({ x: 6, y: 8, width: 16, height: 16 });
    expect(face!.keypoints).toEqual([{ name: 'left_eye', x: 10, y: 16 }, { name: 'right_eye', x: 18, y: 16 }]);
    expect(face!.score).toBeCloseTo(1 / (1 + Math.exp(-5)), 6);
    // A white crop is (1 - 0.5) / 0.25 = 2 everywhere.
    expect(face!.emotion!.probabilities.happy).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    expect(face).not.toHaveProperty('age');
  });

  it('counts ids per call without tracking', async () => {
    const faces = pipeline(oneFace);
    for (let call = 0; call < 2; call++) {
      expect((await faces.analyse(grey(32, 32, () => 255), {}, call))[0]!.id).toBe(0);
    }
  });

  it('knows a face again while time goes on, and nobody in another film', async () => {
    const faces = pipeline(oneFace);
    const at = async (now: number, level: number): Promise<{ id: number; happy: number }> => {
      const [face] = await faces.analyse(grey(32, 32, () => level), { track: true }, now);
      return { id: face!.id, happy: face!.emotion!.probabilities.happy! };
    };
    const white = await at(0, 255);
    expect((await at(0.5, 0)).id).toBe(white.id);
    expect((await at(0.5, 0)).happy).toBeLessThan(0.2); // not smoothed with the film before
    expect((await at(0, 255)).happy).toBeCloseTo(white.happy, 9);
  });

  it('shows somebody hardly seen in a film only if they are known', async () => {
    let score = 0.2; // a logit
    const faces = pipeline(() => ({ ...oneFace(), scores: Float32Array.of(score, -9, -9, -9) }));
    const seen = async (now: number, track = true): Promise<number> => (await faces.analyse(grey(32, 32, () => 255), { track }, now)).length;
    expect(await seen(0)).toBe(0);
    expect(await seen(0, false)).toBe(1);
    score = 5;
    expect(await seen(0.5)).toBe(1);
    score = 0.2;
    expect(await seen(1)).toBe(1);
    expect(await seen(0.5)).toBe(0); // another film
  });

  it('finds nobody', async () => {
    expect(await pipeline(noFace).analyse(grey(32, 32, () => 255), {}, 0)).toEqual([]);
  });

  it('lets the whole picture serve where a tight picture shows no face', async () => {
    const face = await pipeline(noFace).analysePicture(grey(8, 6, () => 0));
    expect(face).toMatchObject({ found: false, score: 0, keypoints: [], box: { x: 0, y: 0, width: 8, height: 6 } });
    expect(face.emotion!.probabilities.happy).toBeCloseTo(1 / (1 + Math.exp(2)), 6);
  });

  it('says where the face of a tight picture lies, without the margin', async () => {
    // 8 x 8 on a canvas of 16 x 16: the frame itself; the margin is 4.
    const face = await pipeline(oneFace).analysePicture(grey(8, 8, () => 255));
    expect(face).toMatchObject({ found: true, box: { x: -1, y: 0, width: 8, height: 8 } });
  });
});

describe('testModel', () => {
  const golden = (): GoldenCase => ({
    name: 'white',
    input: { kind: 'pixels', shape: [4, 4, 1], levels: new Uint8Array(16).fill(255) },
    outputs: { emotion: Float32Array.of(2, 0) },
    probabilities: { emotion: [1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(2))] },
    faces: null,
    speech: null,
  });
  const answering = (happy: number, sad: number) => fakeNetwork(faceSpec(), () => ({ emotion: Float32Array.of(happy, sad) }));

  it('passes what is right', async () => {
    expect(await testModel(answering(2, 0), [golden()], 1e-3)).toMatchObject({ cases: 1, sameTop: true, passed: true });
  });

  it('tells how far the rest is off', async () => {
    const report = await testModel(answering(2.5, 0), [golden()], 1e-3);
    expect(report.passed).toBe(false);
    expect(report.sameTop).toBe(true);
    expect(report.maxLogitDifference).toBeCloseTo(0.5, 6);
    expect(report.maxProbabilityDifference).toBeCloseTo(1 / (1 + Math.exp(-2.5)) - 1 / (1 + Math.exp(-2)), 6);
    expect((await testModel(answering(0, 2), [golden()], 1)).sameTop).toBe(false);
  });

  it('fails on what is no number, and where there is nothing to compare', async () => {
    expect((await testModel(answering(NaN, 0), [golden()], 1)).passed).toBe(false);
    expect((await testModel(answering(2, 0), [], 1)).passed).toBe(false);
  });

  it('refuses an input that does not fit the model', async () => {
    const small: GoldenCase = { ...golden(), input: { kind: 'pixels', shape: [1, 1, 1], levels: new Uint8Array(1) } };
    await expect(testModel(answering(2, 0), [small], 1)).rejects.toMatchObject({ code: 'spec-invalid' });
  });
});
