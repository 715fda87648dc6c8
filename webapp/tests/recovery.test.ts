/** Going on after a loss: engines, clocks, ids, silences. */
import { describe, expect, it, vi } from 'vitest';
import { Ear } from '../src/audio/ear';
import type { LiveVoice } from '../src/audio/live_voice';
import { MienError, type MienErrorCode } from '../src/errors';
import { FaceIds } from '../src/live/face-ids';
import { followMuted } from '../src/live/muted';
import { GapWatch } from '../src/live/gap';
import type { LoadOptions, Mien } from '../src/types';
import { Engine } from '../src/ui/engine';
import { Recovery } from '../src/ui/recovery';
import { Scope } from '../src/ui/scope';
import { WorkerClient } from '../src/worker/client';
import { WakefulClock } from '../src/worker/clock';
import { FaceTracker } from '../src/face/tracker';
import { update } from './made_people';

const ended = (code: MienErrorCode): MienError => new MienError(code, 'made', 'hint');
const mienOn = (backend: Mien['backend']): Mien => ({ backend, dispose: () => Promise.resolve() }) as Mien;
const nothing = (): void => undefined;

describe('an engine', () => {
  /** Loads what `answers` says, in turn, and keeps what was asked for. */
  function engineThat(...answers: (Mien | Error)[]): { engine: Engine; asked: (readonly string[])[] } {
    const asked: (readonly string[])[] = [];
    const load = (options: LoadOptions = {}): Promise<Mien> => {
      const answer = answers[asked.length]!;
      asked.push(options.exclude ?? []);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    };
    return { engine: new Engine(['face-emotion'], load), asked };
  }

  it('goes without graphics processors once one was lost', async () => {
    const { engine, asked } = engineThat(mienOn('webgl'), mienOn('wasm'));
    await engine.load(nothing);
    engine.discard(ended('backend-lost'));
    expect((await engine.load(nothing)).backend).toBe('wasm');
    expect(asked).toEqual([[], ['webgl', 'webgpu']]);
  });

  it('never again takes a backend that computes wrongly', async () => {
    const { engine, asked } = engineThat(mienOn('wasm'), mienOn('webgl'), mienOn('webgl'));
    await engine.load(nothing);
    engine.discard(ended('backend-wrong'));
    await engine.load(nothing);
    engine.discard(ended('worker-failed'));
    await engine.load(nothing);
    expect(asked).toEqual([[], ['wasm'], ['wasm']]);
  });

  it('asks for lost ones again where there is no other', async () => {
    const { engine, asked } = engineThat(mienOn('webgl'), ended('backend-unavailable'), mienOn('webgl'));
    await engine.load(nothing);
    engine.discard(ended('backend-lost'));
    await expect(engine.load(nothing)).rejects.toMatchObject({ code: 'backend-unavailable' });
    await engine.load(nothing);
    expect(asked).toEqual([[], ['webgl', 'webgpu'], []]);
  });
});

