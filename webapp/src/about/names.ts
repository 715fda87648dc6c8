/** What the names in a spec's `metrics` mean, in words: of figures, of tables and their columns, of groups and conditions. */
import { en } from '../i18n/en';
import { language, translate, type Language, type MessageKey } from '../i18n/i18n';
import { title } from '../ui/format';

/** Groups that are numbered; what the parentheses catch fills `{a}` and `{b}`. */
const NUMBERED: readonly (readonly [RegExp, MessageKey])[] = [
  [/^age (\d+) to (\d+)$/, 'about.metric.ages'],
  [/^fold-(\d+)$/, 'about.metric.fold'],
];

/** The name in words; null for one that the page does not know. */
export function knownName(name: string, speech: Language = language): string | null {
  const key = `about.metric.${name}`;
  if (key in en) return translate(speech, key as MessageKey);
  for (const [pattern, message] of NUMBERED) {
    const found = pattern.exec(name);
    if (found) return translate(speech, message, { a: found[1] ?? '', b: found[2] ?? '' });
  }
  return null;
}

/** The name in words; what is new is shown under its own name. */
export function metricName(name: string): string {
  return knownName(name) ?? title(name);
}
