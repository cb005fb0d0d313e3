/** `auditControl`: the same control, which notes of every mutation how it ended. */
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

export function auditControl(control: Control, note: (audited: AuditedMutation) => void): Control {
  async function audited<T>(
    mutation: string,
    subject: unknown,
    act: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    try {
      const outcome = await act();
      const target = idOf(subject) ?? (outcome.type === 'Success' ? idOf(outcome.value) : null);
      note({ mutation, target, outcome: outcome.type });
      return outcome;
    } catch (error) {
      const outcome = error instanceof GatewayError ? error.code : 'INTERNAL_SERVER_ERROR';
      note({ mutation, target: idOf(subject), outcome });
      throw error;
    }
  }

  return {
    startScenarioRun: (input, key) =>
      audited('startScenarioRun', input, () => control.startScenarioRun(input, key)),
    startBenchmarkRun: (input, key) =>
      audited('startBenchmarkRun', input, () => control.startBenchmarkRun(input, key)),
    act: (action, on, key) => audited(action, on, () => control.act(action, on, key)),
  };
}

/** The id that something is, or has. Anything else that a client has sent is not noted. */
export function idOf(subject: unknown): string | null {
  const id = typeof subject === 'object' && subject !== null && 'id' in subject ? subject.id : subject;
  return typeof id === 'string' && isId(id) ? id : null;
}
