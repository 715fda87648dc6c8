import { describe, expect, it } from 'vitest';
import { AFFECT, affectOf, affectWords } from '../src/fusion/affect';
import { fuse, type Source } from '../src/fusion/fuse';
import { areForeign, COMMON_LABELS, toCommon, type CommonLabel, type CommonProbabilities } from '../src/fusion/labels';
import { LiveFusion } from '../src/fusion/live';
import { FACE_PRIOR, VOICE_PRIOR } from '../src/fusion/priors';
import { faceQuality, freshness, voiceWeight } from '../src/fusion/quality';
import { Trail, TRAIL_SECONDS } from '../src/fusion/trail';
import { LiveReadings } from '../src/live/readings';
import type { Face, Voice } from '../src/types';
import { Scope } from '../src/ui/scope';
import { chance } from './random';

const total = (probabilities: CommonProbabilities): number => COMMON_LABELS.reduce((sum, label) => sum + probabilities[label], 0);

/** `share` for one label, the rest evenly. */
function leaning(label: CommonLabel, share: number): CommonProbabilities {
  return Object.fromEntries(COMMON_LABELS.map((one) => [one, one === label ? share : (1 - share) / 6])) as Record<CommonLabel, number>;
}

function anything(random: () => number): CommonProbabilities {
  return toCommon(Object.fromEntries(COMMON_LABELS.map((label) => [label, random() ** 4])))!;
}

const face = (probabilities: CommonProbabilities, weight = 1): Source => ({ probabilities, prior: FACE_PRIOR, weight });
const voice = (probabilities: CommonProbabilities, weight = 1): Source => ({ probabilities, prior: VOICE_PRIOR, weight });

function expectClose(actual: CommonProbabilities, expected: CommonProbabilities): void {
  for (const label of COMMON_LABELS) expect(actual[label]).toBeCloseTo(expected[label], 10);
}

describe('toCommon', () => {
  it('counts calm as neutral and renames what RAVDESS names otherwise', () => {
    const common = toCommon({ neutral: 0.1, calm: 0.2, happy: 0.1, sad: 0.1, angry: 0.1, fearful: 0.15, disgust: 0.1, surprised: 0.15 })!;
    expect(common.neutral).toBeCloseTo(0.3, 12);
    expect(common.fear).toBeCloseTo(0.15, 12);
    expect(common.surprise).toBeCloseTo(0.15, 12);
    expect(total(common)).toBeCloseTo(1, 12);
  });

  it('leaves out what has no counterpart', () => {
    const all = Object.fromEntries(COMMON_LABELS.map((label) => [label, 0.05]));
    const common = toCommon({ ...all, contempt: 0.65 })!;
    expect(total(common)).toBeCloseTo(1, 12);
    expect(common.happy).toBeCloseTo(1 / 7, 12);
  });

  it('puts labels of somebody’s own nowhere, however some are called', () => {
    expect(toCommon({ contempt: 1 })).toBeNull();
    expect(toCommon({ happy: 0.25, bored: 0.75 })).toBeNull();
    expect(toCommon({ constructor: 0.5, happy: 0.5 })).toBeNull();
    expect(toCommon({ happy: 0.25, sad: 0.75 })!.sad).toBe(0.75);
    expect(areForeign(['happy', 'bored'])).toBe(true);
    expect(areForeign([...COMMON_LABELS, 'contempt'])).toBe(false);
  });

  it('gives priors that sum to 1', () => {
    expect(total(FACE_PRIOR)).toBeCloseTo(1, 12);
    expect(VOICE_PRIOR.neutral).toBeCloseTo(288 / 1440, 12);
  });
});

