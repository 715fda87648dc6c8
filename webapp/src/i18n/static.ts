/**
 * Puts the words of index.html into the visitor's language. The English ones stand in the HTML, for readers without
 * JavaScript; `data-i18n="key"` names the message of an element that holds nothing but text, and
 * `data-i18n-attributes="aria-label:key title:key"` those of its attributes.
 */
import { setText } from '../ui/dom';
import { isMessageKey, language, t, type MessageKey } from './i18n';

/** Translates everything below `root` and says so in `<html lang>`. Does nothing in English, which stands there already. */
export function translatePage(root: Document): void {
  root.documentElement.lang = language;
  if (language === 'en') return;
  for (const element of root.querySelectorAll<HTMLElement>('[data-i18n]')) {
    setText(element, t(keyOf(element.dataset.i18n ?? '')));
  }
  for (const element of root.querySelectorAll<HTMLElement>('[data-i18n-attributes]')) {
    for (const [attribute, key] of attributesOf(element.dataset.i18nAttributes ?? '')) element.setAttribute(attribute, t(key));
  }
}

function attributesOf(list: string): [attribute: string, key: MessageKey][] {
  return list.split(' ').map((pair) => {
    const [attribute = '', key = ''] = pair.split(':');
    return [attribute, keyOf(key)];
  });
}

function keyOf(key: string): MessageKey {
  if (isMessageKey(key)) return key;
  throw new Error(`index.html names a message that does not exist: "${key}"`);
}
