/** A value inside a file that a visitor opened: it knows where it stands, so that a refusal can name the place. */

import { t } from '../i18n/i18n';

/** Why a file was refused: what and where, and what to do. */
export class FileFault extends Error {
  override readonly name = 'FileFault';

  constructor(
    readonly what: string,
    readonly remedy: string,
  ) {
    super(`${what} ${remedy}`);
  }
}

export class Place {
  constructor(
    readonly file: string,
    readonly path: string,
    readonly value: unknown,
  ) {}

  /** @throws FileFault always; `expected` completes "expected was …" */
  fail(expected: string): never {
    const path = this.path === '' ? t('file.top') : this.path;
    throw new FileFault(t('file.wrong', { file: this.file, path, expected, found: describe(this.value) }), t('file.remedy'));
  }

  /** The value as an object with these keys and no others; those of `optional` may lack. */
  object(required: readonly string[], optional: readonly string[] = []): Record<string, Place> {
    const entries = this.entries();
    for (const key of required) if (!(key in entries)) this.#at(`.${key}`, undefined).fail(t('file.expected.value'));
    for (const [key, place] of Object.entries(entries)) {
      if (!required.includes(key) && !optional.includes(key)) place.fail(t('file.expected.nothing'));
    }
    return entries;
  }

  /** The value as an object with any keys. */
  entries(): Record<string, Place> {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.fail(t('file.expected.object'));
    const places = Object.create(null) as Record<string, Place>;
    for (const [key, inner] of Object.entries(value)) places[key] = this.#at(`.${key}`, inner);
    return places;
  }

  /** The value as a list of at most `max` items. */
  list(max: number): readonly Place[] {
    return this.rawList(max).map((item, index) => this.#at(`[${index}]`, item));
  }

  /** The same without a place for each: for long lists of numbers. */
  rawList(max: number): readonly unknown[] {
    const value: unknown = this.value;
    if (!Array.isArray(value)) return this.fail(t('file.expected.list'));
    if (value.length > max) return this.fail(t('file.expected.atMost', { max }));
    return value as unknown[];
  }

  item(index: number): Place {
    return this.#at(`[${index}]`, (this.value as unknown[])[index]);
  }

  /** Text of 1 to `max` characters; `empty` allows none. */
  text(max: number, empty: 'empty' | 'filled' = 'filled'): string {
    const { value } = this;
    if (typeof value !== 'string' || value.length > max || (empty === 'filled' && value.trim() === '')) {
      return this.fail(t('file.expected.text', { max }));
    }
    return value;
  }

  whole(max: number): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) return this.fail(t('file.expected.whole', { max }));
    return value;
  }

  number(max: number): number {
    const { value } = this;
    if (typeof value !== 'number' || !(value >= 0 && value <= max)) return this.fail(t('file.expected.number', { max }));
    return value;
  }

  oneOf<const T extends string>(allowed: readonly T[]): T {
    return allowed.find((one) => one === this.value) ?? this.fail(allowed.map((one) => `"${one}"`).join(` ${t('file.or')} `));
  }

  #at(step: string, value: unknown): Place {
    return new Place(this.file, `${this.path}${step}`.replace(/^\./, ''), value);
  }
}

/** The JSON in a text. */
export function parseFile(file: string, text: string): Place {
  try {
    return new Place(file, '', JSON.parse(text));
  } catch (error) {
    throw new FileFault(t('file.notJson', { file, detail: error instanceof Error ? error.message : String(error) }), t('file.remedy'));
  }
}

const LONGEST_FOUND = 40;

function describe(value: unknown): string {
  if (value === undefined) return t('file.found.nothing');
  if (Array.isArray(value)) return t('file.found.list', { length: value.length });
  if (typeof value === 'object' && value !== null) return t('file.found.object');
  const text = JSON.stringify(value);
  return text.length > LONGEST_FOUND ? `${text.slice(0, LONGEST_FOUND)} …` : text;
}
