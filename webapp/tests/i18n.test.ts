import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { de } from '../src/i18n/de';
import { en } from '../src/i18n/en';
import { isMessageKey, preferredLanguage, translate, type MessageKey } from '../src/i18n/i18n';

const KEYS = Object.keys(en) as MessageKey[];
const HTML = readFileSync(new URL('../index.html', import.meta.url), 'utf8');

/** An element with nothing but text in it: its tag, attributes and words. */
const TEXT_ELEMENT = /<([a-z0-9]+)(\s[^<>]*)>([^<>]*)<\/\1>/g;

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
const collapsed = (text: string): string => text.trim().replace(/\s+/g, ' ');
const english = (key: string): string => (isMessageKey(key) ? en[key] : `no message ${key}`);

describe('the messages', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(KEYS)('%s takes the same values in both languages, and says something', (key) => {
    expect(placeholders(de[key])).toEqual(placeholders(en[key]));
    expect(de[key].trim()).not.toBe('');
    expect(en[key].trim()).not.toBe('');
  });

  it('are filled by name, and a value that is not given stays visible', () => {
    expect(translate('en', 'panels.face.name', { number: 2 })).toBe('Face 2');
    expect(translate('de', 'panels.face.name', { number: 2 })).toBe('Gesicht 2');
    expect(translate('de', 'panels.face.name')).toBe('Gesicht {number}');
  });
});

describe('the language', () => {
  it.each([
    ['de', 'en', ['en-GB'], 'de'],
    ['xx', 'de', ['en'], 'de'],
    [null, null, ['fr', 'de-AT', 'en'], 'de'],
    [null, 'toString', ['fr'], 'en'],
    [null, null, [], 'en'],
  ] as const)('asked %s, stored %s, of the browser %s: %s', (asked, stored, wanted, expected) => {
    expect(preferredLanguage(asked, stored, wanted)).toBe(expected);
  });
});

describe('index.html', () => {
  it('holds the English words of the messages that it names', () => {
    const texts = [...HTML.matchAll(TEXT_ELEMENT)].flatMap(([, , attributes = '', words = '']) => {
      const key = /\sdata-i18n="([^"]+)"/.exec(attributes)?.[1];
      return key === undefined ? [] : [{ key, words: collapsed(words) }];
    });
    expect(texts.length).toBe(HTML.match(/\sdata-i18n="/g)?.length); // none of them holds another element
    expect(texts).toEqual(texts.map(({ key }) => ({ key, words: english(key) })));
  });

  it('holds the English attributes of the messages that it names', () => {
    const named = [...HTML.matchAll(/<[a-z][^<>]*\sdata-i18n-attributes="([^"]+)"[^<>]*>/g)];
    expect(named.length).toBeGreaterThan(5);
    for (const [tag, list = ''] of named) {
      for (const [, attribute = '', key = ''] of list.matchAll(/(\S+):(\S+)/g)) {
        expect(collapsed(new RegExp(`\\s${attribute}="([^"]*)"`).exec(tag)?.[1] ?? '')).toBe(english(key));
      }
    }
  });

  it('has no words outside of the messages, but the name and what is read without JavaScript', () => {
    const bare = [...HTML.matchAll(/>([^<>]*[A-Za-z][^<>]*)</g)].map(([, words = '']) => collapsed(words));
    const known = new Set<string>(Object.values(en));
    const strange = bare.filter((words) => words !== '' && !known.has(words));
    expect(strange).toEqual([
      'Mien',
      'Mien',
      'Mien runs in your browser and needs JavaScript. Allow it for this page, then reload.',
    ]);
  });
});
