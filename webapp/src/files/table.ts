/** The table of all files, sorted by whatever column the visitor asks for. */
import { t } from '../i18n/i18n';
import { make } from '../ui/dom';
import { failureRow, PendingRow, readingRows, SORT_KEYS, type FileJob, type ResultRow, type SortKey } from './rows';

interface Order {
  key: SortKey;
  descending: boolean;
}

/** What is best seen from the top down when first asked for. */
const DESCENDING_FIRST: readonly SortKey[] = ['probability'];

export class ResultTable {
  readonly element: HTMLElement;
  readonly #table: HTMLTableElement;
  readonly #heads = new Map<SortKey, HTMLElement>();
  readonly #rows = new Map<number, readonly ResultRow[]>();
  #order: Order | null = null;

  constructor(private readonly onCancel: (id: number) => void) {
    const label = t('files.table');
    const head = make(
      'tr',
      { role: 'row' },
      plainHead(t('files.column.picture')),
      ...SORT_KEYS.map((key) => this.#head(key)),
      plainHead(t('files.column.actions')),
    );
    this.#table = make(
      'table',
      { class: 'file-table', role: 'table', 'data-testid': 'file-table' },
      make('caption', { class: 'visually-hidden' }, label),
      make('thead', { role: 'rowgroup' }, head),
    );
    this.element = make('div', { class: 'file-table-frame' }, this.#table);
  }

  /** Shows how a job stands now. */
  show(job: FileJob): void {
    const [old] = this.#rows.get(job.id) ?? [];
    if ((job.state === 'waiting' || job.state === 'running') && old instanceof PendingRow) {
      old.show(job);
      return;
    }
    this.#replace(job.id, this.#make(job));
  }

  clear(): void {
    for (const rows of this.#rows.values()) for (const { element } of rows) element.remove();
    this.#rows.clear();
  }

  #make(job: FileJob): readonly ResultRow[] {
    switch (job.state) {
      case 'waiting':
      case 'running':
        return [new PendingRow(job, () => { this.onCancel(job.id); })];
      case 'done':
        return job.result ? readingRows(job, job.result) : [];
      case 'failed':
      case 'cancelled':
        return [failureRow(job)];
    }
  }

  #replace(jobId: number, rows: readonly ResultRow[]): void {
    const old = this.#rows.get(jobId);
    const hadFocus = old?.some(({ element }) => element.contains(document.activeElement)) ?? false;
    this.#rows.set(jobId, rows);
    const elements = rows.map(({ element }) => element);
    if (old?.[0]) old[0].element.replaceWith(...elements);
    else this.#table.append(...elements);
    for (const { element } of old?.slice(1) ?? []) element.remove();
    if (this.#order) this.#sort(this.#order);
    // The button that was pressed is gone; the keyboard must not fall back to the top of the page.
    if (hadFocus) focusFirst(elements);
  }

  #sort(order: Order): void {
    this.#order = order;
    for (const [key, head] of this.#heads) {
      if (key === order.key) head.setAttribute('aria-sort', order.descending ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    }
    const focused = document.activeElement;
    const rows = [...this.#rows.values()].flat().sort((a, b) => compareRows(a, b, order));
    this.#table.append(...rows.map(({ element }) => element));
    if (focused instanceof HTMLElement && this.#table.contains(focused)) focused.focus({ preventScroll: true });
  }

  #head(key: SortKey): HTMLElement {
    const column = t(`files.column.${key}`);
    const button = make('button', { type: 'button', class: 'sort-button', 'data-testid': `sort-${key}`, 'aria-label': t('files.sort', { column }) }, column);
    button.addEventListener('click', () => {
      const again = this.#order?.key === key;
      this.#sort({ key, descending: again ? !this.#order?.descending : DESCENDING_FIRST.includes(key) });
    });
    const head = make('th', { role: 'columnheader', scope: 'col' }, button);
    this.#heads.set(key, head);
    return head;
  }
}

function plainHead(text: string): HTMLElement {
  return make('th', { role: 'columnheader', scope: 'col' }, make('span', { class: 'visually-hidden' }, text));
}

function focusFirst(elements: readonly HTMLElement[]): void {
  const next = elements[0]?.querySelector<HTMLElement>('button') ?? elements[0];
  if (!next) return;
  if (!(next instanceof HTMLButtonElement)) next.tabIndex = -1;
  next.focus({ preventScroll: true });
}

/** Rows without the value come last, whichever way; equal ones keep the order of their coming. */
export function compareRows(a: Pick<ResultRow, 'keys' | 'jobId'>, b: Pick<ResultRow, 'keys' | 'jobId'>, { key, descending }: Order): number {
  const [one, two] = [a.keys[key], b.keys[key]];
  const missing = Number(isMissing(one)) - Number(isMissing(two));
  if (missing !== 0) return missing;
  const order = typeof one === 'number' && typeof two === 'number' ? one - two : String(one).localeCompare(String(two), undefined, { numeric: true });
  return (descending ? -order : order) || a.jobId - b.jobId;
}

function isMissing(value: string | number): boolean {
  return value === '' || value === -1;
}
