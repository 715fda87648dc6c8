/** A panel with a button that starts something on every backend, its progress, a button to cancel, and the results. */
import { t } from '../i18n/i18n';
import type { Mien } from '../mien';
import { make, setText } from '../ui/dom';
import { ProgressBar } from '../ui/progress-bar';
import type { Scope } from '../ui/scope';
import { onEachBackend, type BackendName, type Outcome } from './each-backend';

export interface RunnerText {
  /** Begins the test ids. */
  id: string;
  title: string;
  text: string;
  start: string;
}

export class Runner<Result> {
  readonly element: HTMLElement;
  readonly #start: HTMLButtonElement;
  readonly #cancel: HTMLButtonElement;
  readonly #bar = new ProgressBar(t('about.run.progress'));
  readonly #status: HTMLElement;
  readonly #results = make('div', { class: 'run-results' });
  #run: Scope | null = null;

  /**
   * @param work on one backend
   * @param show its result
   */
  constructor(
    private readonly page: Scope,
    { id, title, text, start }: RunnerText,
    private readonly work: (mien: Mien) => Promise<Result>,
    private readonly show: (result: Result) => HTMLElement[],
  ) {
    this.#start = make('button', { type: 'button', class: 'btn btn-mien', 'data-testid': `${id}-start` }, start);
    this.#cancel = make('button', { type: 'button', class: 'btn btn-quiet', 'data-testid': `${id}-cancel`, hidden: true }, t('about.run.cancel'));
    this.#status = make('p', { class: 'run-status', role: 'status', 'data-testid': `${id}-status` });
    this.#bar.element.hidden = true;
    this.#start.addEventListener('click', () => void this.#begin());
    this.#cancel.addEventListener('click', () => { this.#end(t('about.run.cancelled')); });
    this.element = make(
      'section',
      { class: 'note run', 'data-testid': id },
      make('h2', {}, title),
      make('p', {}, text),
      make('div', { class: 'run-buttons' }, this.#start, this.#cancel),
      this.#bar.element,
      this.#status,
      this.#results,
    );
  }

  async #begin(): Promise<void> {
    this.#run?.dispose();
    const scope = this.page.child();
    this.#run = scope;
    this.#results.replaceChildren();
    this.#start.hidden = true;
    this.#cancel.hidden = false;
    this.#bar.element.hidden = false;
    this.#cancel.focus({ preventScroll: true });
    try {
      await onEachBackend(scope, this.work, {
        progress: (backend, phase, share) => {
          this.#bar.show(share);
          setText(this.#status, t(`about.run.${phase}`, { backend: t(`about.backend.${backend}`) }));
        },
        outcome: (outcome) => { this.#results.append(this.#section(outcome)); },
      });
    } catch (error) {
      if (!scope.disposed()) this.#end(t('about.run.failed', { why: String(error) }));
      return;
    }
    this.#end(t('about.run.finished'));
  }

  #end(status: string): void {
    this.#run?.dispose();
    this.#run = null;
    const hadFocus = document.activeElement === this.#cancel;
    this.#start.hidden = false;
    this.#cancel.hidden = true;
    this.#bar.element.hidden = true;
    setText(this.#status, status);
    if (hadFocus) this.#start.focus({ preventScroll: true });
  }

  #section(outcome: Outcome<Result>): HTMLElement {
    const { backend, kind } = outcome;
    return make(
      'section',
      { class: 'run-backend', 'data-testid': 'run-backend', 'data-backend': backend, 'data-outcome': kind },
      make('h3', {}, backendName(backend)),
      ...(kind === 'done' ? this.show(outcome.result) : [make('p', {}, t(`about.run.${kind}`, { why: outcome.why }))]),
    );
  }
}

function backendName(backend: BackendName): string {
  return t(`about.backend.${backend}`);
}
