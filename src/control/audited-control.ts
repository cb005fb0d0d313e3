/** `auditControl`: the same control, which tells of every mutation how it ended. */
import { GatewayError } from '../errors.ts';
import { isId } from '../upstream/id.ts';
import type { Control } from './control.ts';
import type { Outcome } from './outcome.ts';

export interface AuditedMutation {
  readonly mutation: string;
  /** What it was about, or what came of it; null when that is no id. */
  readonly target: string | null;
  /** `Success`, the name of a problem, or the code of an error. */
  readonly outcome: string;
}

type Method = (subject: unknown, ...rest: readonly unknown[]) => Promise<Outcome<unknown>>;

export function auditControl(control: Control, tell: (told: AuditedMutation) => void): Control {
  return Object.fromEntries(
    Object.entries(control).map(([mutation, method]) => [
      mutation,
      audited(mutation, method as Method, tell),
    ]),
  ) as unknown as Control;
}

function audited(mutation: string, method: Method, tell: (told: AuditedMutation) => void): Method {
  return async (subject, ...rest) => {
    try {
      const outcome = await method(subject, ...rest);
      const target = idOf(subject) ?? (outcome.type === 'Success' ? idOf(outcome.value) : null);
      tell({ mutation, target, outcome: outcome.type });
      return outcome;
    } catch (error) {
      const outcome = error instanceof GatewayError ? error.code : 'INTERNAL_SERVER_ERROR';
      tell({ mutation, target: idOf(subject), outcome });
      throw error;
    }
  };
}

/** The id that something is, or has. Anything else that a client has sent is not told. */
export function idOf(subject: unknown): string | null {
  const id = typeof subject === 'object' && subject !== null && 'id' in subject ? subject.id : subject;
  return typeof id === 'string' && isId(id) ? id : null;
}
