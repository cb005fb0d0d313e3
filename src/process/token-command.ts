/** The command `token`: makes a gateway token, adds its hash to the file of tokens and prints it, once. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { issueToken } from '../security/issue-token.ts';
import { isScope, SCOPES, type Scope } from '../security/scopes.ts';
import { UnusableFile } from '../security/watched-file.ts';

export const TOKEN_USAGE = `Usage: runloop-graphql token --name NAME --scopes SCOPE,… [--expires-in 30d] [--file FILE]

  --name        who holds it; unique in the file, and shown in logs
  --scopes      what it allows, separated by commas:
${Object.entries(SCOPES)
  .map(([scope, means]) => `                ${scope.padEnd(18)}${means}`)
  .join('\n')}
  --expires-in  how long it is good: a number with m, h or d, or \`never\` (default 90d)
  --file        the file of tokens (default AUTH_TOKENS_FILE)
`;

/** What the command got cannot be done. The message says why. */
export class UsageError extends Error {}

export interface TokenCommandOptions {
  /** The file that the environment names. */
  readonly defaultFile: string | undefined;
  readonly nowMs: number;
}

/** The new token. Rejects with a `UsageError`, in which case the file is as it was. */
export async function runTokenCommand(
  args: readonly string[],
  { defaultFile, nowMs }: TokenCommandOptions,
): Promise<string> {
  const { name, scopes, 'expires-in': expiresIn = '90d', file = defaultFile } = optionsOf(args);
  if (name === undefined) throw new UsageError('--name is missing: expected who will hold the token');
  if (scopes === undefined) throw new UsageError('--scopes is missing: expected what the token allows');
  if (file === undefined || file === '')
    throw new UsageError('--file is missing, and AUTH_TOKENS_FILE is not set: expected the file of tokens');
  const lifetimeMs = lifetimeOf(expiresIn);
  try {
    const { token, text } = issueToken(await textOf(file), {
      name,
      scopes: scopesOf(scopes),
      expiresAtMs: lifetimeMs === null ? null : nowMs + lifetimeMs,
    });
    // A gateway that reads the file meanwhile sees the old one or the new one, never half of it.
    const next = `${file}.next`;
    await writeFile(next, text, { mode: 0o600, flag: 'wx' });
    await rename(next, file);
    return token;
  } catch (error) {
    if (error instanceof UnusableFile) throw new UsageError(`${file}: ${error.message}`);
    if (isFileError(error)) throw new UsageError(`${file} cannot be written (${error.code})`);
    throw error;
  }
}

function optionsOf(args: readonly string[]) {
  const option = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { name: option, scopes: option, 'expires-in': option, file: option },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'The options cannot be read');
  }
}

function scopesOf(text: string): readonly Scope[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.filter((word) => !isScope(word));
  if (unknown.length > 0) {
    throw new UsageError(
      `--scopes has ${unknown.map((word) => JSON.stringify(word)).join(', ')}, expected some of ${Object.keys(SCOPES).join(', ')}`,
    );
  }
  return [...new Set(words.filter(isScope))];
}

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function lifetimeOf(text: string): number | null {
  if (text === 'never') return null;
  const [, count, unit] = /^([1-9]\d{0,5})([mhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw new UsageError(
      `--expires-in is ${JSON.stringify(text)}, expected a number with m, h or d, such as 30d, or never`,
    );
  }
  return Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** What the file says; nothing when there is none yet. */
async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isFileError(error) && error.code === 'ENOENT') return '';
    throw error;
  }
}

function isFileError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
