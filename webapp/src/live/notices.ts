/** What a running panel has to say without stopping: one line a reason, spoken politely when it comes. */
import { make, setText } from '../ui/dom';
import type { Scope } from '../ui/scope';

/** Long enough to be read by somebody who looked elsewhere; then it would only be in the way. */
const SHOWN_MS = 60_000;

export class Notices {
  readonly element: HTMLElement;
  readonly #lines = new Map<string, HTMLElement>();

  /** @param testId of the element */
  constructor(testId: string) {
    this.element = make('div', { class: 'run-notices', role: 'status', 'data-testid': testId });
  }

  /** Says it, in place of what was said for this reason before, until `hide` or the end of the scope. */
  show(reason: string, text: string, scope: Scope): void {
    const known = this.#lines.get(reason);
    if (known) {
      setText(known, text);
      return;
    }
    const line = make('p', { class: 'run-notice', 'data-reason': reason }, text);
    this.#lines.set(reason, line);
    this.element.append(line);
    scope.add(() => { this.hide(reason); });
  }

  /** The same for what is over already: it goes after a while. */
  tell(reason: string, text: string, scope: Scope): void {
    this.show(reason, text, scope);
    scope.timeout(() => { if (this.#lines.get(reason)?.textContent === text) this.hide(reason); }, SHOWN_MS);
  }

  hide(reason: string): void {
    this.#lines.get(reason)?.remove();
    this.#lines.delete(reason);
  }
}
