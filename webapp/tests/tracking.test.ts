import { describe, expect, it } from 'vitest';
import { appearanceDistance, appearanceOf, blendAppearance } from '../src/face/appearance';
import { assign } from '../src/face/assignment';
import { AxisMotion } from '../src/face/motion';
import { SteadyLabel } from '../src/face/steady_label';
import { idsOf, track, walk } from './made_people';
import { chance, gauss } from './random';

describe('assign', () => {
  /** Every way to give rows columns or nothing, tried one by one. */
  function cheapest(costs: number[][], unassigned: number, row = 0, taken = new Set<number>()): number {
    if (row === costs.length) return 0;
    let best = unassigned + cheapest(costs, unassigned, row + 1, taken);
    costs[row]!.forEach((cost, column) => {
      if (taken.has(column)) return;
      best = Math.min(best, cost + cheapest(costs, unassigned, row + 1, new Set([...taken, column])));
    });
    return best;
  }

  it('is as cheap as the best of all assignments', () => {
    const random = chance(1);
    for (let trial = 0; trial < 300; trial++) {
      const rows = Math.floor(random() * 5);
      const columns = Math.floor(random() * 5);
      const costs = Array.from({ length: rows }, () => Array.from({ length: columns }, () => (random() < 0.1 ? Infinity : random() * 10 - 2)));
      const owners = assign(costs, 5);
      const used = owners.filter((column) => column >= 0);
      expect(new Set(used).size).toBe(used.length);
      const total = owners.reduce((sum, column, row) => sum + (column < 0 ? 5 : costs[row]![column]!), 0);
      expect(total).toBeCloseTo(cheapest(costs, 5), 9);
    }
  });

  it('does not take the best pair where that spoils the rest', () => {
    expect(assign([[1, 2], [1.5, 9]], 20)).toEqual([1, 0]);
  });
});

describe('AxisMotion', () => {
  it('learns a constant speed and goes on with it, more slowly', () => {
    const motion = new AxisMotion(0, 100);
    for (let i = 1; i <= 40; i++) {
      motion.predict(0.05, 100);
      motion.correct(i * 10, 100);
    }
    expect(motion.expected).toBeCloseTo(400, -1);
    motion.predict(0.5, 100);
    expect(motion.expected).toBeGreaterThan(450);
    expect(motion.expected).toBeLessThan(500);
  });

  it('is less sure the longer nothing is seen', () => {
    const motion = new AxisMotion(0, 100);
    const spreads = Array.from({ length: 5 }, () => {
      motion.predict(0.3, 100);
      return motion.spread(100);
    });
    expect(spreads).toEqual([...spreads].sort((a, b) => a - b));
  });
});

describe('appearance', () => {
  const crop = (seed: number): Uint8Array => {
    const random = chance(seed);
    return Uint8Array.from({ length: 48 * 48 }, () => 60 + 120 * random());
  };

  it('does not depend on light and contrast', () => {
    const dark = crop(1).map((level) => Math.round(level / 2 + 10));
    expect(appearanceDistance(appearanceOf(crop(1), 48, 48)!, appearanceOf(dark, 48, 48)!)).toBeLessThan(0.01);
  });

  it('tells different crops apart, and has nothing to say about an even one', () => {
    expect(appearanceDistance(appearanceOf(crop(1), 48, 48)!, appearanceOf(crop(2), 48, 48)!)).toBeGreaterThan(0.5);
    expect(appearanceOf(new Uint8Array(48 * 48).fill(9), 48, 48)).toBeNull();
  });

  it('reads colour crops by their luma', () => {
    const grey = crop(3);
    const rgb = Uint8Array.from({ length: grey.length * 3 }, (_, i) => grey[Math.floor(i / 3)]!);
    expect(appearanceDistance(appearanceOf(grey, 48, 48)!, appearanceOf(rgb, 48, 48)!)).toBeCloseTo(0, 5);
  });

  it('moves towards what is seen and stays normalised', () => {
    const [a, b] = [appearanceOf(crop(1), 48, 48)!, appearanceOf(crop(2), 48, 48)!];
    const mixed = blendAppearance(a, b, 0.25);
    expect(appearanceDistance(a, mixed)).toBeLessThan(appearanceDistance(b, mixed));
    expect(appearanceDistance(mixed, mixed)).toBeCloseTo(0, 5);
  });
});

