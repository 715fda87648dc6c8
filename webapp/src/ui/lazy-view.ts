/** A view whose code comes when the visitor first goes there; its heading is there at once, for titles and focus. */

import { make } from './dom';
import { problemView } from './problem-view';
import { asProblem } from './problems';

/**
 * Puts heading and lead into the section, and gives a function that fills it: once, and again where that failed.
 *
 * @param mount fetches the code and builds the view in the place that it is given
 */
export function lazyView(section: HTMLElement, title: string, lead: string, mount: (place: HTMLElement) => Promise<void>): () => void {
  const place = make('div', { class: 'lazy-view' });
  section.replaceChildren(make('header', { class: 'view-head' }, make('h1', { tabindex: -1 }, title), make('p', {}, lead)), place);
  let mounted = false;
  const fill = (): void => {
    if (mounted) return;
    mounted = true;
    place.replaceChildren();
    mount(place).catch((error: unknown) => {
      mounted = false;
      place.replaceChildren(problemView(asProblem(error), fill));
    });
  };
  return fill;
}
