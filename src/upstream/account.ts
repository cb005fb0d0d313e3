/** `Account`: whose key a call is made with, and the id under which everything of theirs is cached and counted. */
import { createHmac } from 'node:crypto';

/**
 * One upstream account. `id` is a keyed hash of the API key: equal for equal keys, and useless to whoever reads it.
 * The key itself is private, so that no log line, error or cache key can hold it by accident.
 */
export class Account {
  readonly id: string;
  readonly #apiKey: string;

  constructor(apiKey: string, options: { readonly hashSecret: string | Buffer }) {
    this.#apiKey = apiKey;
    this.id = createHmac('sha256', options.hashSecret).update(apiKey).digest('base64url').slice(0, 22);
  }

  /** The value of the upstream's `Authorization` header. */
  authorization(): string {
    return `Bearer ${this.#apiKey}`;
  }
}