describe('fuse', () => {
  const random = chance(5);

  it('is the one where the other is absent or worth nothing', () => {
    const [p, q] = [anything(random), anything(random)];
    expectClose(fuse(face(p, 0.3), null)!.probabilities, p);
    expectClose(fuse(null, voice(q, 0.3))!.probabilities, q);
    expectClose(fuse(face(p), voice(q, 0))!.probabilities, p);
    expectClose(fuse(face(p, 0), voice(q, 0.5))!.probabilities, q);
    expect(fuse(face(p, 0.3), null)!.shares).toEqual({ face: 1, voice: 0 });
    expect(fuse(null, null)).toBeNull();
    expect(fuse(face(p, 0), voice(q, 0))).toBeNull();
  });

  it('sums to 1 and stays finite, whatever comes', () => {
    for (let i = 0; i < 500; i++) {
      const sure = i % 5 === 0;
      const p = sure ? leaning('happy', 1) : anything(random);
      const q = sure ? leaning('sad', 1) : anything(random);
      const { probabilities, shares } = fuse(face(p, random()), voice(q, random()))!;
      expect(total(probabilities)).toBeCloseTo(1, 12);
      for (const label of COMMON_LABELS) expect(probabilities[label]).toBeGreaterThanOrEqual(0);
      expect(shares.face + shares.voice).toBeCloseTo(1, 12);
    }
  });

  it('is surer than either where both agree', () => {
    for (const label of COMMON_LABELS) {
      const fused = fuse(face(leaning(label, 0.6)), voice(leaning(label, 0.6)))!;
      expect(fused.label).toBe(label);
      expect(fused.probabilities[label]).toBeGreaterThan(0.6);
    }
  });

  it('gains less from agreement, the poorer the sources are', () => {
    const at = (weight: number): number => fuse(face(leaning('happy', 0.6), weight), voice(leaning('happy', 0.6), weight))!.probabilities.happy;
    expect(at(1)).toBeGreaterThan(at(0.5));
    expect(at(0.5)).toBeGreaterThan(at(0.1));
    expect(at(0.01)).toBeCloseTo(0.6, 1);
  });

  it('moves towards the source that weighs more', () => {
    const [happy, sad] = [leaning('happy', 0.8), leaning('sad', 0.8)];
    const shares = [0.1, 0.4, 0.7, 1].map((weight) => fuse(face(happy), voice(sad, weight))!.probabilities.sad);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(fuse(face(happy), voice(sad, 0.2))!.label).toBe('happy');
    expect(fuse(face(happy, 0.2), voice(sad))!.label).toBe('sad');
  });

  it('changes little where a source is hardly worth anything', () => {
    const [p, q] = [anything(random), anything(random)];
    const fused = fuse(face(p), voice(q, 1e-6))!.probabilities;
    for (const label of COMMON_LABELS) expect(Math.abs(fused[label] - p[label])).toBeLessThan(0.02);
  });

  it('learns nothing from a source that says what its data say before looking', () => {
    const p = leaning('sad', 0.7);
    const { probabilities } = fuse({ ...voice(p), prior: VOICE_PRIOR }, { ...voice(VOICE_PRIOR), prior: VOICE_PRIOR })!;
    for (const label of COMMON_LABELS) expect(probabilities[label]).toBeCloseTo(0.98 * p[label] + 0.02 * VOICE_PRIOR[label], 10);
  });

  it('does not let one source rule an emotion out', () => {
    const never = leaning('happy', 0);
    expect(fuse(face(leaning('happy', 0.95)), voice(never, 0.3))!.label).toBe('happy');
    expect(fuse(face(leaning('happy', 0.95)), voice(never))!.probabilities.happy).toBeGreaterThan(0.05);
  });
});

const someFace = (id: number, width: number, label: string): Face => ({
  id,
  box: { x: 0, y: 0, width, height: width },
  keypoints: [],
  score: 0.9,
  emotion: { label, probabilities: { [label]: 0.8, neutral: 0.2 } },
});

describe('quality', () => {
  const keypoints = (nose: number): Face['keypoints'] => [
    { name: 'left_eye', x: 100, y: 100 },
    { name: 'right_eye', x: 140, y: 100 },
    { name: 'nose', x: nose, y: 130 },
  ];

  it('rises with size, score and frontality, and never leaves 0..1', () => {
    const weight = (width: number, score: number, nose: number): number =>
      faceQuality({ box: { x: 0, y: 0, width, height: width }, score, keypoints: keypoints(nose) }).weight;
    expect(weight(120, 0.95, 120)).toBe(1);
    expect(weight(60, 0.95, 120)).toBeLessThan(weight(80, 0.95, 120));
    expect(weight(120, 0.55, 120)).toBeLessThan(weight(120, 0.7, 120));
    expect(weight(120, 0.95, 136)).toBeLessThan(weight(120, 0.95, 130));
    expect(weight(10, 0.5, 200)).toBeCloseTo(0.05, 12);
  });

  it('counts speech only', () => {
    const emotion = { label: 'sad', probabilities: { sad: 1 } };
    expect(voiceWeight({ speech: false, emotion: null, start: 0, end: 3 })).toBe(0);
    expect(voiceWeight({ speech: true, emotion, start: 0, end: 1 })).toBe(0.5);
    expect(voiceWeight({ speech: true, emotion, start: 0, end: 3 })).toBe(1);
  });

  it('fades with age', () => {
    expect([0, 1000, 2000, 3000, 9000].map(freshness)).toEqual([1, 1, 0.5, 0, 0]);
  });
});

