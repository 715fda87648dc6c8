/** The rows of the table: one for each face and voice that was read, or one that says how a file stands. */
import { t } from '../i18n/i18n';
import { Bars } from '../ui/bars';
import { make, setText } from '../ui/dom';
import { bytes, percent, title } from '../ui/format';
import { MIN_AGE_FOR_GENDER, shownGender } from '../live/shown';
import { asProblem } from '../ui/problems';
import { ProgressBar } from '../ui/progress-bar';
import { momentsTable } from './moments';
import type { Job } from './queue';
import type { FileReading, Subject } from './results';
import { markedThumbnail } from './thumbnail';
import { ageWords, clock, nameOf, noteWords } from './words';

export type FileJob = Job<FileReading>;

/** One row of the table with what it is sorted by. Its element is a row group, so that its details stay with it. */
export interface ResultRow {
  readonly element: HTMLTableSectionElement;
  readonly jobId: number;
  readonly keys: Readonly<Record<SortKey, string | number>>;
}

export const SORT_KEYS = ['file', 'who', 'emotion', 'probability', 'age', 'gender'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** The rows of a job that has ended well. */
export function readingRows(job: FileJob, reading: FileReading): ResultRow[] {
  if (reading.subjects.length > 0) return reading.subjects.map((subject) => subjectRow(job, reading, subject));
  const text = [t('files.nothing'), noteWords(reading.notes)].join(' ');
  return [plainRow(job, reading, make('p', { class: 'file-state' }, text), null)];
}

/** The row of a job that has ended otherwise. */
export function failureRow(job: FileJob): ResultRow {
  if (job.state === 'cancelled') return plainRow(job, null, make('p', { class: 'file-state' }, t('files.state.cancelled')), null);
  const { code, what, remedy } = asProblem(job.error);
  const message = make('p', { class: 'file-state file-problem', 'data-testid': 'file-problem', 'data-code': code }, make('strong', {}, what), ' ', remedy);
  return plainRow(job, null, message, null);
}

/** The row of a job that waits or runs; `show` renews it. */
export class PendingRow implements ResultRow {
  readonly element: HTMLTableSectionElement;
  readonly jobId: number;
  readonly keys: ResultRow['keys'];
  readonly #bar: ProgressBar;
  readonly #word = make('p', { class: 'file-state' });

  constructor(job: FileJob, onCancel: () => void) {
    const name = job.file.name;
    this.#bar = new ProgressBar(t('files.progress-one', { name }));
    const cancel = make(
      'button',
      { type: 'button', class: 'btn btn-quiet btn-sm', 'data-testid': 'file-cancel', 'aria-label': t('files.cancel-one', { name }) },
      t('files.cancel'),
    );
    cancel.addEventListener('click', onCancel);
    const row = plainRow(job, null, make('div', { class: 'file-progress' }, this.#word, this.#bar.element), cancel);
    this.element = row.element;
    this.jobId = job.id;
    this.keys = row.keys;
    this.show(job);
  }

  show(job: FileJob): void {
    this.element.dataset.state = job.state;
    setText(this.#word, job.state === 'running' ? t('files.state.running') : t('files.state.waiting'));
    this.#bar.element.hidden = job.state !== 'running';
    this.#bar.show(job.progress);
  }
}

function plainRow(job: FileJob, reading: FileReading | null, content: HTMLElement, action: HTMLElement | null): ResultRow {
  const row = make(
    'tr',
    { role: 'row' },
    cell('picture', thumbnailOf(job, reading, null)),
    fileCell(job, reading),
    make('td', { role: 'cell', class: 'cell-wide', colspan: 5 }, content),
    cell('actions', action ?? ''),
  );
  return { element: group(job, row), jobId: job.id, keys: keysOf(job, null) };
}

function subjectRow(job: FileJob, reading: FileReading, subject: Subject): ResultRow {
  const { emotion, age } = subject;
  const gender = shownGender(subject);
  const share = emotion ? (emotion.probabilities[emotion.label] ?? 0) : 0;
  const details = new Details(job, subject);
  const row = make(
    'tr',
    { role: 'row' },
    cell('picture', thumbnailOf(job, reading, subject)),
    fileCell(job, reading),
    cell('who', nameOf(subject)),
    cell('emotion', emotion ? make('span', { class: 'file-emotion' }, title(emotion.label)) : '–'),
    cell('probability', emotion ? percent(share) : '–'),
    cell('age', age ? ageWords(age) : '–', age && t('files.age-note', { share: percent(age.interval) })),
    subject.gender && !gender
      ? cell('gender', '–', t('files.no-gender', { years: MIN_AGE_FOR_GENDER }))
      : cell('gender', gender ? `${title(gender.label)} ${percent(gender.probabilities[gender.label])}` : '–'),
    cell('actions', details.button),
  );
  const element = group(job, row, details.row);
  Object.assign(element.dataset, {
    who: subject.who,
    number: subject.number,
    emotion: emotion?.label ?? '',
    probability: share.toFixed(4),
    age: age?.years.toFixed(2) ?? '',
    low: age?.low.toFixed(2) ?? '',
    high: age?.high.toFixed(2) ?? '',
    gender: gender?.label ?? '',
    box: subject.box ? [subject.box.x, subject.box.y, subject.box.width, subject.box.height].map((side) => side.toFixed(1)).join(' ') : '',
    moments: subject.moments.length,
  });
  return { element, jobId: job.id, keys: keysOf(job, subject) };
}

/** The part of a row that opens: all probabilities, and moment by moment what was read. */
class Details {
  readonly row: HTMLTableRowElement;
  readonly button: HTMLButtonElement;

  constructor(job: FileJob, subject: Subject) {
    const place = make('td', { role: 'cell', class: 'cell-details', colspan: 8 });
    const id = `file-details-${job.id}-${subject.who}-${subject.number}`;
    this.row = make('tr', { role: 'row', id, hidden: true, 'data-testid': 'file-details' }, place);
    this.button = make(
      'button',
      {
        type: 'button',
        class: 'btn btn-quiet btn-sm',
        'aria-expanded': 'false',
        'aria-controls': id,
        'data-testid': 'file-expand',
        'aria-label': t('files.details-of', { who: nameOf(subject), name: job.file.name }),
      },
      t('files.details'),
    );
    this.button.addEventListener('click', () => {
      if (!place.hasChildNodes()) place.append(...detailsOf(job, subject));
      this.row.hidden = !this.row.hidden;
      this.button.setAttribute('aria-expanded', String(!this.row.hidden));
    });
  }
}

function detailsOf(job: FileJob, subject: Subject): HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (subject.emotion) {
    const bars = new Bars('file', t('files.all-emotions'));
    bars.show(subject.emotion.probabilities);
    parts.push(make('div', { class: 'file-bars' }, bars.element));
  }
  if (subject.moments.length > 1) parts.push(momentsTable(job.file.name, subject));
  return parts;
}

function fileCell(job: FileJob, reading: FileReading | null): HTMLElement {
  const facts = [bytes(job.file.size)];
  if (reading?.size) facts.push(`${reading.size.width} × ${reading.size.height}`);
  if (reading?.duration !== undefined) facts.push(clock(reading.duration));
  if (reading?.sampleRate !== undefined) facts.push(`${reading.sampleRate / 1000}\u202fkHz`);
  const notes = reading && reading.subjects.length > 0 ? noteWords(reading.notes) : '';
  const name = make('span', { class: 'file-name', title: job.file.webkitRelativePath || job.file.name }, job.file.name);
  const parts = [name, make('span', { class: 'file-facts' }, facts.join(' · '))];
  if (notes) parts.push(make('span', { class: 'file-facts', 'data-testid': 'file-notes' }, notes));
  return make('th', { role: 'rowheader', scope: 'row', class: 'cell-file' }, ...parts);
}

function thumbnailOf(job: FileJob, reading: FileReading | null, subject: Subject | null): HTMLElement {
  if (!reading?.thumbnail || !reading.size || subject?.who === 'voice') {
    const sign = subject?.who === 'voice' ? '♪' : '';
    return make('span', { class: 'file-thumbnail file-no-thumbnail', 'aria-hidden': 'true' }, sign);
  }
  const boxes = Number(reading.thumbnail.dataset.boxes);
  const canvas = markedThumbnail(reading.thumbnail, reading.size, subject?.box ?? null);
  const count = boxes === 1 ? t('files.faces-one') : t('files.faces-many', { count: boxes });
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', t('files.faces-in', { name: job.file.name, count }));
  return canvas;
}

type Column = SortKey | 'picture' | 'actions';

function cell(column: Column, content: Node | string, note?: string): HTMLTableCellElement {
  const parts = note ? [content, make('span', { class: 'file-facts' }, note)] : [content];
  return make('td', { role: 'cell', class: `cell-${column}`, 'data-label': t(`files.column.${column}`) }, ...parts);
}

function group(job: FileJob, ...rows: HTMLTableRowElement[]): HTMLTableSectionElement {
  return make('tbody', { role: 'rowgroup', 'data-testid': 'file-row', 'data-job': job.id, 'data-file': job.file.name, 'data-state': job.state }, ...rows);
}

/** Rows without a reading come last when sorted upwards by one: text sorts after "", numbers after -1. */
function keysOf(job: FileJob, subject: Subject | null): ResultRow['keys'] {
  const emotion = subject?.emotion;
  return {
    file: job.file.name,
    who: subject ? nameOf(subject) : '',
    emotion: emotion ? title(emotion.label) : '',
    probability: emotion ? (emotion.probabilities[emotion.label] ?? -1) : -1,
    age: subject?.age?.years ?? -1,
    gender: (subject && shownGender(subject)?.label) ?? '',
  };
}
