/**
 * Pause: reading rests and the picture stands still, so that it can be looked at or talked about. The device stays on, for
 * going on at once without another question, and the page says so; to let go of it is what "stop" is for.
 */
import { t } from '../i18n/i18n';
import { make, setText } from '../ui/dom';
import type { Scope } from '../ui/scope';

export class Pause {
  readonly button: HTMLButtonElement;
  readonly note: HTMLElement;
  #paused = false;
  #onChange: (paused: boolean) => void = () => undefined;

  /**
   * @param root the panel; `data-paused` says whether it rests
   * @param testId of the button
   * @param text what is said while it rests
   */
  constructor(
    private readonly root: HTMLElement,
    testId: string,
    text: string,
  ) {
    this.button = make('button', { type: 'button', class: 'btn btn-quiet btn-tool', 'data-testid': testId });
    // Screen readers hear it when it appears.
    this.note = make('p', { class: 'pause-note', role: 'status' });
    this.button.addEventListener('click', () => { this.#set(!this.#paused, text); });
    this.#set(false, text);
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Tells `onChange` for the time of the scope; with its end the pause ends too. */
  follow(scope: Scope, onChange: (paused: boolean) => void): void {
    this.#onChange = onChange;
    scope.add(() => {
      this.#onChange = () => undefined;
      this.#set(false, '');
    });
  }

  #set(paused: boolean, text: string): void {
    const changed = paused !== this.#paused;
    this.#paused = paused;
    this.root.toggleAttribute('data-paused', paused);
    setText(this.button, t(paused ? 'live.resume' : 'live.pause'));
    setText(this.note, paused ? text : '');
    if (changed) this.#onChange(paused);
  }
}
