/** Figures with as many digits as they are sure of, in the language of the page. */
import { language } from '../i18n/i18n';
import { decimal } from '../ui/format';

const WHOLE = new Intl.NumberFormat(language);
const SMALL = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });

/** Two or three digits that count: no figure here is surer than that. */
export function short(value: number): string {
  if (Number.isInteger(value)) return WHOLE.format(value);
  const size = Math.abs(value);
  if (size < 0.01) return SMALL.format(value);
  return decimal(value, size < 1 ? 3 : size < 10 ? 2 : 1);
}
