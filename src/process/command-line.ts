/** `readCommandLine`: what the process is asked to do by its arguments. */
import { parseArgs } from 'node:util';
import { TOKEN_USAGE, UsageError } from './token-command.ts';

export const USAGE = `Usage: runloop-graphql [options]
       runloop-graphql token --help
       runloop-graphql wait --help

Serves the GraphQL gateway. Settings are environment variables, or lines of a file .env in the working directory.

  --strict-config  refuses every variable that begins as settings do and is none, not slips alone
  --check-config   does all that a start does but listen, says what is wrong, and ends: with status 0 when nothing is
  --print-config   prints the settings in force, without secrets, and ends
  --version        prints the version, and ends
  --help           prints this, and ends

At SIGHUP it reads its files and the limits in .env anew, at SIGTERM it lets running operations finish and ends.
`;

export type Command =
  | { readonly kind: 'serve' | 'check' | 'print'; readonly isStrict: boolean }
  | { readonly kind: 'help'; readonly usage: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'token' | 'wait'; readonly args: readonly string[] };

/** Throws a `UsageError` that says what was expected. */
export function readCommandLine([first, ...rest]: readonly string[]): Command {
  if (first === 'token') {
    return rest.includes('--help') ? { kind: 'help', usage: TOKEN_USAGE } : { kind: 'token', args: rest };
  }
  // Its usage is its own.
  if (first === 'wait') return { kind: 'wait', args: rest };
  const options = optionsOf(first === undefined ? [] : [first, ...rest]);
  if (options.help === true) return { kind: 'help', usage: USAGE };
  if (options.version === true) return { kind: 'version' };
  const isStrict = options['strict-config'] === true;
  if (options['print-config'] === true) return { kind: 'print', isStrict };
  return { kind: options['check-config'] === true ? 'check' : 'serve', isStrict };
}

function optionsOf(args: readonly string[]) {
  const option = { type: 'boolean' } as const;
  const options = {
    'strict-config': option,
    'check-config': option,
    'print-config': option,
    version: option,
    help: option,
  };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'The options cannot be read');
  }
}
