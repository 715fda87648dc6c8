/** Shows the part of the page that the address names: `#/`, `#/face`, `#/voice`, `#/both`, … */

import { t } from '../i18n/i18n';
import { find } from './dom';
import type { Scope } from './scope';

export const ROUTES = ['home', 'face', 'voice', 'both', 'session', 'files', 'about'] as const;
export type Route = (typeof ROUTES)[number];

const TITLES: Record<Route, string> = {
  home: 'Mien',
  face: t('page.title.face'),
  voice: t('page.title.voice'),
  both: t('page.title.both'),
  session: t('page.title.session'),
  files: t('page.title.files'),
  about: t('page.title.about'),
};

/** The route in a location hash; null where the hash is an anchor within the page. */
export function routeOf(hash: string): Route | null {
  const name = hash.replace(/^#\/?/, '');
  if (name === '') return 'home';
  return ROUTES.find((route) => route === name) ?? null;
}

/** Follows the address. `onChange` is told every route, the first one included. */
export function startRouter(scope: Scope, onChange: (route: Route) => void): void {
  let current: Route | null = null;

  const follow = (): void => {
    const route = routeOf(window.location.hash) ?? current ?? 'home';
    if (route === current) return;
    const first = current === null;
    current = route;
    show(route);
    onChange(route);
    if (!first) arrive();
  };

  scope.listen(window, 'hashchange', follow);
  follow();
}

function show(route: Route): void {
  document.title = TITLES[route];
  document.body.dataset.route = route;
  for (const part of document.querySelectorAll<HTMLElement>('[data-routes]')) {
    part.hidden = !(part.dataset.routes ?? '').split(' ').includes(route);
  }
  for (const link of document.querySelectorAll<HTMLAnchorElement>('[data-nav]')) {
    if (routeOf(link.hash) === route) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

/** Puts the reader at the top of the new view: the eyes by scrolling, screen readers by the focus. */
function arrive(): void {
  window.scrollTo(0, 0);
  const heading = find(document, 'main h1:not([hidden] *)', HTMLHeadingElement);
  heading.focus({ preventScroll: true });
}
