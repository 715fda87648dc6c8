import { describe, expect, it } from 'vitest';
import { Envelope } from '../../src/audio/envelope';
import { onStage } from '../../src/camera/geometry';

const values = (...numbers: number[]): Float32Array => Float32Array.from(numbers);

describe('Envelope', () => {
  it('keeps the ends of every step, the newest at the right', () => {
    const envelope = new Envelope(3, 2);
    envelope.push(values(0.5, -0.25, 0.75));
    envelope.push(values(-1, 0.125));
    expect([...envelope.highs]).toEqual([0, 0.5, 0.75]);
    expect([...envelope.lows]).toEqual([0, -0.25, -1]);
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
