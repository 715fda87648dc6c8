/** A thousand spoilt files of each kind: refused with a message that names file and place, or not spoilt where it matters. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../src/contract/catalogue';
import { readSpec } from '../src/contract/spec';
import { MienError } from '../src/errors';
import { FileFault } from '../src/session/place';
import { readSession } from '../src/session/read-json';
import { sessionJson } from '../src/session/write-json';
import { chance } from './random';
import { madeSession } from './session/made';

const MODELS = new URL('../../models_tfjs/', import.meta.url);
const TIMES = 1000;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What no field that is read may be, whatever it should be: of another type, empty, or beyond all bounds. */
function wrongFor(value: Json): Json[] {
  const all: Json[] = [null, true, -1e9, 'x'.repeat(100_000), [], {}, [[[]]], { __proto__: null, x: 1 }];
  return all.filter((one) => typeof one !== typeof value || (one === null) !== (value === null) || Array.isArray(one) !== Array.isArray(value));
}

/** What nobody computes with: kept as it is, for the view that shows it. */
const FREE = ['metrics', 'training', 'golden'];

/** The places in a document: a list of keys each. */
function places(value: Json, path: string[] = []): string[][] {
  if (FREE.includes(path[0]!)) return [];
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value);
  // Of a long list some items stand for all.
  const some = Array.isArray(value) && inner.length > 6 ? [...inner.slice(0, 3), ...inner.slice(-2)] : inner;
  return [path, ...some.flatMap(([key, one]) => places(one, [...path, key]))];
}

function at(value: Json, path: readonly string[]): Json {
  return path.reduce<Json>((one, key) => (one as Record<string, Json>)[key]!, value);
}

/** The document with another value in one place. */
function replaced(value: Json, path: readonly string[], other: Json): Json {
  if (path.length === 0) return other;
  const copy = structuredClone(value);
  (at(copy, path.slice(0, -1)) as Record<string, Json>)[path.at(-1)!] = other;
  return copy;
}

/** The text with characters exchanged, lost or doubled, or with its end cut off. */
function scratched(text: string, random: () => number): string {
  let result = text;
  for (let n = 0; n < 1 + random() * 4; n++) {
    const place = Math.floor(random() * result.length);
    const length = Math.floor(random() * 8);
    const kind = Math.floor(random() * 4);
    const middle = [String.fromCharCode(32 + random() * 95), '', result.slice(place, place + 2 * length), '\u0000\ud800'][kind]!;
    result = result.slice(0, place) + middle + result.slice(place + length);
  }
  return random() < 0.2 ? result.slice(0, Math.floor(random() * result.length)) : result;
}

/** What reading gives, or the message of a proper refusal; anything else that is thrown fails the test. */
function outcome(read: () => unknown): { result: unknown } | { refusal: string } {
  try {
    return { result: read() };
  } catch (error) {
    if (error instanceof MienError && error.code === 'spec-invalid' && error.hint !== '') return { refusal: error.message };
    if (error instanceof FileFault && error.remedy !== '') return { refusal: error.what };
    throw error;
  }
}

interface Kind {
  readonly name: string;
  readonly texts: readonly string[];
  readonly read: (text: string) => unknown;
}

const tasks = readdirSync(MODELS, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
const KINDS: readonly Kind[] = [
  {
    name: 'spec.json',
    texts: tasks.map((task) => readFileSync(new URL(`${task}/spec.json`, MODELS), 'utf8')),
    read: (text) => readSpec(text, 'spec.json'),
  },
  {
    name: 'catalogue.json',
    texts: [readFileSync(new URL('catalogue.json', MODELS), 'utf8')],
    read: (text) => readCatalogue(text, 'catalogue.json'),
  },
  {
    name: 'session.json',
    texts: [3, 5, 8].map((seed) => [...sessionJson(madeSession(seed))].join('')),
    read: (text) => readSession('session.json', text),
  },
];

/** A result in a form that can be compared, whatever classes it is made of. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => (ArrayBuffer.isView(one) ? [...(one as Float32Array)] : one));
}

describe.each(KINDS)('$name', ({ name, texts, read }) => {
  it('is refused where a value is of another kind than it must be', () => {
    const random = chance(5);
    const whole = texts.map((text) => JSON.parse(text) as Json);
    const spots = whole.map((one) => places(one));
    const results = texts.map((text) => plain(read(text)));
    let refused = 0;
    for (let n = 0; n < TIMES; n++) {
      const index = Math.floor(random() * whole.length);
      const path = spots[index]![Math.floor(random() * spots[index]!.length)]!;
      const wrong = wrongFor(at(whole[index]!, path));
      const document = replaced(whole[index]!, path, wrong[Math.floor(random() * wrong.length)]!);
      const found = outcome(() => read(JSON.stringify(document)));
      if ('refusal' in found) {
        refused++;
        expect(found.refusal).toContain(name);
        expect(found.refusal.length).toBeLessThan(500);
      } else if (name === 'session.json') {
        // Null stands for what was not read or not known; everything else is held to the letter.
        expect(at(document, path), path.join('.')).toBeNull();
      } else {
        expect(plain(found.result), `${path.join('.')} was taken`).toBe(results[index]); // nobody reads it
      }
    }
    expect(refused).toBeGreaterThan(TIMES / 20);
  }, 60_000);

  it('is refused or whole after its text was scratched', () => {
    const random = chance(6);
    let refused = 0;
    for (let n = 0; n < TIMES; n++) {
      const text = scratched(texts[Math.floor(random() * texts.length)]!, random);
      const found = outcome(() => read(text));
      if ('refusal' in found) {
        refused++;
        expect(found.refusal).toContain(name);
      } else {
        expect(() => JSON.parse(text) as Json).not.toThrow(); // nothing is guessed from half a file
      }
    }
    expect(refused).toBeGreaterThan(TIMES / 2);
  });
});
