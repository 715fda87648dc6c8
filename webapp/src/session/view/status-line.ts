/** One line that says what has just been done, or why it could not be, with a way back where there is one. */

import { t } from '../../i18n/i18n';
import { make } from '../../ui/dom';
import type { Scope } from '../../ui/scope';
import { FileFault } from '../place';
import { button } from './parts';

/** A way back is offered for so long; then what was deleted is gone for good. */
const UNDO_MS = 30_000;

export class StatusLine {
  readonly element = make('div', { class: 'status-line', role: 'status', 'data-testid': 'session-status' });
  #forget: () => void = () => undefined;

  constructor(private readonly scope: Scope) {}

  say(text: string): void {
    this.#show(make('p', { class: 'mb-0' }, text));
  }

  /** Says what was done, with a button that takes it back. */
  offerUndo(text: string, undo: () => void): void {
    const back = button(t('session.undo'), 'session-undo', () => {
      this.#forget();
      undo();
    });
    this.#show(make('p', { class: 'mb-0' }, text), back);
    this.#forget = this.scope.timeout(() => { this.clear(); }, UNDO_MS);
  }

  /** Says what went wrong and what to do. */
  fail(what: string, remedy: string): void {
    this.#show(make('p', { class: 'mb-0 status-problem', 'data-testid': 'session-problem' }, make('strong', {}, what), ' ', remedy));
  }

  /** The same for whatever was thrown. */
  failWith(error: unknown, what: string, remedy: string): void {
    if (error instanceof FileFault) this.fail(error.what, error.remedy);
    else this.fail(what, remedy);
  }

  clear(): void {
    this.#show();
  }

  #show(...parts: Node[]): void {
    this.#forget();
    this.#forget = () => undefined;
    this.element.replaceChildren(...parts);
  }
}
