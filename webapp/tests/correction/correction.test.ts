import { describe, expect, it } from 'vitest';
import { addCorrections } from '../../src/correction/add-corrections';
import { Corrector } from '../../src/correction/corrector';
import { fitBias, withBias } from '../../src/correction/fit';
import { Identities } from '../../src/session/identities';
import { readCorrectionsFile } from '../../src/session/read-json';
import { Session } from '../../src/session/session';
import { correctionsOnlyJson } from '../../src/session/write-json';
import type { Categorical, Face } from '../../src/types';
import { Scope } from '../../src/ui/scope';
import { random, ZERO } from '../session/made';

const LABELS = ['happy', 'sad', 'neutral'];
const reading = (...shares: number[]): Categorical => {
  const probabilities = Object.fromEntries(LABELS.map((label, k) => [label, shares[k]!]));
  return { label: LABELS[shares.indexOf(Math.max(...shares))]!, probabilities };
};
const face = (id: number, emotion: Categorical): Face => ({ id, box: { x: 0, y: 0, width: 1, height: 1 }, keypoints: [], score: 1, emotion });

function setUp(): { session: Session; corrector: Corrector } {
  const session = new Session();
  return { session, corrector: new Corrector(new Scope(), session, new Identities(session)) };
}

describe('fitBias', () => {
  it('is nothing without corrections', () => { expect(fitBias(LABELS, [])).toEqual([0, 0, 0]); });

  it('is where the gradient of the penalised likelihood vanishes', () => {
    const next = random(2);
    const corrections = Array.from({ length: 25 }, () => {
      const weights = LABELS.map(() => next() + 0.01);
      const sum = weights.reduce((a, b) => a + b);
      return { read: Object.fromEntries(LABELS.map((label, k) => [label, weights[k]! / sum])), right: LABELS[Math.floor(next() * 3)]! };
    });
    const bias = fitBias(LABELS, corrections);
    const byLabel = Object.fromEntries(LABELS.map((label, k) => [label, bias[k]!]));
    for (const [k, label] of LABELS.entries()) {
      let gradient = bias[k]!;
      for (const { read, right } of corrections) gradient += withBias(read, byLabel)[label]! - (right === label ? 1 : 0);
      expect(gradient).toBeCloseTo(0, 5);
    }
    expect(bias.reduce((a, b) => a + b)).toBeCloseTo(0, 6);
  });

  it('solves two labels as by hand', () => {
    // For K = 2 the biases are opposite, and b solves b = 1 - sigmoid(log(0.2 / 0.8) + 2 b): 0.567 by bisection.
    let [low, high] = [0, 1];
    for (let i = 0; i < 60; i++) {
      const b = (low + high) / 2;
      if (b < 1 - 1 / (1 + Math.exp(-(Math.log(0.25) + 2 * b)))) low = b;
      else high = b;
    }
    const [happy, sad] = fitBias(['happy', 'sad'], [{ read: { happy: 0.2, sad: 0.8 }, right: 'happy' }]);
    expect(happy).toBeCloseTo(low, 6);
    expect(sad).toBeCloseTo(-low, 6);
  });

  it('turns a doubtful reading at once, a sure one after a second word', () => {
    const turned = (share: number, count: number): boolean => {
      const read = { happy: share, sad: 1 - share };
      const [happy, sad] = fitBias(['happy', 'sad'], Array.from({ length: count }, () => ({ read, right: 'sad' })));
      return withBias(read, { happy: happy!, sad: sad! }).sad! > 0.5;
    };
    expect([turned(0.6, 1), turned(0.8, 1), turned(0.8, 2)]).toEqual([true, false, true]);
  });

  it('stays finite where the right label had no probability', () => {
    const bias = fitBias(LABELS, Array.from({ length: 300 }, () => ({ read: { happy: 1, sad: 0, neutral: 0 }, right: 'sad' })));
    expect(bias.every(Number.isFinite)).toBe(true);
  });
});

