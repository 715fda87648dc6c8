/** A spec's `metrics` sorted into what can be shown: single figures, tables, and the tables that are plots. */

/** Ends of a 95 % interval. */
export type Interval = readonly [number, number];

export type Cell = number | string | Interval | null;

export interface Figure {
  name: string;
  value: number | string;
  interval: Interval | null;
  n: number | null;
}

export interface FigureTable {
  name: string;
  columns: readonly string[];
  rows: readonly { name: string; cells: readonly Cell[] }[];
}

/** Counts: `counts[i][j]` samples with label i were read as j. */
export interface Confusion {
  name: string;
  labels: readonly string[];
  counts: readonly (readonly number[])[];
}

/** Mean probability that was given, and the share that was right, by bin. */
export interface Reliability {
  name: string;
  points: readonly { confidence: number; accuracy: number; n: number | null }[];
}

export interface Figures {
  dataset: string;
  split: string;
  singles: Figure[];
  tables: FigureTable[];
  confusions: Confusion[];
  reliabilities: Reliability[];
}

type Row = Readonly<Record<string, unknown>>;
type Metrics = Readonly<Record<string, unknown>>;

const HEAD = ['dataset', 'split', 'n'];
const INTERVAL = '_interval';

/** Understands any metric by its shape, as the written cards do; only plots are known by their name or columns. */
export function figuresOf(metrics: Metrics): Figures {
  const figures: Figures = { dataset: text(metrics.dataset), split: text(metrics.split), singles: [], tables: [], confusions: [], reliabilities: [] };
  for (const [name, value] of Object.entries(metrics)) {
    if (HEAD.includes(name)) continue;
    if (typeof value === 'number' || typeof value === 'string') {
      if (isCompanion(name, metrics)) continue;
      figures.singles.push({ name, value, interval: intervalOf(metrics[`${name}${INTERVAL}`]), n: samplesOf(name, metrics) });
    } else {
      addTable(name, value, figures);
    }
  }
  return figures;
}

function addTable(name: string, value: unknown, figures: Figures): void {
  const confusion = confusionOf(name, value);
  if (confusion) {
    figures.confusions.push(confusion);
    return;
  }
  const table = tableOf(name, value);
  if (!table) return;
  const reliability = reliabilityOf(table);
  if (reliability) figures.reliabilities.push(reliability);
  else figures.tables.push(table);
}

/** `x_interval` and `x_n` belong to the figures whose names begin so. */
function isCompanion(name: string, metrics: Metrics): boolean {
  return name.endsWith('_n') && Object.keys(metrics).some((other) => other !== name && other.startsWith(name.slice(0, -1)));
}

/** Of the longest beginning of the name that has a count of its own; else of all. */
function samplesOf(name: string, metrics: Metrics): number | null {
  const parts = name.split('_');
  for (let count = parts.length; count > 0; count--) {
    const n = metrics[`${parts.slice(0, count).join('_')}_n`];
    if (typeof n === 'number') return n;
  }
  return typeof metrics.n === 'number' ? metrics.n : null;
}

function intervalOf(value: unknown): Interval | null {
  return isInterval(value) ? value : null;
}

function isInterval(value: unknown): value is Interval {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number');
}

/** Records of records, lists of records, and plain records (one column); null for anything else. */
export function tableOf(name: string, value: unknown): FigureTable | null {
  if (Array.isArray(value)) {
    if (value.length === 0 || !value.every(isRow)) return null;
    return tableOfRows(name, value.map((row, index): [string, Row] => [rowName(row, index), row]));
  }
  if (!isRow(value) || Object.keys(value).length === 0) return null;
  const entries = Object.entries(value);
  if (entries.every((entry): entry is [string, Row] => isRow(entry[1]))) return tableOfRows(name, entries);
  return { name, columns: [''], rows: entries.map(([key, cell]) => ({ name: key, cells: [cellOf(cell)] })) };
}

function tableOfRows(name: string, entries: readonly (readonly [string, Row])[]): FigureTable {
  const columns = [...new Set(entries.flatMap(([, row]) => Object.keys(row)))];
  return { name, columns, rows: entries.map(([key, row]) => ({ name: key, cells: columns.map((column) => cellOf(row[column])) })) };
}

function rowName(row: Row, index: number): string {
  const named = Object.values(row).find((cell) => typeof cell === 'string');
  if (typeof named === 'string') return named;
  return typeof row.from === 'number' && typeof row.to === 'number' ? `${row.from}–${row.to}` : String(index + 1);
}

function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' || typeof value === 'string' || isInterval(value)) return value;
  return JSON.stringify(value);
}

/** `{actual: {read: count}}`, or `{labels, counts}` with a square of numbers. */
function confusionOf(name: string, value: unknown): Confusion | null {
  if (!name.includes('confusion') || !isRow(value)) return null;
  const { labels, counts, matrix } = value;
  const square = counts ?? matrix;
  if (Array.isArray(labels) && isSquare(square, labels.length)) return { name, labels: labels.map(String), counts: square };
  const rows = Object.entries(value);
  const names = rows.map(([key]) => key);
  const numbers = rows.map(([, row]) => names.map((label) => (isRow(row) && typeof row[label] === 'number' ? row[label] : 0)));
  const fits = rows.length > 1 && rows.every(([, row]) => isRow(row) && Object.keys(row).every((key) => names.includes(key)));
  return fits ? { name, labels: names, counts: numbers } : null;
}

function isSquare(value: unknown, size: number): value is number[][] {
  return Array.isArray(value) && value.length === size && value.every((row) => Array.isArray(row) && row.length === size && row.every((cell) => typeof cell === 'number'));
}

/** A table with a column of given probabilities and one of what was right. */
function reliabilityOf(table: FigureTable): Reliability | null {
  if (!/reliab|calib/.test(table.name)) return null;
  const column = (pattern: RegExp): number => table.columns.findIndex((one) => pattern.test(one));
  const [given, right, n] = [column(/conf|prob|predicted/), column(/acc|right|observed|correct/), column(/^(n|count|samples)$/)];
  if (given < 0 || right < 0) return null;
  const points = table.rows.flatMap(({ cells }) => {
    const [confidence, accuracy, count] = [cells[given], cells[right], cells[n]];
    if (typeof confidence !== 'number' || typeof accuracy !== 'number') return [];
    return [{ confidence, accuracy, n: typeof count === 'number' ? count : null }];
  });
  return points.length > 0 ? { name: table.name, points } : null;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
