/** The choices at the foot of the page: language, theme, and the introduction once more. */

import { chooseLanguage, language, LANGUAGES, t, type Language } from '../i18n/i18n';
import { make } from './dom';
import type { Scope } from './scope';
import { THEMES, type Theme, type ThemeChoice } from './theme';

/** Fills `place`; `onGuide` opens the introduction. */
export function showChoices(scope: Scope, place: HTMLElement, theme: Theme, onGuide: () => void): void {
  const guide = make('button', { type: 'button', class: 'btn btn-quiet', 'data-testid': 'guide-open' }, t('everywhere.guide.open'));
  scope.listen(guide, 'click', onGuide);
  place.replaceChildren(themes(scope, theme), languages(scope), guide);
}

function themes(scope: Scope, theme: Theme): HTMLElement {
  const options = THEMES.map((choice) => themeOption(scope, theme, choice));
  return make(
    'fieldset',
    { class: 'choice', 'data-testid': 'theme-choice' },
    make('legend', {}, t('everywhere.theme')),
    make('div', { class: 'choice-row' }, ...options),
  );
}

function themeOption(scope: Scope, theme: Theme, choice: ThemeChoice): HTMLElement {
  const input = make('input', { type: 'radio', name: 'theme', value: choice, checked: theme.choice === choice });
  scope.listen(input, 'change', () => { theme.choose(choice); });
  return make('label', { class: 'choice-option' }, input, make('span', {}, t(`everywhere.theme.${choice}`)));
}

/** Buttons, not a list that acts on every arrow key: the page is loaded again in the language. */
function languages(scope: Scope): HTMLElement {
  const buttons = (Object.keys(LANGUAGES) as Language[]).map((one) => {
    const attributes = { type: 'button', class: 'choice-option', lang: one, 'data-testid': `language-${one}`, 'aria-pressed': String(one === language) };
    const button = make('button', attributes, LANGUAGES[one]);
    scope.listen(button, 'click', () => { if (one !== language) chooseLanguage(one); });
    return button;
  });
  return make(
    'fieldset',
    { class: 'choice', 'data-testid': 'language-choice' },
    make('legend', {}, t('everywhere.language')),
    make('div', { class: 'choice-row' }, ...buttons),
  );
}