describe('recovery', () => {
  const PAUSES = [1, 2, 3];

  function recovering(...answers: (Mien | Error)[]): { recovery: Recovery; loads: () => number; discarded: unknown[]; pass: (ms: number) => void } {
    let [loads, now] = [0, 0];
    const discarded: unknown[] = [];
    const engine = {
      load: (): Promise<Mien> => {
        const answer = answers[Math.min(loads++, answers.length - 1)]!;
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
      discard: (error: unknown) => discarded.push(error),
    };
    return { recovery: new Recovery(engine, PAUSES, () => now), loads: () => loads, discarded, pass: (ms) => { now += ms; } };
  }

  it.each(['worker-failed', 'backend-lost', 'backend-wrong'] as const)('loads another engine after %s', async (code) => {
    const mien = mienOn('wasm');
    const { recovery, discarded } = recovering(mien);
    expect(await recovery.renew(new Scope(), ended(code), nothing)).toBe(mien);
    expect(discarded).toMatchObject([{ code }]);
  });

  it('gives up after a few engines that fail at once', async () => {
    const { recovery, loads } = recovering(ended('worker-failed'));
    await expect(recovery.renew(new Scope(), ended('worker-failed'), nothing)).rejects.toMatchObject({ code: 'worker-failed' });
    expect(loads()).toBe(PAUSES.length);
  });

  it('gives up on engines that fail again soon, not on those that ran for long', async () => {
    const { recovery, pass } = recovering(mienOn('wasm'));
    for (let time = 0; time < 10; time++) {
      await recovery.renew(new Scope(), ended('worker-failed'), nothing);
      pass(3_600_000);
    }
    for (let time = 0; time < PAUSES.length; time++) await recovery.renew(new Scope(), ended('worker-failed'), nothing);
    await expect(recovery.renew(new Scope(), ended('worker-failed'), nothing)).rejects.toMatchObject({ code: 'worker-failed' });
  });

  it('does not try again what another engine would not help', async () => {
    const { recovery, loads } = recovering(mienOn('wasm'));
    await expect(recovery.renew(new Scope(), ended('bad-input'), nothing)).rejects.toMatchObject({ code: 'bad-input' });
    expect(loads()).toBe(0);
  });

  it('ends when the visitor stops meanwhile', async () => {
    const { recovery, loads } = recovering(mienOn('wasm'));
    const scope = new Scope();
    const renewed = recovery.renew(scope, ended('worker-failed'), nothing);
    scope.dispose();
    await expect(renewed).rejects.toMatchObject({ code: 'worker-failed' });
    expect(loads()).toBe(0);
  });
});

describe('the worker', () => {
  it('ends every call with what it says is fatal, those that wait and those to come', async () => {
    const worker = Object.assign(new EventTarget(), { postMessage: vi.fn(), terminate: vi.fn() });
    const client = new WorkerClient(worker as unknown as Worker);
    const calls = [client.call('memory', {}), client.call('selfTest', {})];
    const error = { code: 'backend-lost', message: 'webgl: the WebGL context was lost', hint: 'h' };
    worker.dispatchEvent(Object.assign(new Event('message'), { data: { kind: 'fatal', error } }));
    for (const call of [...calls, client.call('memory', {})]) await expect(call).rejects.toMatchObject(error);
    expect(worker.terminate).toHaveBeenCalledOnce();
  });
});

describe('a clock through a sleep', () => {
  /** Page clock and wall clock, which go on together except where the machine sleeps. */
  function clocks(): { clock: WakefulClock; run: (ms: number) => void; sleep: (ms: number) => void; setBack: (ms: number) => void } {
    let [page, wall] = [0, 1e12];
    return {
      clock: new WakefulClock(() => page, () => wall),
      run: (ms) => { page += ms; wall += ms; },
      sleep: (ms) => { wall += ms; },
      setBack: (ms) => { wall -= ms; },
    };
  }

  it('goes on with the wall while the page stands still, and never back', () => {
    const { clock, run, sleep, setBack } = clocks();
    run(1000);
    expect(clock.now()).toBe(1);
    sleep(7_200_000);
    run(1000);
    expect(clock.now()).toBe(7202);
    setBack(3_600_000);
    run(1000);
    expect(clock.now()).toBe(7203);
  });

  it('makes the tracker see a stranger after the sleep, unblended', () => {
    const { clock, run, sleep } = clocks();
    const tracker = new FaceTracker(['emotion']);
    const box = { x0: 0, y0: 0, x1: 100, y1: 100, points: new Float64Array(0), score: 1 };
    const look = (happy: number) => update(tracker, [{ box, probabilities: { emotion: Float64Array.of(happy, 1 - happy) } }], clock.now())[0]!;
    const before = look(1);
    run(40);
    expect(look(1).id).toBe(before.id);
    sleep(7_200_000);
    run(40);
    const after = look(0);
    expect(after.id).not.toBe(before.id);
    expect(after.probabilities.emotion).toEqual(Float64Array.of(0, 1));
    expect(after.labels.emotion).toBe(1);
  });
});

describe('a gap between readings', () => {
  it('is one where more than the limit has passed', () => {
    let now = 0;
    const watch = new GapWatch(1000, () => now);
    const after = (ms: number): boolean => {
      now += ms;
      return watch.passed();
    };
    expect([after(0), after(900), after(7_200_000), after(900)]).toEqual([false, false, true, false]);
    watch.reset();
    expect(after(5000)).toBe(false);
  });
});

describe('ids of faces', () => {
  const faces = (...ids: number[]) => ids.map((id) => ({ id })) as never;
  const idsOf = (named: { id: number }[]): number[] => named.map(({ id }) => id);

  it('are never given to somebody else by another engine', () => {
    const [ids, one, two] = [new FaceIds(), mienOn('webgl'), mienOn('wasm')];
    expect(idsOf(ids.name(one, faces(0, 3)))).toEqual([0, 3]);
    expect(idsOf(ids.name(two, faces(0, 1)))).toEqual([4, 5]);
    expect(idsOf(ids.name(two, faces(1)))).toEqual([5]);
  });

  it('stay with a face that was alone before and is alone after', () => {
    const [ids, one, two] = [new FaceIds(), mienOn('webgl'), mienOn('wasm')];
    ids.name(one, faces(2));
    expect(idsOf(ids.name(two, faces(0)))).toEqual([2]);
    expect(idsOf(ids.name(two, faces(0, 1)))).toEqual([2, 4]);
  });

  it('are new where nobody was in view', () => {
    const [ids, one, two] = [new FaceIds(), mienOn('webgl'), mienOn('wasm')];
    ids.name(one, faces(2));
    ids.name(one, faces());
    expect(idsOf(ids.name(two, faces(0)))).toEqual([3]);
  });
});

describe('a track', () => {
  it('is followed while it is muted and after', () => {
    const track = Object.assign(new EventTarget(), { muted: true });
    const scope = new Scope();
    const told: boolean[] = [];
    followMuted(scope, track as unknown as MediaStreamTrack, (muted) => told.push(muted));
    track.dispatchEvent(new Event('unmute'));
    track.dispatchEvent(new Event('mute'));
    scope.dispose();
    track.dispatchEvent(new Event('unmute'));
    expect(told).toEqual([true, false, true]);
  });
});

describe('an ear', () => {
  function listening(): { ear: Ear; scope: Scope; opened: { mien: Mien; heard: number; ended: boolean }[] } {
    const opened: { mien: Mien; heard: number; ended: boolean }[] = [];
    const scope = new Scope();
    const ear = new Ear(scope, mienOn('webgl'), (mien) => {
      const one = { mien, heard: 0, ended: false };
      opened.push(one);
      return { push: () => (one.heard += 1), end: () => (one.ended = true) } as unknown as LiveVoice;
    });
    return { ear, scope, opened };
  }
  const block = new Float32Array(8);

  it('hears nothing of what was before a gap', () => {
    const { ear, opened } = listening();
    ear.push(block);
    ear.again();
    ear.push(block);
    expect(opened).toMatchObject([{ heard: 1, ended: true }, { heard: 1, ended: false }]);
  });

  it('is deaf from the loss of its engine to the next one, whatever is asked in between', () => {
    const { ear, scope, opened } = listening();
    ear.push(block);
    ear.lose();
    ear.again();
    ear.push(block);
    ear.take(mienOn('wasm'));
    ear.push(block);
    expect(opened.map(({ mien, heard }) => [mien.backend, heard])).toEqual([['webgl', 1], ['wasm', 1]]);
    scope.dispose();
    expect(opened.every(({ ended }) => ended)).toBe(true);
  });
});
