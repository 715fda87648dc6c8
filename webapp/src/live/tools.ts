import { make } from '../ui/dom';

/** A row of tools below the stage; it is there while the panel runs. */
export function addTools(root: HTMLElement, ...tools: Node[]): void {
  root.querySelector('.panel-main')?.append(make('div', { class: 'stage-tools' }, ...tools));
}
