import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { figuresOf } from '../src/about/figures';
import { knownName } from '../src/about/names';
import { metricValue } from '../src/about/tables';
import type { ModelSpec } from '../src/contract/types';
import { isMessageKey, LANGUAGES, type Language } from '../src/i18n/i18n';
import type { Network } from '../src/network';
import { timeStages } from '../src/worker/stages';
import { quantiles } from '../src/worker/timing';
import { activitySpec, detectorSpec, faceSpec, fakeNetwork, speechSpec } from './samples';

describe('figuresOf', () => {
  it('joins a figure with its interval and its n', () => {
    const { singles, dataset, split } = figuresOf({ dataset: 'D', split: 'S', n: 9, a: 0.5, a_interval: [0.4, 0.6], ferplus_n: 7, ferplus_a: 1 });
    expect([dataset, split]).toEqual(['D', 'S']);
    expect(singles).toEqual([
      { name: 'a', value: 0.5, interval: [0.4, 0.6], n: 9 },
      { name: 'ferplus_a', value: 1, interval: null, n: 7 },
    ]);
  });

  it('makes tables of whatever is table-shaped', () => {
    const { tables } = figuresOf({ by_group: { young: { n: 3, mae: 1.5 }, old: { n: 4, mae_interval: [1, 2] } }, by_fold: { one: 0.1, two: 0.2 }, frames: [{ name: 'far', found: 0.9 }] });
    expect(tables).toEqual([
      { name: 'by_group', columns: ['n', 'mae', 'mae_interval'], rows: [{ name: 'young', cells: [3, 1.5, null] }, { name: 'old', cells: [4, null, [1, 2]] }] },
      { name: 'by_fold', columns: [''], rows: [{ name: 'one', cells: [0.1] }, { name: 'two', cells: [0.2] }] },
      { name: 'frames', columns: ['name', 'found'], rows: [{ name: 'far', cells: ['far', 0.9] }] },
    ]);
  });

  it('finds confusion matrices in either form, and reliability', () => {
    const expected = { labels: ['a', 'b'], counts: [[3, 1], [0, 2]] };
    const { confusions, reliabilities, tables } = figuresOf({
      confusion: { a: { a: 3, b: 1 }, b: { b: 2 } },
      gender_confusion: { labels: ['a', 'b'], counts: [[3, 1], [0, 2]] },
      reliability: [{ from: 0, to: 0.5, confidence: 0.3, accuracy: 0.4, n: 8 }],
    });
    expect(confusions).toEqual([{ name: 'confusion', ...expected }, { name: 'gender_confusion', ...expected }]);
    expect(reliabilities).toEqual([{ name: 'reliability', points: [{ confidence: 0.3, accuracy: 0.4, n: 8 }] }]);
    expect(tables).toEqual([]);
  });

  it('is not led astray by what is none of these', () => {
    const figures = figuresOf({ confusion: { a: { x: 1 } }, list: [1, 2, 3], nothing: null, empty: {} });
    expect(figures.confusions).toEqual([]);
    expect(figures.tables.map(({ name }) => name)).toEqual(['confusion']);
  });
});

describe('metricValue', () => {
  it('writes shares in per cent, their differences in points, years as they are, and intervals as their ends', () => {
    expect(metricValue('accuracy_on_crops', 0.6787)).toBe('67.9\u202f%');
    expect(metricValue('accuracy_difference', -0.0113)).toBe('−1.1');
    expect(metricValue('gender_accuracy_difference', 0.0084)).toBe('0.8');
    expect(metricValue('accuracy_difference_interval', [-0.021, 0.0023])).toBe('−2.1 – 0.2');
    expect(metricValue('age_mae_difference', 0.1042)).toBe('0.104');
    expect(metricValue('found', 0.9824)).toBe('98.2\u202f%');
    expect(metricValue('mae', null)).toBe('–');
  });
});

describe('the names of figures', () => {
  const folder = new URL('../../models_tfjs/', import.meta.url);
  const tasks = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

  it.each(tasks)('%s: every figure, table, column and group that its card shows has words in each language', (task) => {
    const { metrics = {} } = JSON.parse(readFileSync(new URL(`${task}/spec.json`, folder), 'utf8')) as { metrics?: Record<string, unknown> };
    const { singles, tables, confusions, reliabilities } = figuresOf(metrics);
    const shown = [...singles, ...tables, ...confusions, ...reliabilities].map(({ name }) => name);
    for (const { columns, rows } of tables) {
      shown.push(...columns.filter((column) => column !== ''), ...rows.map((row) => row.name), ...rows.flatMap(({ cells }) => cells.filter((cell) => typeof cell === 'string')));
    }
    const needsNone = (name: string): boolean => /^\d+( dB)?$/.test(name) || isMessageKey(`labels.${name}`);
    for (const speech of Object.keys(LANGUAGES) as Language[]) {
      expect(shown.filter((name) => !needsNone(name) && knownName(name, speech) === null)).toEqual([]);
    }
  });

  it('fills in the numbers of groups, and knows nothing of what is new', () => {
    expect(knownName('age 10 to 19', 'de')).toBe('10 bis 19 Jahre');
    expect(knownName('fold-3', 'en')).toBe('Fold 3');
    expect(knownName('figure_of_tomorrow', 'de')).toBeNull();
  });
});

it('takes quantiles by the nearest rank', () => {
  expect(quantiles([3, 1, 2])).toEqual({ runs: 3, median: 2, p95: 3 });
  expect(quantiles(Array.from({ length: 100 }, (_, i) => i + 1))).toEqual({ runs: 100, median: 50, p95: 95 });
});

it('times the stages of the models that are there', async () => {
  expect(await timeStages([], 3)).toEqual([]);
  const runs: Record<string, number> = {};
  const counted = <Spec extends ModelSpec>(spec: Spec, outputs: (batch: number) => Record<string, Float32Array>): Network =>
    fakeNetwork(spec, (_, batch) => {
      runs[spec.task] = (runs[spec.task] ?? 0) + 1;
      return outputs(batch);
    });
  const networks = [
    counted(detectorSpec(), () => ({ boxes: new Float32Array(4 * 8), scores: new Float32Array(4).fill(-9) })),
    counted(faceSpec(), (batch) => ({ emotion: new Float32Array(2 * batch) })),
    counted(activitySpec(), (batch) => ({ speech: new Float32Array(2 * batch) })), // no stage of its own
    counted(speechSpec(), (batch) => ({ emotion: new Float32Array(2 * batch) })),
  ];
  const stages = await timeStages(networks, 3);
  expect(stages.map(({ stage }) => stage)).toEqual(['detect', 'crop', 'face', 'frame', 'log-mel', 'voice', 'window']);
  expect(stages.every((one) => one.runs === 3 && one.median <= one.p95)).toBe(true);
  expect(runs).toEqual({ 'face-detector': 4, 'face-emotion': 4, 'speech-emotion': 4 }); // one more, not counted
  const medianOf = (name: string): number => stages.find(({ stage }) => stage === name)!.median;
  expect(medianOf('frame')).toBeGreaterThanOrEqual(medianOf('detect'));
});
