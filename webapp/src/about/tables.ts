/** Figures as tables, for eyes and screen readers alike. */
import { t } from '../i18n/i18n';
import { make } from '../ui/dom';
import { decimal } from '../ui/format';
import type { Cell, Figure, FigureTable } from './figures';
import { metricName } from './names';
import { short } from './numbers';

const SHARE = /accuracy|uar|coverage|precision|found|recall|same_label|same_state|_rate|onset_within|emotion_on_noise|far_off|named/;
/** These are in points already. */
const POINTS = /gap|drop/;

/** What is a share is read best as a percentage, and a difference of shares in points. */
export function metricValue(name: string, value: Cell): string {
  if (value === null) return '–';
  if (typeof value === 'string') return metricName(value);
  if (typeof value !== 'number') return value.map((end) => metricValue(name, end)).join(' – ');
  const isShare = SHARE.test(name) && !POINTS.test(name) && Math.abs(value) <= 1;
  if (isShare && name.includes('difference')) return withMinus(decimal(value * 100, 1));
  return isShare && value >= 0 ? `${decimal(value * 100, 1)}\u202f%` : withMinus(short(value));
}

/** The sign itself instead of a hyphen. */
function withMinus(number: string): string {
  return number.replace('-', '−');
}

export function singlesTable(figures: readonly Figure[]): HTMLElement {
  const columns = [t('about.table.figure'), t('about.table.value'), t('about.table.interval'), t('about.table.n')];
  const rows = figures.map(({ name, value, interval, n }) => [
    metricName(name),
    metricValue(name, value),
    metricValue(name, interval),
    n === null ? '–' : short(n),
  ]);
  return table(t('about.card.figures'), columns, rows, figures.map(({ name }) => name));
}

export function figureTable({ name, columns, rows }: FigureTable): HTMLElement {
  const heads = [columns.length === 1 && columns[0] === '' ? metricName(name) : t('about.table.group'), ...columns.map((column) => (column === '' ? t('about.table.value') : metricName(column)))];
  const cells = rows.map((row) => [metricName(row.name), ...row.cells.map((cell, index) => metricValue(`${name} ${columns[index] === '' ? row.name : (columns[index] ?? '')}`, cell))]);
  return table(metricName(name), heads, cells, rows.map((row) => row.name));
}

/** @param keys names of the rows, for tests and readers of the page's HTML */
export function table(caption: string, heads: readonly string[], rows: readonly (readonly string[])[], keys: readonly string[] = []): HTMLElement {
  const body = rows.map(([first = '', ...rest], index) =>
    make('tr', { 'data-key': keys[index] }, make('th', { scope: 'row' }, first), ...rest.map((cell) => make('td', {}, cell))),
  );
  const head = make('tr', {}, ...heads.map((one) => make('th', { scope: 'col' }, one)));
  return make(
    'div',
    { class: 'table-frame', role: 'region', tabindex: 0, 'aria-label': caption },
    make('table', { class: 'small-table' }, make('caption', {}, caption), make('thead', {}, head), make('tbody', {}, ...body)),
  );
}
