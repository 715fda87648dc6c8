/** People who cover each other, cross, and come back; frames that come rarely and unevenly. Each film is made with several seeds. */
import { describe, expect, it } from 'vitest';
import { clearness, coverOf } from '../src/face/cover';
import { FaceTracker } from '../src/face/tracker';
import { type Film, type ReadFace, boxAt, idsOf, lookOf, mixedLook, track, update } from './made_people';
import { chance, gauss } from './random';

const SEEDS = Array.from({ length: 6 }, (_, i) => i + 1);

/** Runs a film with every seed; how many people were ever more than one, or had another's id. */
function mistakes(film: Omit<Film, 'seed'>): number {
  return SEEDS.reduce((sum, seed) => {
    const frames = track({ ...film, seed });
    const ids = film.people.map((_, person) => idsOf(frames, person));
    return sum + (ids.every((one) => one.length === 1) && new Set(ids.flat()).size === ids.length ? 0 : 1);
  }, 0);
}

/** How many films had more identities than people, or ended with other ones than they began with. */
function confusions(film: Omit<Film, 'seed'>): number {
  return SEEDS.reduce((sum, seed) => {
    const frames = track({ ...film, seed });
    const same = film.people.every((_, person) => idAt(frames, person) === idAt([...frames].reverse(), person));
    const count = new Set(film.people.flatMap((_, person) => idsOf(frames, person))).size;
    return sum + (same && count === film.people.length ? 0 : 1);
  }, 0);
}

/** The first id of a person. */
function idAt(frames: (number | undefined)[][], person: number): number | undefined {
  return frames.find((ids) => ids[person] !== undefined)?.[person];
}

describe('cover', () => {
  const face = boxAt(100, 100, 100);

  it('is the share of the head that another one lies over', () => {
    // Heads are 125 wide: at a distance of 100 they share 25 of it.
    expect(coverOf(face, [boxAt(200, 100, 100)])).toBeCloseTo(0.2, 9);
    expect(coverOf(face, [boxAt(300, 100, 100), boxAt(100, 100, 300)])).toBe(1);
    expect(coverOf(face, [])).toBe(0);
    expect(coverOf(boxAt(0, 0, 0), [face])).toBe(0);
  });

  it('takes from the clearness until nothing is left', () => {
    expect(clearness(face, [boxAt(225, 100, 100)])).toBe(1);
    expect(clearness(face, [boxAt(200, 100, 100)])).toBeCloseTo(1 - 0.2 / 0.35, 9);
    expect(clearness(face, [boxAt(150, 100, 100)])).toBe(0);
  });
});

describe('a face behind another one', () => {
  /** The first sits; the second comes, stays before it for `stay` seconds, and goes on, or goes back. */
  const visit = (stay: number, back: boolean, sides: [number, number], speed = 160): Film['people'] => [
    { side: sides[0], place: (time) => ({ x: 320 + 6 * Math.sin(time), y: 240 }) },
    {
      side: sides[1],
      place: (time) => {
        const [arrive, leave] = [220 / speed, 220 / speed + stay];
        const offset = time < arrive ? speed * time - 220 : time < leave ? 0 : (back ? -1 : 1) * speed * (time - leave);
        return { x: 320 + Math.max(-220, Math.min(220, offset)), y: 250 };
      },
    },
  ];

  it.each([15, 8, 5])('keeps its id at %i uneven pictures a second', (perSecond) => {
    for (const back of [true, false]) {
      for (const sides of [[120, 130], [110, 170]] satisfies [number, number][]) {
        expect(mistakes({ people: visit(0.5, back, sides), seconds: 4.5, perSecond, uneven: true })).toBe(0);
      }
    }
  });

  it('keeps its id for three seconds of it, but not for ever', () => {
    expect(mistakes({ people: visit(3, true, [120, 150]), seconds: 8, perSecond: 10 })).toBe(0);
    const frames = track({ people: visit(9, true, [120, 150]), seconds: 14, perSecond: 10, seed: 1 });
    expect(idsOf(frames, 0)).toHaveLength(2);
  });

  it('comes to its id again where frames are so rare, or the detector misses so much, that for a moment it cannot be known', () => {
    for (const back of [true, false]) {
      expect(confusions({ people: visit(0.5, back, [120, 140]), seconds: 6, perSecond: 3, uneven: true })).toBe(0);
      expect(confusions({ people: visit(0.5, back, [120, 140]), seconds: 6, perSecond: 10, uneven: true, missed: 0.1 })).toBe(0);
    }
  });

  it('keeps three who go round each other apart', () => {
    const people = [0, 1, 2].map((i) => ({
      side: 100 + 15 * i,
      place: (time: number) => ({ x: 320 + 210 * Math.cos(time + (i * 2 * Math.PI) / 3), y: 240 + 30 * Math.sin(time + (i * 2 * Math.PI) / 3) }),
    }));
    for (const perSecond of [12, 5]) expect(mistakes({ people, seconds: 8, perSecond, uneven: true })).toBe(0);
  });

  it('does not take the smile of the one before it', () => {
    const tracker = new FaceTracker();
    const noise = gauss(chance(1));
    const face = (x: number, happy: number, person: number): ReadFace => ({
      box: boxAt(x, 240, 120),
      probabilities: { emotion: Float64Array.of(happy, 1 - happy) },
      appearance: lookOf(person, noise),
    });
    for (let i = 0; i < 20; i++) update(tracker, [face(200, 0, 0), face(400, 1, 1)], 0.1 * i);
    const readings = Array.from({ length: 5 }, (_, i) => update(tracker, [face(200, 1, 0), face(260, 1, 1)], 2 + 0.1 * i)[0]!);
    // Alone it would have gone 1 - exp(-0.5 / 0.6) = 0.57 of the way.
    expect(readings.at(-1)!.probabilities.emotion![0]).toBeGreaterThan(0);
    expect(readings.at(-1)!.probabilities.emotion![0]).toBeLessThan(0.2);
  });
});