describe('LiveFusion', () => {
  const someVoice = (label: string): Voice => ({ speech: true, emotion: { label, probabilities: { [label]: 0.7, neutral: 0.3 } }, start: 0, end: 3 });

  it('fuses what was published of late, and lets it fade', () => {
    const readings = new LiveReadings();
    const live = new LiveFusion(new Scope(), readings);
    expect(live.current(0)).toBeNull();
    readings.publishFaces({ time: 1000, faces: [someFace(1, 120, 'happy')] });
    expect(live.current(1100)!.shares).toEqual({ face: 1, voice: 0 });
    readings.publishVoice({ time: 1200, voice: someVoice('happy') });
    const both = live.current(1300)!;
    expect(both.shares.face).toBeCloseTo(0.5, 12);
    expect(both.probabilities.happy).toBeGreaterThan(0.8);
    expect(live.current(9000)).toBeNull();
  });

  it('leaves out a panel that ended', () => {
    const readings = new LiveReadings();
    const live = new LiveFusion(new Scope(), readings);
    readings.publishFaces({ time: 0, faces: [someFace(1, 120, 'happy')] });
    readings.publishVoice({ time: 0, voice: someVoice('sad') });
    readings.publishEnd('face');
    expect(live.current(10)!.shares).toEqual({ face: 0, voice: 1 });
  });

  it('says whose labels have no place here, and goes by the other alone', () => {
    const readings = new LiveReadings();
    const live = new LiveFusion(new Scope(), readings);
    const face = { ...someFace(1, 120, 'bored'), emotion: { label: 'bored', probabilities: { bored: 0.9, happy: 0.1 } } };
    readings.publishFaces({ time: 0, faces: [face] });
    expect(live.current(10)).toBeNull();
    expect(live.foreign(10)).toEqual({ face: true, voice: false });
    readings.publishVoice({ time: 0, voice: someVoice('sad') });
    expect(live.current(10)!.shares).toEqual({ face: 0, voice: 1 });
    expect(live.foreign(9000)).toEqual({ face: false, voice: false });
  });

  it('stays with a face until another is clearly nearer', () => {
    const readings = new LiveReadings();
    const live = new LiveFusion(new Scope(), readings);
    const happyShare = (): number => live.current(0)!.probabilities.happy;
    readings.publishFaces({ time: 0, faces: [someFace(1, 120, 'happy'), someFace(2, 110, 'sad')] });
    expect(happyShare()).toBeGreaterThan(0.5);
    readings.publishFaces({ time: 0, faces: [someFace(1, 110, 'happy'), someFace(2, 125, 'sad')] });
    expect(happyShare()).toBeGreaterThan(0.5);
    readings.publishFaces({ time: 0, faces: [someFace(1, 110, 'happy'), someFace(2, 180, 'sad')] });
    expect(happyShare()).toBeLessThan(0.5);
  });
});

describe('affect', () => {
  it('is the place of a sure emotion, and between for a mixture', () => {
    expect(affectOf(leaning('happy', 1))).toEqual(AFFECT.happy);
    const mixed = affectOf(toCommon({ happy: 0.5, sad: 0.5 })!);
    expect(mixed.valence).toBeCloseTo(0.09, 12);
    expect(mixed.arousal).toBeCloseTo(0.12, 12);
  });

  it('has words for the quarters and for the middle', () => {
    expect(affectWords(AFFECT.happy)).toEqual({ valence: 'pleasant', arousal: 'lively' });
    expect(affectWords(AFFECT.sad)).toEqual({ valence: 'unpleasant', arousal: 'quiet' });
    expect(affectWords(AFFECT.neutral)).toEqual({ valence: 'even', arousal: 'even' });
  });

  it('leaves a trail of the last seconds, four points a second', () => {
    const trail = new Trail();
    for (let i = 0; i <= 400; i++) trail.push({ valence: i / 400, arousal: 0 }, i / 10);
    const { points } = trail;
    expect(points.at(-1)).toEqual({ valence: 1, arousal: 0, time: 40 });
    expect(points[0]!.time).toBeGreaterThanOrEqual(40 - TRAIL_SECONDS);
    expect(points.length).toBeGreaterThan(2 * TRAIL_SECONDS);
    expect(points.length).toBeLessThanOrEqual(4 * TRAIL_SECONDS + 2);
  });
});
