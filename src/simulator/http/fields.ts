/** Reads the fields of a JSON body one by one, and refuses what has the wrong type with a 400 that names the field. */
import { ApiError } from '../wire/api-error.ts';
import type { StringMap } from '../wire/scenario.ts';

/** A field that is absent or null is `undefined` here: the API treats both alike. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path = '') {
    if (!isRecord(value)) throw ApiError.invalid(`${path === '' ? 'The body' : path} must be a JSON object`);
    this.#values = value;
    this.#path = path;
  }

  /** The bytes of a body; no bytes are an empty object. */
  static parse(bytes: Buffer): Fields {
    if (bytes.length === 0) return new Fields({});
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString('utf8'));
    } catch {
      throw ApiError.invalid('The body is not valid JSON');
    }
    return new Fields(value);
  }

  /** Every field as it came, to be echoed. */
  all(): Readonly<Record<string, unknown>> {
    return this.#values;
  }

  /** The field as it came. */
  raw(name: string): unknown {
    return this.#values[name] ?? undefined;
  }

  string(name: string): string | undefined {
    return this.#typed(name, 'a string', (value) => typeof value === 'string');
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined || value.trim() === '') throw ApiError.invalid(`${this.#name(name)} is required`);
    return value;
  }

  number(name: string): number | undefined {
    return this.#typed(name, 'a number', (value) => typeof value === 'number');
  }

  /** One of the given words. */
  word<const Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.string(name);
    if (value === undefined) return undefined;
    const word = words.find((known) => known === value);
    if (word === undefined) throw ApiError.invalid(`${this.#name(name)} must be one of ${words.join(', ')}`);
    return word;
  }

  strings(name: string): readonly string[] | undefined {
    return this.#typed(name, 'a list of strings', isStrings);
  }

  stringMap(name: string): StringMap | undefined {
    return this.#typed(name, 'an object of strings', isStringMap);
  }

  object(name: string): Fields | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : new Fields(value, this.#name(name));
  }

  objects(name: string): readonly Fields[] | undefined {
    const values = this.#typed(name, 'a list', (value): value is readonly unknown[] => Array.isArray(value));
    return values?.map((value, index) => new Fields(value, `${this.#name(name)}[${String(index)}]`));
  }

  #typed<T>(name: string, expected: string, isTyped: (value: unknown) => value is T): T | undefined {
    const value = this.raw(name);
    if (value === undefined || isTyped(value)) return value;
    throw ApiError.invalid(`${this.#name(name)} must be ${expected}`);
  }

  #name(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isStringMap(value: unknown): value is StringMap {
  return isRecord(value) && Object.values(value).every((item) => typeof item === 'string');
}