describe('FaceTracker on made films', () => {
  const seeds = Array.from({ length: 12 }, (_, i) => i + 1);

  it.each([30, 15, 8, 4])('keeps two who cross apart at %i pictures a second', (perSecond) => {
    for (const seed of seeds) {
      const people = [
        { side: 120, place: walk(120, 520, 3) },
        { side: 130, place: walk(520, 120, 3, 250) },
      ];
      const frames = track({ people, seconds: 3.5, perSecond, seed });
      expect([idsOf(frames, 0), idsOf(frames, 1)]).toEqual([[frames[0]![0]], [frames[0]![1]]]);
    }
  });

  it('keeps two who meet and turn back apart, which motion alone would exchange', () => {
    const meet = (from: number, to: number) => (time: number) => ({ x: from + (to - from) * (1 - Math.abs(time - 1.5) / 1.5), y: 240 });
    const people = [
      { side: 120, place: meet(140, 330) },
      { side: 120, place: meet(500, 310) },
    ];
    for (const seed of seeds) {
      const frames = track({ people, seconds: 3, perSecond: 15, seed });
      expect([idsOf(frames, 0), idsOf(frames, 1)]).toEqual([[frames[0]![0]], [frames[0]![1]]]);
    }
  });

  it('keeps four people through misses of the detector and jitter', () => {
    const sway = (x: number, phase: number) => (time: number) => ({ x: x + 25 * Math.sin(2 * time + phase), y: 240 + 15 * Math.cos(3 * time + phase) });
    const people = [80, 240, 400, 560].map((x, i) => ({ side: 100, place: sway(x, i) }));
    for (const seed of seeds) {
      // Without looks (no network that crops is loaded) places must do, and then the detector must not miss much.
      const looks = seed % 2 === 0;
      const frames = track({ people, seconds: 10, perSecond: 10, seed, missed: looks ? 0.3 : 0.02, looks });
      for (let person = 0; person < 4; person++) expect(idsOf(frames, person)).toHaveLength(1);
    }
  });

  it('knows a face again that was away for a second and a half', () => {
    const people = [{ side: 120, place: (time: number) => (time > 1 && time < 2.5 ? null : { x: 200 + 30 * time, y: 240 }) }];
    for (const seed of seeds) expect(idsOf(track({ people, seconds: 4, perSecond: 10, seed }), 0)).toHaveLength(1);
  });

  it('takes whoever comes to the place of one who left for somebody new', () => {
    const people = [
      { side: 120, place: (time: number) => (time < 1 ? { x: 300, y: 240 } : null) },
      { side: 120, place: (time: number) => (time > 2 ? { x: 300, y: 240 } : null) },
    ];
    for (const seed of seeds) {
      const frames = track({ people, seconds: 3, perSecond: 10, seed });
      expect(idsOf(frames, 0)).toEqual([0]);
      expect(idsOf(frames, 1)).toEqual([1]);
    }
  });

  it('gives those who enter new ids, and those who stay keep theirs', () => {
    const people = [
      { side: 120, place: walk(150, 170, 6) },
      { side: 120, place: (time: number) => (time > 1 && time < 3 ? { x: 450, y: 240 } : null) },
      { side: 120, place: (time: number) => (time > 5.5 ? { x: 460, y: 240 } : null) },
    ];
    const frames = track({ people, seconds: 7, perSecond: 10, seed: 3 });
    expect([0, 1, 2].map((person) => idsOf(frames, person))).toEqual([[0], [1], [2]]);
  });
});

describe('SteadyLabel', () => {
  it('follows a clear change within half a second', () => {
    const label = new SteadyLabel();
    expect(label.update([0.8, 0.2], 0)).toBe(0);
    const times = Array.from({ length: 20 }, (_, i) => 0.05 * (i + 1));
    const changed = times.find((time) => label.update([0.1, 0.9], time) === 1);
    expect(changed).toBeGreaterThan(0.2);
    expect(changed).toBeLessThan(0.5);
  });

  it('follows a small lead only when it lasts', () => {
    const label = new SteadyLabel();
    label.update([0.6, 0.4], 0);
    expect(label.update([0.4, 0.6], 0.1)).toBe(0);
    expect(label.update([0.5, 0.5], 0.6)).toBe(0);
    expect(label.update([0.4, 0.6], 0.7)).toBe(0);
    expect(label.update([0.4, 0.6], 1.4)).toBe(0);
    expect(label.update([0.4, 0.6], 1.6)).toBe(1);
  });

  it('changes at most twice a minute where two labels are as probable as each other, and noise decides', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const noise = gauss(chance(seed));
      const label = new SteadyLabel();
      let [level, shown, changes, flips, before] = [0, -1, 0, 0, -1];
      for (let frame = 0; frame < 60 * 15; frame++) {
        // Noise of the camera, smoothed as the tracker smooths.
        level += 0.1 * (0.35 * noise() - level);
        const p = Math.min(0.95, Math.max(0.05, 0.5 + level));
        const next = label.update([p, 1 - p], frame / 15);
        if (shown >= 0 && next !== shown) changes++;
        shown = next;
        const top = p > 0.5 ? 0 : 1;
        if (before >= 0 && top !== before) flips++;
        before = top;
      }
      expect(flips).toBeGreaterThan(20);
      expect(changes).toBeLessThanOrEqual(2);
    }
  });
});
