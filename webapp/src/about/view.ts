/** About: use and law, the models' cards, and what this device makes of them. */
import { t } from '../i18n/i18n';
import { make } from '../ui/dom';
import { problemView } from '../ui/problem-view';
import { asProblem } from '../ui/problems';
import type { Scope } from '../ui/scope';
import { benchmarkPanel } from './benchmark';
import { modelCard } from './card';
import { shippedModels } from './models';
import { selfTestPanel } from './self-test';

/** Fills the view; the cards come when their files have been fetched. */
export function mountAbout(place: HTMLElement, page: Scope): void {
  const cards = make('div', { class: 'model-cards', 'data-testid': 'model-cards' });
  place.replaceChildren(
    make(
      'div',
      { class: 'about-texts' },
      note(t('about.law.title'), [t('about.law.use'), t('about.law.act'), t('about.law.feeling')], 'about-law'),
      note(t('about.licences.title'), [t('about.licences.code'), t('about.licences.data')], 'about-licences'),
    ),
    make('div', { class: 'about-texts' }, selfTestPanel(page), benchmarkPanel(page)),
    make('h2', { class: 'about-heading' }, t('about.cards.title')),
    cards,
  );
  void fillCards(cards, page);
}

async function fillCards(cards: HTMLElement, page: Scope): Promise<void> {
  cards.replaceChildren(make('p', { role: 'status' }, t('about.cards.loading')));
  try {
    const models = await shippedModels(new URL('models/', document.baseURI), page.signal);
    cards.replaceChildren(...models.map(modelCard));
  } catch (error) {
    if (page.disposed()) return;
    cards.replaceChildren(problemView(asProblem(error), () => void fillCards(cards, page)));
  }
}

function note(title: string, texts: readonly string[], testId: string): HTMLElement {
  return make('article', { class: 'note', 'data-testid': testId }, make('h2', {}, title), ...texts.map((text) => make('p', {}, text)));
}