describe('Corrector', () => {
  it('passes readings as they are, label and all, until somebody corrects', () => {
    const { corrector } = setUp();
    // A label that is not on top: upstream holds it against flicker.
    const held = { ...reading(0.45, 0.5, 0.05), label: 'happy' };
    const before = [face(0, held)];
    expect(corrector.adjustFaces(before, ZERO)).toEqual(before);
    expect(corrector.adjustVoice(held, ZERO)).toBe(held);
  });

  it('moves the label of the one who was corrected, and of nobody else', () => {
    const { corrector, session } = setUp();
    const both = [face(0, reading(0.7, 0.2, 0.1)), face(1, reading(0.7, 0.2, 0.1))];
    let [shown, other] = corrector.adjustFaces(both, ZERO);
    let said = 0;
    while (shown!.emotion!.label === 'happy' && said < 10) {
      corrector.correct(corrector.doubtFace(0, ZERO + said)!, 'sad');
      said += 1;
      [shown, other] = corrector.adjustFaces(both, ZERO + said);
      const sum = Object.values(shown!.emotion!.probabilities).reduce((a, b) => a + b);
      expect(sum).toBeCloseTo(1, 12);
    }
    expect([shown!.emotion!.label, said]).toEqual(['sad', 2]);
    expect(other).toEqual(both[1]);
    expect(session.corrections.map(({ shown: was, right, read }) => [was, right, read.happy])).toEqual([['happy', 'sad', 0.7], ['happy', 'sad', 0.7]]);
  });

  it('can be switched off and on, and reset', () => {
    const { corrector, session } = setUp();
    const faces = [face(0, reading(0.5, 0.4, 0.1))];
    const look = (): string => corrector.adjustFaces(faces, ZERO)[0]!.emotion!.label;
    look();
    corrector.correct(corrector.doubtFace(0, ZERO)!, 'sad');
    expect(look()).toBe('sad');
    corrector.switch(false);
    expect(corrector.adjustFaces(faces, ZERO)).toEqual(faces);
    corrector.switch(true);
    expect(look()).toBe('sad');
    session.resetCorrections('person-1');
    expect(corrector.adjustFaces(faces, ZERO)).toEqual(faces);
  });

  it('takes one word back and keeps the others', () => {
    const { corrector, session } = setUp();
    corrector.adjustFaces([face(0, reading(0.5, 0.4, 0.1))], ZERO);
    corrector.correct(corrector.doubtFace(0, ZERO)!, 'sad');
    const one = corrector.biasOf('person-1');
    const second = corrector.correct(corrector.doubtFace(0, ZERO)!, 'sad')!;
    corrector.takeBack(second.id);
    expect(corrector.biasOf('person-1')).toEqual(one);
    expect(session.corrections).toHaveLength(1);
  });

  it('does not flicker on its new border', () => {
    const { corrector } = setUp();
    corrector.adjustFaces([face(0, reading(0.52, 0.38, 0.1))], ZERO);
    corrector.correct(corrector.doubtFace(0, ZERO)!, 'sad');
    const next = random(3);
    const labels: string[] = [];
    for (let i = 0; i < 400; i++) {
      const wobble = 0.04 * (next() - 0.5);
      labels.push(corrector.adjustFaces([face(0, reading(0.6 + wobble, 0.3 - wobble, 0.1))], ZERO + i * 50)[0]!.emotion!.label);
    }
    const changes = labels.filter((label, i) => i > 0 && label !== labels[i - 1]).length;
    expect(changes).toBeLessThanOrEqual(1);
  });

  it('keeps the label of a corrected voice until another leads clearly, as that of any voice', () => {
    const { corrector } = setUp();
    const hear = (sad: number, second: number): Categorical => corrector.adjustVoice(reading(0.9 - sad, sad, 0.1), ZERO + 1000 * second, 0.3);
    hear(0.4, 0);
    corrector.correct(corrector.doubtVoice(ZERO)!, 'sad');
    const heard = Array.from({ length: 100 }, (_, i) => hear(0.5 - 0.005 * i, 0.3 * (i + 1)));
    const lead = ({ probabilities: { happy, sad } }: Categorical): number => happy! - sad!;
    const change = heard.findIndex(({ label }) => label === 'happy');
    expect(change).toBeGreaterThan(0);
    expect(heard.slice(change).every(({ label }) => label === 'happy')).toBe(true);
    expect(lead(heard[change - 1]!)).toBeLessThan(0.1);
    expect(lead(heard[change]!)).toBeGreaterThanOrEqual(0.1);
    expect(heard.some((one) => one.label === 'sad' && lead(one) > 0)).toBe(true);
  });

  it('holds the label of a corrected face through a glance, and forgets it when the face has gone', () => {
    const { corrector } = setUp();
    const see = (sad: number, second: number): string => corrector.adjustFaces([face(0, reading(0.9 - sad, sad, 0.1))], ZERO + 1000 * second)[0]!.emotion!.label;
    see(0.4, 0);
    corrector.correct(corrector.doubtFace(0, ZERO)!, 'sad');
    expect([0.1, 0.2, 0.3].map((second) => see(0.5, second))).toEqual(['sad', 'sad', 'sad']);
    expect([0.4, 0.5, 0.6].map((second) => see(0.15, second))).toEqual(['sad', 'sad', 'sad']);
    corrector.adjustFaces([], ZERO + 700);
    expect(see(0.15, 0.8)).toBe('happy');
  });

  it('does not take a new face with an old number for the one who was corrected', () => {
    const { corrector } = setUp();
    const faces = [face(0, reading(0.5, 0.4, 0.1))];
    corrector.adjustFaces(faces, ZERO);
    corrector.correct(corrector.doubtFace(0, ZERO)!, 'sad');
    expect(corrector.adjustFaces(faces, ZERO + 60_000)).toEqual(faces);
  });

  it('credits the face that was asked about, though it has gone meanwhile', () => {
    const { corrector, session } = setUp();
    corrector.adjustFaces([face(0, reading(0.5, 0.4, 0.1))], ZERO);
    const doubt = corrector.doubtFace(0, ZERO)!;
    corrector.adjustFaces([face(0, reading(0.1, 0.1, 0.8))], ZERO + 60_000);
    corrector.correct(doubt, 'sad');
    expect(session.corrections[0]).toMatchObject({ shown: 'happy', right: 'sad', subject: 'person-1' });
    expect(corrector.adjustFaces([face(0, reading(0.1, 0.1, 0.8))], ZERO + 60_001)[0]!.emotion!.label).toBe('neutral');
  });

  it('corrects a voice that is heard, not one that has fallen silent', () => {
    const { corrector } = setUp();
    const heard = reading(0.5, 0.4, 0.1);
    corrector.adjustVoice(heard, ZERO);
    expect(corrector.doubtVoice(ZERO + 60_000)).toBeNull();
    corrector.fallSilent();
    expect(corrector.doubtVoice(ZERO + 50)).toBeNull();
    corrector.adjustVoice(heard, ZERO);
    corrector.correct(corrector.doubtVoice(ZERO + 100)!, 'sad');
    expect(corrector.adjustVoice(heard, ZERO + 500).label).toBe('sad');
  });
});

