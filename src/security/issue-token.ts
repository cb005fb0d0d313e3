/** `issueToken`: a fresh gateway token, and the file with its row added. */
import { randomBytes } from 'node:crypto';
import { digestOf, readTokenFile, type TokenFileRow } from './gateway-tokens.ts';
import { writeInstant } from '../values/instants.ts';
import type { Scope } from './scopes.ts';
import { UnusableFile } from './watched-file.ts';

export interface IssueTokenOptions {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Unix time in milliseconds; null when it never expires. */
  readonly expiresAtMs: number | null;
}

export interface IssuedToken {
  /** What its holder presents. It stands nowhere else. */
  readonly token: string;
  /** What the file says now. */
  readonly text: string;
}

/** 256 bits: nobody guesses them, so that their plain digest gives nothing away. */
const TOKEN_BYTES = 32;

/** Adds a token to a file, which is empty when there is none yet. Throws an `UnusableFile` when it cannot be added. */
export function issueToken(text: string, { name, scopes, expiresAtMs }: IssueTokenOptions): IssuedToken {
  const rows = text.trim() === '' ? [] : readTokenFile(text);
  if (rows.some((row) => row.name === name))
    throw new UnusableFile([`a token has the name ${name} already: expected another name`]);
  // Recognisable, by people and by programs that look for secrets in places where there should be none.
  const token = `rlg_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  const row: TokenFileRow = {
    name,
    sha256: digestOf(token).toString('hex'),
    scopes: [...scopes],
    expiresAt: expiresAtMs === null ? null : writeInstant(expiresAtMs),
  };
  const added = `${JSON.stringify({ tokens: [...rows, row] }, null, 2)}\n`;
  // What is written can be read, or is not written.
  readTokenFile(added);
  return { token, text: added };
}
