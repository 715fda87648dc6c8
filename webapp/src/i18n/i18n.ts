/**
 * The words of the page in the visitor's language. English is the reference: a key that another language lacks does
 * not compile. Words never stand in the code; each room of the page has one file a language.
 */
import { de } from './de';
import { en } from './en';

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;
export type MessageKey = keyof typeof en;
export type Messages = Readonly<Record<MessageKey, string>>;
type Values = Readonly<Record<string, string | number>>;

const MESSAGES: Readonly<Record<Language, Messages>> = { en, de };
const STORAGE_KEY = 'mien.language';
const ADDRESS_KEY = 'lang';

/** The first language that the page speaks: of the address (`?lang=de`), chosen earlier, of the browser; else English. */
export function preferredLanguage(asked: string | null, stored: string | null, wanted: readonly string[]): Language {
  const candidates = [asked ?? '', stored ?? '', ...wanted].map((tag) => tag.toLowerCase().split('-')[0] ?? '');
  return candidates.find((tag): tag is Language => Object.hasOwn(LANGUAGES, tag)) ?? 'en';
}

/** The message with `{name}` replaced by `values.name`. */
export function translate(language: Language, key: MessageKey, values: Values = {}): string {
  return MESSAGES[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The language of this page; fixed until it is loaded again, so that no half-translated view can be seen. */
export const language: Language = preferredLanguage(
  typeof location === 'undefined' ? null : new URL(location.href).searchParams.get(ADDRESS_KEY),
  storedLanguage(),
  typeof navigator === 'undefined' ? [] : navigator.languages,
);

/** The message in the page's language. */
export function t(key: MessageKey, values: Values = {}): string {
  return translate(language, key, values);
}

/** Whether there is a message of that key: for words that a model's spec brings. */
export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(MESSAGES.en, key);
}

/** Remembers the choice and shows the page in it. */
export function chooseLanguage(chosen: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, chosen);
  } catch {
    // Storage may be forbidden; the browser's language then serves as before.
  }
  // An address that asks for a language would win over the choice.
  const address = new URL(window.location.href);
  address.searchParams.delete(ADDRESS_KEY);
  window.history.replaceState(window.history.state, '', address);
  window.location.reload();
}

function storedLanguage(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}
