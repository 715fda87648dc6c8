/** Plots of a card: drawn as SVG with a summary in words, and their numbers in a table that opens. */
import { t } from '../i18n/i18n';
import { make } from '../ui/dom';
import { percent, title } from '../ui/format';
import type { Confusion, Reliability } from './figures';
import { makeSvg } from '../ui/svg';
import { metricName } from './names';
import { table } from './tables';

const CELL = 44;
const LEFT = 92;
const TOP = 92;
const SIDE = 260;
const MARGIN = 44;

export function confusionPlot({ name, labels, counts }: Confusion): HTMLElement {
  const shares = counts.map((row) => {
    const sum = row.reduce((total, count) => total + count, 0);
    return row.map((count) => (sum > 0 ? count / sum : 0));
  });
  const names = labels.map(title);
  const rights = names.map((label, index) => `${label} ${percent(shares[index]![index]!)}`).join(', ');
  const width = LEFT + labels.length * CELL + 4;
  const height = TOP + labels.length * CELL + 4;
  const picture = makeSvg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, class: 'plot', role: 'img', 'aria-label': t('about.plot.confusion-summary', { labels: names.join(', '), rights }) },
    ...names.map((label, i) => makeSvg('text', { x: LEFT - 8, y: TOP + (i + 0.6) * CELL, 'text-anchor': 'end', class: 'plot-label' }, label)),
    ...names.map((label, i) => {
      const x = LEFT + (i + 0.6) * CELL;
      return makeSvg('text', { x, y: TOP - 8, class: 'plot-label', transform: `rotate(-50 ${x} ${TOP - 8})` }, label);
    }),
    ...shares.flatMap((row, i) => row.map((share, j) => confusionCell(share, i, j, names))),
  );
  const numbers = table(metricName(name), [t('about.plot.actual'), ...names], counts.map((row, i) => [names[i]!, ...row.map(String)]));
  return figure(t('about.plot.confusion'), picture, numbers, 'confusion');
}

function confusionCell(share: number, i: number, j: number, names: readonly string[]): SVGGElement {
  const [x, y] = [LEFT + j * CELL, TOP + i * CELL];
  return makeSvg(
    'g',
    { class: share > 0.5 ? 'plot-cell is-strong' : 'plot-cell', 'data-share': share.toFixed(4) },
    makeSvg('title', {}, t('about.plot.confusion-cell', { actual: names[i]!, read: names[j]!, share: percent(share) })),
    makeSvg('rect', { x: x + 1, y: y + 1, width: CELL - 2, height: CELL - 2, rx: 5, class: 'plot-empty' }),
    makeSvg('rect', { x: x + 1, y: y + 1, width: CELL - 2, height: CELL - 2, rx: 5, class: 'plot-fill', 'fill-opacity': share.toFixed(3) }),
    makeSvg('text', { x: x + CELL / 2, y: y + CELL / 2 + 5, 'text-anchor': 'middle', class: 'plot-number' }, String(Math.round(share * 100))),
  );
}

export function reliabilityPlot({ name, points }: Reliability): HTMLElement {
  const at = (share: number): number => share * SIDE;
  const summary = points.map(({ confidence, accuracy }) => t('about.plot.point', { confidence: percent(confidence), accuracy: percent(accuracy) })).join('; ');
  const most = Math.max(...points.map(({ n }) => n ?? 1));
  const size = SIDE + 2 * MARGIN;
  const picture = makeSvg(
    'svg',
    { viewBox: `0 0 ${size} ${size}`, class: 'plot', role: 'img', 'aria-label': t('about.plot.reliability-summary', { count: points.length, points: summary }) },
    makeSvg('rect', { x: MARGIN, y: MARGIN, width: SIDE, height: SIDE, class: 'plot-empty' }),
    makeSvg('line', { x1: MARGIN, y1: MARGIN + SIDE, x2: MARGIN + SIDE, y2: MARGIN, class: 'plot-line' }),
    ...[0, 0.5, 1].flatMap((share) => [
      makeSvg('text', { x: MARGIN + at(share), y: MARGIN + SIDE + 18, 'text-anchor': 'middle', class: 'plot-label' }, percent(share)),
      makeSvg('text', { x: MARGIN - 6, y: MARGIN + SIDE - at(share) + 4, 'text-anchor': 'end', class: 'plot-label' }, percent(share)),
    ]),
    ...points.map(({ confidence, accuracy, n }) =>
      makeSvg('circle', {
        cx: MARGIN + at(confidence),
        cy: MARGIN + SIDE - at(accuracy),
        // The area says how many samples stand behind a point.
        r: (3 + 9 * Math.sqrt((n ?? most) / most)).toFixed(1),
        class: 'plot-point',
      }),
    ),
    makeSvg('text', { x: MARGIN + SIDE / 2, y: size - 6, 'text-anchor': 'middle', class: 'plot-label' }, t('about.plot.confidence')),
    makeSvg('text', { x: MARGIN, y: MARGIN - 12, class: 'plot-label' }, t('about.plot.accuracy')),
  );
  const heads = [t('about.plot.confidence'), t('about.plot.accuracy'), t('about.table.n')];
  const rows = points.map(({ confidence, accuracy, n }) => [confidence.toFixed(3), accuracy.toFixed(3), n === null ? '–' : String(n)]);
  return figure(t('about.plot.reliability'), picture, table(metricName(name), heads, rows), 'reliability');
}

function figure(caption: string, picture: SVGElement, numbers: HTMLElement, kind: string): HTMLElement {
  return make(
    'figure',
    { class: 'plot-figure', 'data-testid': `plot-${kind}` },
    picture,
    make('figcaption', {}, caption),
    make('details', {}, make('summary', {}, t('about.table.numbers')), numbers),
  );
}
