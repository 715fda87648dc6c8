/** Pieces that the views of the session are made of. */

import { make } from '../../ui/dom';

/** A button with words. */
export function button(text: string, testId: string, onClick: () => void, look = 'btn btn-quiet btn-sm'): HTMLButtonElement {
  const element = make('button', { type: 'button', class: look, 'data-testid': testId }, text);
  element.addEventListener('click', onClick);
  return element;
}

/** A box with a heading, named by it. */
export function box(heading: string, id: string, ...children: Node[]): HTMLElement {
  const title = make('h2', { class: 'box-title', id: `${id}-title` }, heading);
  return make('section', { class: 'box', 'data-testid': id, 'aria-labelledby': `${id}-title` }, title, ...children);
}

/** A switch with its words beside it. */
export function toggle(text: string, testId: string, onChange: (on: boolean) => void): { element: HTMLElement; input: HTMLInputElement } {
  const input = make('input', { type: 'checkbox', role: 'switch', class: 'form-check-input', id: testId, 'data-testid': testId });
  input.addEventListener('change', () => { onChange(input.checked); });
  const label = make('label', { class: 'form-check-label', for: testId }, text);
  return { element: make('div', { class: 'form-check form-switch' }, input, label), input };
}

/** A button that opens the browser's choice of a JSON file. */
export function fileButton(text: string, testId: string, onFile: (file: File) => void): HTMLElement {
  const input = make('input', { type: 'file', accept: '.json,application/json', hidden: true, 'data-testid': `${testId}-file` });
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    input.value = ''; // the same file may be chosen again, mended
    if (file) onFile(file);
  });
  return make('span', {}, button(text, testId, () => { input.click(); }), input);
}