describe('addCorrections', () => {
  it('goes to the voice, to the person of that name, and else to somebody new', () => {
    const { session, corrector } = setUp();
    corrector.adjustFaces([face(0, reading(0.5, 0.4, 0.1))], ZERO);
    corrector.adjustVoice(reading(0.5, 0.4, 0.1), ZERO);
    corrector.correct(corrector.doubtFace(0, ZERO)!, 'sad');
    corrector.correct(corrector.doubtVoice(ZERO)!, 'sad');
    session.rename('person-1', 'Anna');
    const file = readCorrectionsFile('c.json', [...correctionsOnlyJson(session)].join(''));
    session.resetCorrections();

    expect(addCorrections(session, file, 'c.json', ZERO)).toBe(2);
    expect(session.corrections.map(({ subject }) => subject)).toEqual(['person-1', 'voice-1']);
    expect(corrector.adjustVoice(reading(0.5, 0.4, 0.1), ZERO).label).toBe('sad');

    const fresh = new Session();
    addCorrections(fresh, file, 'c.json', ZERO + 5000);
    expect(fresh.subjects.map(({ id, name }) => [id, name])).toEqual([['person-1', 'Anna'], ['voice-1', '']]);
    expect(fresh.corrections.map(({ ms }) => ms)).toEqual([0, 0]);
  });
});
