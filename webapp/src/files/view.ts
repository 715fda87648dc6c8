/** The view on files: where they are dropped or chosen, how far they are, and the table of what was read. */
import { t } from '../i18n/i18n';
import { Announcer } from '../ui/announcer';
import { make, setText } from '../ui/dom';
import { download } from '../ui/download';
import { percent } from '../ui/format';
import { asProblem } from '../ui/problems';
import { ProgressBar } from '../ui/progress-bar';
import type { Scope } from '../ui/scope';
import { MediaReader } from './analyse';
import { DropZone } from './drop-zone';
import { filesToCsv, filesToJson, messageOfProblem } from './export';
import { FRAMES_PER_SECOND } from './film';
import { FileQueue } from './queue';
import type { FileReading } from './results';
import type { FileJob } from './rows';
import { ResultTable } from './table';
import { noteWords } from './words';

export class FilesView {
  readonly #scope: Scope;
  readonly #queue: FileQueue<FileReading>;
  readonly #table: ResultTable;
  readonly #bar = new ProgressBar(t('files.progress'));
  readonly #count = make('p', { class: 'file-count', 'data-testid': 'files-count' });
  readonly #loading = make('p', { class: 'file-facts', 'data-testid': 'files-loading' });
  readonly #cancel = button('files-cancel-all', t('files.cancel-all'));
  readonly #clear = button('files-clear', t('files.clear'));
  readonly #results: HTMLElement;
  readonly #announcer: Announcer;

  constructor(place: HTMLElement, scope: Scope) {
    this.#scope = scope;
    const reader = new MediaReader(({ stage, loadedBytes, totalBytes }) => {
      const loading = stage !== 'ready' && totalBytes > 0;
      setText(this.#loading, loading ? t('files.loading', { percent: percent(loadedBytes / totalBytes) }) : '');
    });
    this.#queue = new FileQueue((file, step) => reader.read(file, step), (job) => { this.#show(job); });
    this.#table = new ResultTable((id) => { this.#queue.cancel(id); });
    const live = make('p', { class: 'visually-hidden', 'aria-live': 'polite', 'data-testid': 'files-live' });
    this.#announcer = new Announcer(live);
    this.#results = this.#makeResults();
    const zone = new DropZone(scope, place, (files) => { this.#queue.add(files); });
    place.replaceChildren(zone.element, this.#results, caution(), live);
    scope.add(() => { this.#queue.clear(); });
  }

  #makeResults(): HTMLElement {
    const csv = button('files-csv', t('files.export.csv'));
    const json = button('files-json', t('files.export.json'));
    this.#cancel.addEventListener('click', () => { this.#queue.cancelAll(); });
    this.#clear.addEventListener('click', () => { this.#clearAll(); });
    csv.addEventListener('click', () => { this.#save('csv', 'text/csv', filesToCsv(this.#queue.jobs, messageOf)); });
    json.addEventListener('click', () => { this.#save('json', 'application/json', filesToJson(this.#queue.jobs, messageOf, new Date())); });
    return make(
      'section',
      { class: 'file-results', 'aria-label': t('files.table'), hidden: true },
      make(
        'div',
        { class: 'file-overall' },
        make('div', { class: 'file-overall-progress' }, this.#count, this.#bar.element, this.#loading),
        make('div', { class: 'file-buttons' }, this.#cancel, csv, json, this.#clear),
      ),
      this.#table.element,
      make('p', { class: 'file-facts' }, `${t('files.rate', { rate: FRAMES_PER_SECOND })} ${t('files.export.note')}`),
    );
  }

  #show(job: FileJob): void {
    this.#table.show(job);
    const jobs = this.#queue.jobs;
    const done = jobs.filter(({ state }) => state === 'done').length;
    const left = jobs.filter(({ state }) => state === 'failed' || state === 'cancelled').length;
    const text = t(left > 0 ? 'files.count-left-out' : 'files.count', { done, all: jobs.length, left });
    this.#results.hidden = jobs.length === 0;
    this.#results.dataset.busy = String(this.#queue.busy);
    this.#bar.show(this.#queue.progress);
    this.#cancel.hidden = !this.#queue.busy;
    setText(this.#count, text);
    if (jobs.length > 0 && job.state !== 'waiting') this.#announcer.say(text, this.#scope);
  }

  #clearAll(): void {
    this.#queue.clear();
    this.#table.clear();
    this.#results.hidden = true;
    document.querySelector<HTMLElement>('[data-testid="files-choose"]')?.focus();
  }

  #save(ending: string, type: string, text: string): void {
    const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
    download(`mien-files-${stamp}.${ending}`, type, text);
  }
}

/** What a reader of an export should know about a file. */
function messageOf(job: FileJob): string {
  if (job.state === 'failed') return messageOfProblem(asProblem(job.error));
  return job.result ? noteWords(job.result.notes) : '';
}

function caution(): HTMLElement {
  return make('p', { class: 'caution' }, make('strong', {}, t('files.wrong')), ' ', t('files.wrong-text'));
}

function button(testId: string, text: string): HTMLButtonElement {
  return make('button', { type: 'button', class: 'btn btn-quiet', 'data-testid': testId }, text);
}
