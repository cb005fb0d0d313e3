/** `Issues`: collects everything that is wrong with an input, each under the path of its field. */
import { isId } from '../upstream/id.ts';
import type { InputIssue } from './outcome.ts';

/** How much of a value its issue repeats. */
const ECHO_LENGTH = 40;

export class Issues {
  readonly #found: InputIssue[] = [];

  get found(): readonly InputIssue[] {
    return this.#found;
  }

  /** Notes that `field` is not what it has to be. Values are repeated only where they can be no secret. */
  add(field: string, expected: string, got?: unknown): void {
    const echo = got === undefined ? '' : `, got ${echoOf(got)}`;
    this.#found.push({ field, message: `Expected \`${field}\` to be ${expected}${echo}` });
  }

  id(field: string, value: string | null | undefined): void {
    if (typeof value === 'string' && !isId(value))
      this.add(field, 'an id of 1 to 128 letters, digits, "_" and "-"');
  }

  /** Text that says something. */
  text(field: string, value: string | null | undefined): void {
    if (typeof value === 'string' && value.trim() === '') this.add(field, 'text, not blank');
  }

  texts(field: string, values: readonly string[] | null | undefined): void {
    for (const [index, value] of (values ?? []).entries()) this.text(`${field}[${String(index)}]`, value);
  }

  absolutePath(field: string, value: string | null | undefined): void {
    if (typeof value === 'string' && !value.startsWith('/'))
      this.add(field, 'an absolute path, such as /home/user/file');
  }

  /** No two items have the same name. `nameOf` gives the part that has to be unique, `part` what it is called. */
  unique<T>(field: string, items: readonly T[], part: string, nameOf: (item: T) => string): void {
    const seen = new Set<string>();
    for (const [index, item] of items.entries()) {
      const name = nameOf(item);
      if (seen.has(name)) this.add(`${field}[${String(index)}].${part}`, 'named once', name);
      seen.add(name);
    }
  }
}

function echoOf(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > ECHO_LENGTH ? `${value.slice(0, ECHO_LENGTH)}…` : value);
}
