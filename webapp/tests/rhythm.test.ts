import { describe, expect, it } from 'vitest';
import { Rhythm } from '../src/camera/rhythm';

const PICTURE_MS = 1000 / 30;

/** Ten seconds of a camera with 30 pictures a second, on a device that takes so long for each; readings a second. */
function perSecond(rhythm: Rhythm, latencyMs: (reading: number) => number, from = 0): number {
  let readings = 0;
  let free = from;
  for (let now = from; now < from + 10_000; now += PICTURE_MS) {
    if (now < free || !rhythm.take(now)) continue;
    const latency = latencyMs(readings++);
    free = now + latency;
    rhythm.note(latency);
  }
  return readings / 10;
}

describe('the rhythm of readings', () => {
  it('is that of the camera on a quick device', () => {
    const rhythm = new Rhythm();
    expect(perSecond(rhythm, () => 20)).toBeCloseTo(30, 0);
    expect(rhythm.tempo).toBe('full');
  });

  it('leaves a slow device half of its time', () => {
    const rhythm = new Rhythm();
    const rate = perSecond(rhythm, () => 200);
    expect(rhythm.tempo).toBe('slow');
    expect(rate * 0.2).toBeGreaterThan(0.4);
    expect(rate * 0.2).toBeLessThan(0.6);
  });

  it('does not call a device slow for its first readings, or for one of many', () => {
    const rhythm = new Rhythm();
    const tempos = new Set<string>();
    perSecond(rhythm, (reading) => { tempos.add(rhythm.tempo); return reading < 3 || reading % 10 === 0 ? 900 : 30; });
    expect([...tempos]).toEqual(['full']);
  });

  it('does not go to and fro between the two', () => {
    const rhythm = new Rhythm();
    let changes = 0;
    let last = rhythm.tempo;
    perSecond(rhythm, (reading) => {
      if (rhythm.tempo !== last) changes += 1;
      last = rhythm.tempo;
      return reading < 20 ? 150 : 100 + 15 * Math.sin(reading);
    });
    expect(changes).toBe(1);
    perSecond(rhythm, () => 40, 20_000);
    expect(rhythm.tempo).toBe('full');
  });

  it('spares the battery, and says which of both it is that holds it back', () => {
    const rhythm = new Rhythm();
    rhythm.onBattery = true;
    const rate = perSecond(rhythm, () => 20);
    expect(rate).toBeGreaterThan(6);
    expect(rate).toBeLessThanOrEqual(8);
    expect(rhythm.tempo).toBe('battery');
    perSecond(rhythm, () => 300, 20_000);
    expect(rhythm.tempo).toBe('slow');
  });
});
