/**
 * A session as CSV (RFC 4180), one row a sample or note, in columns of one type each:
 *
 * `row` is `zero` (the first row: when the session began), `reading` or `note`; `time` is ISO 8601 with the session's
 * zone, `ms` whole milliseconds since the zero; `subject`, `name`, `kind`, `label` and `note` are text; `probability`
 * (of the label), `age`, `age_low`, `age_high`, `female` and a column `p_<label>` for every label are numbers.
 * What does not apply is empty. pandas: `pd.read_csv(file, parse_dates=["time"])`.
 */

import type { Series } from './series';
import type { Note, Session, Subject } from './session';
import { subjectName } from './names';
import { isoTime, type Zero } from './time';

const ROWS_A_PIECE = 1024;
const SHARE_DIGITS = 4;

export function* sessionCsv(session: Session): Generator<string> {
  const labels = [...new Set(session.subjects.flatMap(({ series }) => series.labels))];
  const columns = ['row', 'time', 'ms', 'subject', 'name', 'kind', 'label', 'probability', 'age', 'age_low', 'age_high', 'female', 'note'];
  yield line([...columns, ...labels.map((label) => text(`p_${label}`))]);
  if (session.zero === null) return;
  const { zero } = session;
  yield row(zero, 'zero', 0, columns.length - 3 + labels.length, []);
  let piece: string[] = [];
  for (const item of inOrder(session)) {
    piece.push('note' in item ? noteRow(zero, item.note, labels.length) : readingRow(zero, item.subject, item.index, labels));
    if (piece.length < ROWS_A_PIECE) continue;
    yield piece.join('');
    piece = [];
  }
  yield piece.join('');
}

/**
 * Text as a cell. Programs that calculate take a cell that begins with one of these signs for a formula, which could
 * reach out of the table; an apostrophe before it keeps it text (OWASP, "CSV Injection").
 */
export function text(value: string): string {
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  // Some programs cut at semicolons or tabs: whatever is not plain goes into quotes.
  return /^[\w .-]*$/.test(safe) ? safe : `"${safe.replaceAll('"', '""')}"`;
}

type Item = { readonly subject: Subject; readonly index: number; readonly ms: number } | { readonly note: Note; readonly ms: number };

/** All samples and notes by time. */
function* inOrder({ subjects, notes }: Session): Generator<Item> {
  const heads: { next: number; readonly at: (next: number) => Item | null }[] = [
    ...subjects.map((subject) => ({ next: 0, at: (index: number) => sampleItem(subject, subject.series, index) })),
    { next: 0, at: (index: number) => noteItem(notes[index]) },
  ];
  for (;;) {
    let first: { item: Item; head: (typeof heads)[number] } | null = null;
    for (const head of heads) {
      const item = head.at(head.next);
      if (item && (first === null || item.ms < first.item.ms)) first = { item, head };
    }
    if (first === null) return;
    first.head.next += 1;
    yield first.item;
  }
}

function sampleItem(subject: Subject, series: Series, index: number): Item | null {
  return index < series.length ? { subject, index, ms: series.ms(index) } : null;
}

function noteItem(note: Note | undefined): Item | null {
  return note ? { note, ms: note.ms } : null;
}

function readingRow(zero: Zero, subject: Subject, index: number, labels: readonly string[]): string {
  const { series, kind, id } = subject;
  const { ms, label, probabilities, age, female } = series.sample(index);
  const shares = labels.map((one) => share(probabilities[series.labels.indexOf(one)]));
  return row(zero, 'reading', ms, 0, [
    id,
    text(subjectName(subject)),
    kind,
    text(series.labels[label]!),
    share(probabilities[label]),
    ...[age?.years, age?.low, age?.high].map((years) => years?.toFixed(1) ?? ''),
    share(female ?? undefined),
    '',
    ...shares,
  ]);
}

function noteRow(zero: Zero, note: Note, labels: number): string {
  return row(zero, 'note', note.ms, labels, ['', '', '', '', '', '', '', '', '', text(note.text)]);
}

function row(zero: Zero, kind: string, ms: number, empty: number, cells: readonly string[]): string {
  return line([kind, isoTime(zero, ms), String(ms), ...cells, ...Array<string>(empty).fill('')]);
}

function share(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(SHARE_DIGITS);
}

function line(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}