describe('pictures that come very rarely', () => {
  const seen = (x: number, person: number, noise: () => number): ReadFace => ({ box: boxAt(x, 240, 120), probabilities: {}, appearance: lookOf(person, noise) });

  it('leave everybody who they are, since nobody was seen to go', () => {
    for (const seed of SEEDS) {
      const noise = gauss(chance(seed));
      const tracker = new FaceTracker();
      for (let time = 0; time < 40; time += 2.5) {
        const faces = [seen(200 + 10 * noise(), 0, noise), seen(430 + 10 * noise(), 1, noise)];
        expect(update(tracker, faces, time).map(({ id }) => id)).toEqual([0, 1]);
      }
    }
  });

  it('show somebody new at the place of another as somebody new', () => {
    const noise = gauss(chance(2));
    const tracker = new FaceTracker();
    update(tracker, [seen(200, 0, noise)], 0);
    expect(update(tracker, [seen(200, 1, noise)], 3)[0]!.id).toBe(1);
  });

  it('show nobody of whom no picture was taken for long', () => {
    const noise = gauss(chance(3));
    const tracker = new FaceTracker();
    update(tracker, [seen(200, 0, noise)], 0);
    expect(update(tracker, [seen(200, 0, noise)], 11)[0]!.id).toBe(1);
  });
});

describe('second thoughts', () => {
  /** Two who meet and turn back, without looks from when they meet until `blindUntil`: motion has them pass each other. */
  function meet(looksLater: boolean): number[][] {
    const tracker = new FaceTracker();
    const noise = gauss(chance(5));
    const places = (time: number): number[] => (time < 0.8 ? [200 + 150 * time, 440 - 150 * time] : [320 - 150 * (time - 0.8), 320 + 150 * (time - 0.8)]);
    const ids: number[][] = [];
    for (let frame = 0; frame < 30; frame++) {
      const time = frame / 10;
      const looks = time < 0.4 || (looksLater && time > 2);
      const faces = places(time).map((x, person): ReadFace => ({ box: boxAt(x, 240, 100), probabilities: {}, appearance: looks ? lookOf(person, noise) : null }));
      // While they overlap the detector sees one face, in the middle.
      const seen = time > 0.4 && time < 1.2 ? [{ ...faces[0]!, box: boxAt(320, 240, 110) }] : faces;
      ids.push(update(tracker, seen, time).map(({ id }) => id));
    }
    return ids.filter(({ length }) => length === 2);
  }

  it('give people their ids back once their faces are clearly seen', () => {
    const exchanged = meet(false);
    expect(exchanged[0]).toEqual([0, 1]);
    const last = meet(true).at(-1);
    expect(last).toEqual([0, 1]);
    expect(exchanged.at(-1)).toEqual([1, 0]);
  });

  it('leave twins as they are', () => {
    const tracker = new FaceTracker();
    const noise = gauss(chance(6));
    for (let frame = 0; frame < 60; frame++) {
      const gap = 60 + 60 * Math.abs(Math.sin(frame / 10));
      const faces = [320 - gap, 320 + gap].map((x): ReadFace => ({ box: boxAt(x, 240, 110), probabilities: {}, appearance: mixedLook(lookOf(1, noise), lookOf(1, noise), 0.5) }));
      expect(update(tracker, faces, frame / 10).map(({ id }) => id)).toEqual([0, 1]);
    }
  });
});

describe('a steady face', () => {
  it.each([15, 5, 3])('keeps its word at %i uneven readings a second where nearly every reading has another one', (perSecond) => {
    for (const seed of SEEDS) {
      const random = chance(seed);
      const noise = gauss(random);
      const tracker = new FaceTracker(['emotion']);
      const raw: number[] = [];
      const smooth: number[] = [];
      const shown: number[] = [];
      for (let time = 0; time < 60; time += (0.5 + random()) / perSecond) {
        // Two classes as probable as each other, with light that sways and a noisy camera.
        const p = Math.min(0.98, Math.max(0.02, 0.5 + 0.06 * Math.sin(1.3 * time) + 0.2 * noise()));
        const [face] = update(tracker, [{ box: boxAt(320, 240, 120), probabilities: { emotion: Float64Array.of(p, 1 - p) } }], time);
        raw.push(p > 0.5 ? 0 : 1);
        smooth.push(face!.probabilities.emotion![0]! > 0.5 ? 0 : 1);
        shown.push(face!.labels.emotion!);
      }
      const changes = (words: number[]): number => words.filter((word, i) => i > 0 && word !== words[i - 1]).length;
      expect(changes(raw)).toBeGreaterThan(30);
      expect(changes(smooth)).toBeGreaterThan(5);
      expect(changes(shown)).toBeLessThanOrEqual(2);
    }
  });
});
