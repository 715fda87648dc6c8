/** The rule that keeps words from flickering, on made sequences and on ones recorded from real clips in a loop. */
import { describe, expect, it } from 'vitest';
import { SteadyReading, SteadyWord } from '../src/speech/steady';
import recorded from './recorded-readings.json';

const EVERY = 0.3;

/** The word shown after each reading. */
function words(reading: SteadyReading, sequence: readonly Record<string, number>[], every = EVERY): string[] {
  return sequence.map((probabilities, i) => {
    const { label, unsure } = reading.push(probabilities, (i + 1) * every);
    return unsure ? 'unsure' : label;
  });
}

function changes(shown: readonly string[]): number {
  return shown.slice(1).filter((word, i) => word !== shown[i]).length;
}

const SAD = { sad: 0.8, happy: 0.2 };
const HAPPY = { sad: 0.2, happy: 0.8 };
const times = (count: number, value: Record<string, number>): Record<string, number>[] => new Array<Record<string, number>>(count).fill(value);

describe('SteadyReading', () => {
  it('takes the first reading as it is, and a later one for a part of that', () => {
    const reading = new SteadyReading();
    const first = reading.push(SAD, 0.3);
    expect(first.label).toBe('sad');
    expect(first.probabilities.sad).toBeCloseTo(0.8, 12);
    // After ln 2 mood times half of what was believed is left, and half is spread: 0.65 and 0.35, each times its reading.
    const next = reading.push(HAPPY, 0.3 + 4 * Math.log(2));
    const [sad, happy] = [0.65 * 0.2 ** 0.25, 0.35 * 0.8 ** 0.25];
    expect(next.probabilities.sad).toBeCloseTo(sad / (sad + happy), 12);
    expect(next.label).toBe('sad');
  });

  it('believes more with every reading that says the same', () => {
    const reading = new SteadyReading();
    const believed = times(5, SAD).map((one, i) => reading.push(one, (i + 1) * EVERY).probabilities.sad!);
    for (const [i, value] of believed.slice(1).entries()) expect(value).toBeGreaterThan(believed[i]!);
    expect(believed.at(-1)).toBeLessThan(0.97);
  });

  it('is not put off for good by what it thought impossible', () => {
    const shown = words(new SteadyReading(), [...times(20, { a: 1, b: 0 }), ...times(10, { a: 0.1, b: 0.9 })]);
    expect(shown.at(-1)).toBe('b');
  });

  it('follows a lasting change within about two seconds', () => {
    const shown = words(new SteadyReading(), [...times(10, SAD), ...times(10, HAPPY)]);
    expect(changes(shown)).toBe(1);
    const at = shown.indexOf('happy') - 9;
    expect(at * EVERY).toBeGreaterThan(0.5);
    expect(at * EVERY).toBeLessThanOrEqual(2.4);
  });

  it('does not follow what is read now so, now so', () => {
    const shown = words(new SteadyReading(), Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? SAD : HAPPY)));
    expect(changes(shown)).toBe(0);
  });

  it('needs a lead, not only a larger number', () => {
    const shown = words(new SteadyReading(), [...times(5, SAD), ...times(60, { sad: 0.495, happy: 0.505 })]);
    expect(new Set(shown)).toEqual(new Set(['sad']));
  });

  it('is unsure under the threshold, and says which label it would be', () => {
    const reading = new SteadyReading(0.6);
    expect(reading.push({ a: 0.4, b: 0.35, c: 0.25 }, 0)).toMatchObject({ label: 'a', unsure: true });
    const shown = words(reading, [...times(15, { a: 0.9, b: 0.05, c: 0.05 }), ...times(30, { a: 0.35, b: 0.33, c: 0.32 })]);
    expect(shown[0]).toBe('unsure');
    expect(shown[14]).toBe('a');
    expect(shown.at(-1)).toBe('unsure');
    expect(changes(shown)).toBe(2);
  });

  it('while unsure names what leads now', () => {
    const reading = new SteadyReading(0.99);
    words(reading, times(5, { a: 0.4, b: 0.3, c: 0.3 }));
    const { label, unsure, probabilities } = reading.push({ a: 0, b: 1, c: 0 }, 5 * EVERY + 1);
    expect(probabilities.b).toBeGreaterThan(0.55);
    expect({ label, unsure }).toEqual({ label: 'b', unsure: true });
  });

  it('does not waver where the probability wanders about the threshold', () => {
    const wandering = Array.from({ length: 200 }, (_, i) => 0.5 + 0.045 * Math.sin((2 * Math.PI * i * EVERY) / 8));
    const shown = (below: number): Set<string> => {
      const word = new SteadyWord(below);
      return new Set(wandering.map((a) => (word.push({ a, b: 0.3, c: 0.7 - a }).unsure ? 'unsure' : 'a')));
    };
    expect(shown(0.5)).toEqual(new Set(['a']));
    expect(shown(0.53)).toEqual(new Set(['unsure']));
  });

  it('says that it is sure only where there is a threshold', () => {
    expect(new SteadyReading(0.5).push(SAD, 0.3).unsure).toBe(false);
    expect('unsure' in new SteadyReading().push(SAD, 0.3)).toBe(false);
  });

  it('hardly knows after a long silence what it believed', () => {
    const reading = new SteadyReading();
    words(reading, times(10, SAD));
    expect(reading.push(HAPPY, 10 * EVERY + 20).label).toBe('happy');
  });

  it('changes its word at most four times a minute on clips that are spoken again and again', () => {
    expect(recorded.clips.length).toBeGreaterThanOrEqual(8);
    for (const { name, readings } of recorded.clips) {
      const sequence = readings.map((values) => Object.fromEntries(recorded.labels.map((label, i) => [label, values[i]! / 1000])));
      const minutes = (readings.length * recorded.every) / 60;
      expect(minutes).toBeGreaterThanOrEqual(0.5);
      const shown = words(new SteadyReading(recorded.unsure_below), sequence, recorded.every);
      const plain = sequence.map((values) => Object.entries(values).reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0]);
      expect(changes(shown) / minutes, `${name}: ${shown.join(' ')}; without the rule ${changes(plain) / minutes} a minute`).toBeLessThanOrEqual(4);
    }
  });
});
