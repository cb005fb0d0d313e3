/** Gateway tokens: the file that lists them by their hash, and the caller that each of them is. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { Account } from '../upstream/account.ts';
import { Caller } from './caller.ts';
import { parseInstant } from '../values/instants.ts';
import { isScope, SCOPES, type Scope } from './scopes.ts';
import { UnusableFile, type WatchedFile } from './watched-file.ts';

/** One valid token, by its digest. The token itself is known to its holder alone. */
export interface TokenRow {
  /** Who holds it; unique in its file. It may be logged. */
  readonly name: string;
  /** The SHA-256 digest of the whole token. */
  readonly digest: Buffer;
  readonly scopes: ReadonlySet<Scope>;
  /** Unix time in milliseconds; null when it never expires. */
  readonly expiresAtMs: number | null;
}

/** The rows of a file by the digest of their token. */
export type TokenTable = ReadonlyMap<string, TokenRow>;

/** The caller that holds a token. UNAUTHENTICATED when nobody does, or its time is over. */
export function tokenHolder(
  token: string,
  {
    file,
    account,
    nowMs,
  }: { readonly file: WatchedFile<TokenTable>; readonly account: Account; readonly nowMs: number },
): Caller {
  const digest = digestOf(token);
  // What is looked up is a digest: how long that takes tells nothing about a token that is known.
  const key = digest.toString('hex');
  const row = file.current.get(key);
  if (!row || !timingSafeEqual(row.digest, digest)) {
    throw new GatewayError(
      'UNAUTHENTICATED',
      'The token is not known: expected one that the operator of this gateway handed out',
    );
  }
  const caller = new Caller({
    id: `token:${row.name}`,
    account,
    scopes: row.scopes,
    expiresAtMs: row.expiresAtMs,
    // A row that says something else now is another one: who holds it presents it again, and gets what it says.
    isRevoked: () => !isSame(file.current.get(key), row),
  });
  const end = caller.endAt(nowMs);
  if (end) throw end;
  return caller;
}

/** Whether this is a valid token. */
export function isHeld(token: string, file: WatchedFile<TokenTable>): boolean {
  return file.current.has(digestOf(token).toString('hex'));
}

export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

const scopeNames = Object.keys(SCOPES).join(', ');

const ROW = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'expected 1 to 64 letters, digits, `_`, `.` or `-`'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/i, 'expected the SHA-256 of the token as 64 hexadecimal digits'),
  scopes: z
    .array(z.string().refine(isScope, `expected one of ${scopeNames}`))
    .min(1, `expected at least one of ${scopeNames}`),
  expiresAt: z.iso
    .datetime({ offset: true, error: 'expected an instant such as 2027-01-31T00:00:00Z' })
    .nullish(),
});

const FILE = z.strictObject({ tokens: z.array(ROW) });

/** A row as it stands in the file. */
export type TokenFileRow = z.input<typeof ROW>;

/** The rows of a file as they stand in it. Throws an `UnusableFile` that names every problem and quotes nothing. */
export function readTokenFile(text: string): readonly TokenFileRow[] {
  const parsed = FILE.safeParse(json(text));
  if (!parsed.success) {
    throw new UnusableFile(
      parsed.error.issues.map(
        ({ path, message }) => `${path.map(String).join('.') || 'the file'}: ${message}`,
      ),
    );
  }
  const { tokens } = parsed.data;
  const problems = (['name', 'sha256'] as const).flatMap((property) => {
    const seen = tokens.map((row) => row[property].toLowerCase());
    return tokens.flatMap((_row, index) =>
      seen.indexOf(seen[index] ?? '') < index
        ? [`tokens.${String(index)}.${property}: expected one that no row before has`]
        : [],
    );
  });
  if (problems.length > 0) throw new UnusableFile(problems);
  return tokens;
}

/** The table that a file describes. Throws as `readTokenFile` does. */
export function parseTokenTable(text: string): TokenTable {
  return new Map(
    readTokenFile(text).map(({ name, sha256, scopes, expiresAt }) => {
      const digest = Buffer.from(sha256, 'hex');
      const row: TokenRow = {
        name,
        digest,
        scopes: new Set(scopes.filter(isScope)),
        expiresAtMs: expiresAt === null || expiresAt === undefined ? null : parseInstant(expiresAt),
      };
      return [digest.toString('hex'), row];
    }),
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // What the parser says quotes the file.
    throw new UnusableFile(['the file: expected JSON, such as { "tokens": [] }']);
  }
}

/** Whether a row is still what it was. */
export function isSame(a: TokenRow | undefined, b: TokenRow): boolean {
  return (
    a?.name === b.name &&
    a.expiresAtMs === b.expiresAtMs &&
    a.scopes.size === b.scopes.size &&
    [...a.scopes].every((scope) => b.scopes.has(scope))
  );
}
