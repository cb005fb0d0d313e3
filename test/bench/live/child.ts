/** `startChild`: a part of a benchmark in a process of its own, pinned to a core, that answers questions over IPC. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { pin } from './usage.ts';

/** What a child answers, by name. */
export type Questions = Readonly<Record<string, (given: never) => unknown>>;

export interface Child<Q extends Questions> extends AsyncDisposable {
  readonly pid: number;
  ask<Name extends keyof Q & string>(
    name: Name,
    given: Parameters<Q[Name]>[0],
  ): Promise<Awaited<ReturnType<Q[Name]>>>;
}

interface Ask {
  readonly number: number;
  readonly name: string;
  readonly given: unknown;
}

type Reply = { readonly number: number } & ({ readonly value: unknown } | { readonly error: string });

/** `file` is beside this one and calls `answerQuestions`. */
export async function startChild<Q extends Questions>(
  file: string,
  options: { readonly core: number },
): Promise<Child<Q>> {
  const child = fork(new URL(file, import.meta.url), {
    execArgv: process.execArgv,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const waiting = new Map<number, (reply: Reply) => void>();
  let asked = 0;
  const ended = once(child, 'exit').then(([code]) => {
    for (const [number, settle] of waiting) settle({ number, error: `${file} ended with ${String(code)}` });
  });
  await once(child, 'message');
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} has not started`);
  pin(pid, options.core);
  child.on('message', (reply: Reply) => waiting.get(reply.number)?.(reply));
  return {
    pid,
    ask: (name, given) =>
      new Promise((resolve, reject) => {
        const number = ++asked;
        waiting.set(number, (reply) => {
          waiting.delete(number);
          if ('error' in reply) reject(new Error(`${file} ${name}: ${reply.error}`));
          else resolve(reply.value as never);
        });
        child.send({ number, name, given } satisfies Ask);
      }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The child's side. It ends with its parent. */
export function answerQuestions(questions: Questions): void {
  process.on('message', ({ number, name, given }: Ask) => {
    const reply = (answer: { readonly value: unknown } | { readonly error: string }) =>
      process.send?.({ number, ...answer } satisfies Reply);
    Promise.resolve(given)
      .then((value) => questions[name]?.(value as never))
      .then(
        (value) => reply({ value }),
        (error: unknown) =>
          reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      );
  });
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}
