/** Where files are dropped or chosen. */
import { t } from '../i18n/i18n';
import { make } from '../ui/dom';
import type { Scope } from '../ui/scope';
import { droppedFiles } from './drop';

const ACCEPTED = 'image/*,video/*,audio/*,.m4a,.flac,.opus,.mkv';

export class DropZone {
  readonly element: HTMLElement;

  /** @param view what is visible while files may be dropped anywhere on the page */
  constructor(scope: Scope, view: HTMLElement, onFiles: (files: File[]) => void) {
    const files = this.#input(scope, 'files-input', { accept: ACCEPTED }, onFiles);
    const folder = this.#input(scope, 'files-folder-input', { webkitdirectory: true }, onFiles);
    this.element = make(
      'div',
      { class: 'drop-zone', 'data-testid': 'drop-zone' },
      make('p', { class: 'drop-title' }, t('files.drop.title')),
      make('p', { class: 'drop-text' }, t('files.drop.text')),
      make(
        'div',
        { class: 'file-buttons' },
        this.#button(scope, 'files-choose', 'btn-mien', t('files.choose'), files),
        this.#button(scope, 'files-choose-folder', 'btn-quiet', t('files.choose-folder'), folder),
      ),
      make('p', { class: 'drop-text' }, t('files.private')),
      files,
      folder,
    );
    this.#listen(scope, view, onFiles);
  }

  #input(scope: Scope, testId: string, attributes: Record<string, string | boolean>, onFiles: (files: File[]) => void): HTMLInputElement {
    // The buttons stand for it; hidden so that keyboards and screen readers meet each once.
    const input = make('input', { type: 'file', multiple: true, hidden: true, 'data-testid': testId, ...attributes });
    scope.listen(input, 'change', () => {
      const chosen = [...(input.files ?? [])];
      input.value = ''; // the same files may be chosen again
      if (chosen.length > 0) onFiles(chosen);
    });
    return input;
  }

  #button(scope: Scope, testId: string, look: string, text: string, input: HTMLInputElement): HTMLButtonElement {
    const button = make('button', { type: 'button', class: `btn ${look}`, 'data-testid': testId }, text);
    scope.listen(button, 'click', () => { input.click(); });
    return button;
  }

  /** A file dropped beside the zone would make the browser leave the page for it: the whole window takes them. */
  #listen(scope: Scope, view: HTMLElement, onFiles: (files: File[]) => void): void {
    const takes = (event: DragEvent): DataTransfer | null => {
      const visible = view.offsetParent !== null || view.getClientRects().length > 0;
      return visible && event.dataTransfer?.types.includes('Files') ? event.dataTransfer : null;
    };
    const mark = (over: boolean): void => { this.element.classList.toggle('is-over', over); };
    scope.listen<DragEvent>(window, 'dragover', (event) => {
      const transfer = takes(event);
      if (!transfer) return;
      event.preventDefault();
      transfer.dropEffect = 'copy';
      mark(true);
    });
    scope.listen<DragEvent>(window, 'dragleave', (event) => { if (event.relatedTarget === null) mark(false); });
    scope.listen<DragEvent>(window, 'drop', (event) => {
      const transfer = takes(event);
      mark(false);
      if (!transfer) return;
      event.preventDefault();
      droppedFiles(transfer).then((files) => { if (files.length > 0) onFiles(files); }, reportError);
    });
  }
}
