/**
 * What the two panels share: start and stop, one scope for everything that runs in between, and the messages on the
 * stage. `data-state` on the panel is `idle`, `starting`, `running` or `failed`.
 */

import type { LoadProgress } from '../types';
import { find } from './dom';
import { problemView } from './problem-view';
import { asProblem } from './problems';
import { ProgressView } from './progress-view';
import { Scope } from './scope';

export type PanelState = 'idle' | 'starting' | 'running' | 'failed';

/** What a panel lends to its work while it runs. */
export interface Run {
  /** Owns everything; ends when the visitor stops, leaves, or something fails. */
  readonly scope: Scope;
  /** Shows how far loading is. */
  readonly onProgress: (progress: LoadProgress) => void;
  /** Says what is waited for. */
  readonly say: (text: string) => void;
  /** Ends the run with a message. */
  readonly fail: (error: unknown) => void;
}

export class Panel {
  readonly #message: HTMLElement;
  readonly #startButton: HTMLButtonElement;
  readonly #stopButton: HTMLButtonElement;
  #scope: Scope | null = null;

  /**
   * @param root the panel's section
   * @param work begins the run; it is running when the promise resolves
   * @param onChange is called after every change of state
   */
  constructor(
    readonly root: HTMLElement,
    private readonly work: (run: Run) => Promise<void>,
    private readonly onChange: () => void,
  ) {
    this.#message = find(root, '[data-part="message"]', HTMLElement);
    this.#startButton = find(root, '[data-action="start"]', HTMLButtonElement);
    this.#stopButton = find(root, '[data-action="stop"]', HTMLButtonElement);
    this.#startButton.addEventListener('click', () => void this.start());
    this.#stopButton.addEventListener('click', () => { this.stop(); });
    this.#enter('idle');
  }

  /** Whether it is starting or running. */
  get busy(): boolean {
    return this.#scope !== null;
  }

  /** Starts; what fails is shown, never thrown. */
  async start(): Promise<void> {
    await this.#begin(() => { this.#stopButton.focus({ preventScroll: true }); });
  }

  async #begin(placeFocus: () => void): Promise<void> {
    this.#scope?.dispose();
    const scope = new Scope();
    this.#scope = scope;
    const progress = new ProgressView();
    this.#enter('starting');
    this.#message.replaceChildren(progress.element);
    placeFocus();
    const fail = (error: unknown): void => { this.#fail(scope, error); };
    try {
      await this.work({
        scope,
        fail,
        onProgress: (step) => { progress.show(step); },
        say: (text) => { progress.say(text); },
      });
    } catch (error) {
      fail(error);
      return;
    }
    if (scope.disposed()) return;
    this.#message.replaceChildren();
    this.#enter('running');
  }

  /** Starts again with other settings while it runs; the focus stays where it is. */
  async restart(): Promise<void> {
    if (!this.busy) return;
    const focused = document.activeElement;
    const refocus = (): void => {
      if (focused instanceof HTMLElement && document.activeElement === document.body) focused.focus({ preventScroll: true });
    };
    await this.#begin(refocus);
    refocus(); // tools are hidden while the device starts, and lose the focus then
  }

  /** Stops: everything that runs ends, the device is let go. */
  stop(): void {
    if (this.#scope === null) return;
    const hadFocus = document.activeElement === this.#stopButton;
    this.#scope.dispose();
    this.#scope = null;
    this.#message.replaceChildren();
    this.#enter('idle');
    if (hadFocus) this.#startButton.focus({ preventScroll: true });
  }

  /** Stops, and takes a message of failure away too: the visitor goes elsewhere. */
  leave(): void {
    this.stop();
    this.#message.replaceChildren();
    this.#enter('idle');
  }

  #fail(scope: Scope, error: unknown): void {
    if (scope.disposed()) return; // stopped meanwhile: nobody waits for this any more
    const hadFocus = document.activeElement === this.#stopButton;
    scope.dispose();
    this.#scope = null;
    const view = problemView(asProblem(error), () => void this.start());
    this.#message.replaceChildren(view);
    this.#enter('failed');
    if (hadFocus) find(view, 'button', HTMLButtonElement).focus({ preventScroll: true });
  }

  #enter(state: PanelState): void {
    this.root.dataset.state = state;
    this.#startButton.hidden = state !== 'idle';
    this.#stopButton.hidden = state !== 'starting' && state !== 'running';
    this.onChange();
  }
}
