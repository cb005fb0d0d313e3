/** `createSending`: sends one mutation under its idempotency key, and turns how that ended into the answer of a client. */
import { GatewayError } from '../errors.ts';
import type { Mutation, MutationOptions } from '../upstream/mutations.ts';
import { invalidInput, type Outcome, type Problem } from './outcome.ts';

/** The caller's key, by which the upstream knows a repetition; made up when absent. */
export type IdempotencyKey = string | null | undefined;

export interface SendingOptions {
  /** Whether the caller's account has sent a mutation under this key before; from now on it has. */
  readonly isRepetition: (idempotencyKey: string) => boolean | Promise<boolean>;
  /** Never the same twice. */
  readonly newId: () => string;
  /** Something may have been changed upstream: what was read before may be out of date. */
  readonly onWrite: () => void;
}

/** How one kind of mutation ends where the upstream does not simply do it. */
export interface Explanations<T> {
  /** What was done, as it is now. */
  readonly readAgain: (value: T) => Promise<T | null>;
  /** The id that the upstream does not know, with what it should have been. */
  readonly missing: () => Promise<Problem>;
  /** The upstream has refused it as invalid, or in the current state. */
  readonly refused: (code: 'BAD_USER_INPUT' | 'CONFLICT') => Promise<Problem>;
  /** Shows what became of it. */
  readonly query: string;
}

export type Act<T> = (options: MutationOptions) => Promise<Mutation<T>>;

export type Sending = <T>(
  key: IdempotencyKey,
  act: Act<T>,
  explanations: Explanations<T>,
) => Promise<Outcome<T>>;

/** Visible ASCII, as in any header. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,128}$/;

export function createSending({ isRepetition, newId, onWrite }: SendingOptions): Sending {
  return async (key, act, explanations) => {
    const idempotencyKey = key ?? newId();
    if (!IDEMPOTENCY_KEY.test(idempotencyKey)) {
      const expected = '1 to 128 visible ASCII characters';
      return invalidInput({
        field: 'idempotencyKey',
        message: `Expected \`idempotencyKey\` to be ${expected}`,
      });
    }
    const isRepeated = key !== null && key !== undefined && (await isRepetition(key));
    try {
      const mutation = await act({ idempotencyKey });
      onWrite();
      // What the upstream answered first may be long out of date.
      if (mutation.kind === 'done' && isRepeated) {
        const { value } = mutation;
        return { type: 'Success', value: (await readOrNull(() => explanations.readAgain(value))) ?? value };
      }
      return await outcomeOf(mutation, explanations, idempotencyKey);
    } catch (error) {
      onWrite();
      throw error;
    }
  };
}

async function outcomeOf<T>(
  mutation: Mutation<T>,
  { missing, refused, query }: Explanations<T>,
  idempotencyKey: string,
): Promise<Outcome<T>> {
  switch (mutation.kind) {
    case 'done':
      return { type: 'Success', value: mutation.value };
    case 'missing':
      return missing();
    case 'refused': {
      const { error } = mutation;
      if (error.code === 'FORBIDDEN') {
        return { type: 'ForbiddenError', code: 'FORBIDDEN', message: 'The API key may not do this' };
      }
      if (error.code === 'BAD_USER_INPUT' || error.code === 'CONFLICT') return refused(error.code);
      throw error;
    }
    case 'unknown':
      return {
        type: 'OutcomeUnknownError',
        code: 'OUTCOME_UNKNOWN',
        message: `${mutation.error.message}. Whether this was done is not known: \`query\` shows what became of it`,
        query,
        idempotencyKey,
      };
  }
}

/** What only explains a refusal must not hide it. */
export async function readOrNull<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof GatewayError) return null;
    throw error;
  }
}
