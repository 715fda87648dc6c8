import { describe, expect, it } from 'vitest';
import { Envelope } from '../../src/audio/envelope';
import { SampleRing } from '../../src/audio/ring';
import { Smoother } from '../../src/audio/smoother';
import { onStage } from '../../src/camera/geometry';

const values = (...numbers: number[]): Float32Array => Float32Array.from(numbers);

describe('SampleRing', () => {
  it('keeps the newest samples in order, however they come', () => {
    const ring = new SampleRing(5);
    const all: number[] = [];
    for (const length of [1, 3, 2, 5, 7, 0, 4]) {
      const block = Array.from({ length }, (_, i) => all.length + i);
      all.push(...block);
      ring.push(Float32Array.from(block));
      expect([...ring.read()]).toEqual(all.slice(-5));
      expect(ring.length).toBe(Math.min(5, all.length));
    }
  });

  it('gives a copy', () => {
    const ring = new SampleRing(2);
    ring.push(values(1, 2));
    ring.read().fill(9);
    expect([...ring.read()]).toEqual([1, 2]);
  });

  it('refuses a capacity that is none', () => {
    expect(() => new SampleRing(0)).toThrow(RangeError);
    expect(() => new SampleRing(2.5)).toThrow(RangeError);
  });
});

describe('Envelope', () => {
  it('keeps the ends of every step, the newest at the right', () => {
    const envelope = new Envelope(3, 2);
    envelope.push(values(0.5, -0.25, 0.75));
    envelope.push(values(-1, 0.125));
    expect([...envelope.highs]).toEqual([0, 0.5, 0.75]);
    expect([...envelope.lows]).toEqual([0, -0.25, -1]);
  });
});

describe('Smoother', () => {
  it('moves by its share towards the newest, and starts anew after a reset', () => {
    const smoother = new Smoother(0.5);
    expect(smoother.push({ sad: 1, happy: 0 })).toEqual({ sad: 1, happy: 0 });
    expect(smoother.push({ sad: 0, happy: 1 })).toEqual({ sad: 0.5, happy: 0.5 });
    smoother.reset();
    expect(smoother.push({ sad: 0, happy: 1 })).toEqual({ sad: 0, happy: 1 });
  });
});

describe('onStage', () => {
  it('exchanges left and right', () => {
    const box = { x: 10, y: 20, width: 30, height: 40 };
    const shown = onStage(box, { width: 100, height: 100 }, { width: 200, height: 200 }, true);
    expect(shown).toEqual({ x: 120, y: 40, width: 60, height: 80 });
  });

  it('follows a picture that is cut to cover the stage', () => {
    const box = { x: 80, y: 0, width: 40, height: 100 };
    const shown = onStage(box, { width: 200, height: 100 }, { width: 100, height: 100 }, true);
    expect(shown).toEqual({ x: 30, y: 0, width: 40, height: 100 });
  });
});
