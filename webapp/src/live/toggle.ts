import { make } from '../ui/dom';

/** A button that is pressed or not. */
export function toggleButton(testId: string, text: string, pressed: boolean, onToggle: (pressed: boolean) => void): HTMLButtonElement {
  const button = make('button', { type: 'button', class: 'btn btn-quiet btn-tool', 'data-testid': testId, 'aria-pressed': String(pressed) }, text);
  button.addEventListener('click', () => {
    const next = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(next));
    onToggle(next);
  });
  return button;
}
