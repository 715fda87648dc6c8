import { MienError } from '../errors';

/** A fault in a contract file: which file, which field, what was expected there and what was found. */
function fault(file: string, field: string, expected: string, found: unknown): MienError {
  return new MienError(
    'spec-invalid',
    `${file}: ${field || 'the file'}: expected ${expected}, found ${describe(found)}`,
    'The models and this version of Mien do not fit together; rebuild the models with mien-convert.',
  );
}

/** Of a text that is found where it should not be, so much is shown. */
const SHOWN = 60;

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string' && value.length > SHOWN) return `${JSON.stringify(value.slice(0, SHOWN))}…`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return JSON.stringify(value);
}

/** A value inside a contract file that knows where it stands, so that every complaint can name the place. */
export class Reader {
  constructor(
    readonly file: string,
    readonly field: string,
    readonly value: unknown,
  ) {}

  fail(expected: string): never {
    throw fault(this.file, this.field, expected, this.value);
  }

  private record(): Record<string, unknown> {
    const value = this.value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.fail('an object');
    return value as Record<string, unknown>;
  }

  private inner(key: string, value: unknown): Reader {
    return new Reader(this.file, this.field ? `${this.field}.${key}` : key, value);
  }

  at(key: string): Reader {
    const record = this.record();
    return this.inner(key, Object.hasOwn(record, key) ? record[key] : undefined);
  }

  has(key: string): boolean {
    return Object.hasOwn(this.record(), key);
  }

  entries(): [string, Reader][] {
    return Object.entries(this.record()).map(([key, value]) => [key, this.inner(key, value)]);
  }

  object(): Readonly<Record<string, unknown>> {
    return this.record();
  }

  string(): string {
    return typeof this.value === 'string' && this.value !== '' ? this.value : this.fail('a string that is not empty');
  }

  literal<const T extends string | boolean>(...allowed: T[]): T {
    const found = allowed.find((one) => one === this.value);
    return found ?? this.fail(allowed.map((one) => JSON.stringify(one)).join(' or '));
  }

  number(min = -Infinity, max = Infinity): number {
    const value = this.value;
    if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) return value;
    return this.fail(`a number${range(min, max)}`);
  }

  integer(min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    return Number.isInteger(this.value) ? this.number(min, max) : this.fail(`a whole number${range(min, max)}`);
  }

  positive(): number {
    return this.number() > 0 ? this.number() : this.fail('a number above 0');
  }

  list<T>(read: (item: Reader) => T, length?: number): T[] {
    const value: unknown = this.value;
    const expected = length === undefined ? 'a list that is not empty' : `a list of ${length}`;
    if (!Array.isArray(value)) return this.fail(expected);
    if (length === undefined ? value.length === 0 : value.length !== length) return this.fail(expected);
    return value.map((item, index) => read(new Reader(this.file, `${this.field}[${index}]`, item)));
  }
}

function range(min: number, max: number): string {
  if (min > -Infinity && max < Number.MAX_SAFE_INTEGER) return ` from ${min} to ${max}`;
  if (min > -Infinity) return ` of at least ${min}`;
  return max < Infinity ? ` of at most ${max}` : '';
}

/** Parses JSON; a broken file is an error of the same kind as a wrong one. */
export function parseJson(file: string, text: string): Reader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fault(file, '', 'JSON', text.slice(0, 40));
  }
  return new Reader(file, '', value);
}
