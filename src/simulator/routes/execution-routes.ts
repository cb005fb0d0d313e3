/** /v1/devboxes/{id}/execute, execute_async and executions: commands on devboxes. */
import type { Clock } from '../../clock.ts';
import { ApiError } from '../wire/api-error.ts';
import { act, ask, type Call, get, type Route } from '../http/route.ts';
import { EXECUTION_STATUSES, type ExecutionView } from '../wire/devbox.ts';
import { pollOf, waitFor } from './long-poll.ts';
import { entity } from './replies.ts';

/** An execution is waited for so long, at most. */
const MAX_WAIT_SECONDS = 25;

export function executionRoutes(clock: Clock): readonly Route[] {
  const isCompleted = ({ status }: ExecutionView) => status === 'completed';
  return [
    act('/v1/devboxes/:id/execute', async (call) => {
      const { execution_id } = start(call, call.body.string('command_id'));
      const timeoutSeconds = Math.min(
        call.body.number('optimistic_timeout') ?? MAX_WAIT_SECONDS,
        MAX_WAIT_SECONDS,
      );
      const { executions } = call.world;
      await waitFor(executions, execution_id, {
        isReached: isCompleted,
        timeoutSeconds,
        clock,
        signal: call.signal,
      });
      return JSON.stringify(tail(entity(executions, 'Execution', execution_id), call.query));
    }),
    act('/v1/devboxes/:id/execute_async', (call) => JSON.stringify(start(call, undefined))),
    act('/v1/devboxes/:id/execute_sync', async (call) => {
      const { execution_id } = start(call, undefined);
      const { world, signal } = call;
      await waitFor(world.executions, execution_id, {
        isReached: isCompleted,
        timeoutSeconds: 600,
        clock,
        signal,
      });
      const { devbox_id, exit_status, stdout, stderr, shell_name } = entity(
        world.executions,
        'Execution',
        execution_id,
      );
      return JSON.stringify({ devbox_id, exit_status, stdout, stderr, shell_name });
    }),
    get('/v1/devboxes/:id/executions/:execution', (call) =>
      JSON.stringify(tail(executionOf(call), call.query)),
    ),
    ask('/v1/devboxes/:id/executions/:execution/wait_for_status', async (call) => {
      const { execution_id } = executionOf(call);
      const { statuses, timeoutSeconds } = pollOf(call.body, EXECUTION_STATUSES, MAX_WAIT_SECONDS);
      const isReached = ({ status }: ExecutionView) => statuses.has(status);
      const { world, signal } = call;
      const reached = await waitFor(world.executions, execution_id, {
        isReached,
        timeoutSeconds,
        clock,
        signal,
      });
      if (reached) return JSON.stringify(tail(reached, call.query));
      throw new ApiError(408, 'deadline_exceeded', `Execution ${execution_id} did not get there in time`, {
        'x-should-retry': 'true',
      });
    }),
  ];
}

function start({ world, params: [id], body }: Call, executionId: string | undefined): ExecutionView {
  const devbox = entity(world.devboxes, 'Devbox', id);
  const shellName = body.string('shell_name') ?? null;
  return world.life.interiors.execute(devbox, body.requiredString('command'), { executionId, shellName });
}

function executionOf({ world, params: [id, executionId] }: Call): ExecutionView {
  const execution = entity(world.executions, 'Execution', executionId);
  if (execution.devbox_id !== id) throw ApiError.missing('Execution', executionId ?? '');
  return execution;
}

/** Only the last lines, when the client asks for a number of them. */
function tail(execution: ExecutionView, query: URLSearchParams): ExecutionView {
  const count = Number(query.get('last_n') ?? NaN);
  if (!(count > 0)) return execution;
  const last = (text: string | null) =>
    text
      ?.split('\n')
      .slice(text.endsWith('\n') ? -count - 1 : -count)
      .join('\n') ?? null;
  return { ...execution, stdout: last(execution.stdout), stderr: last(execution.stderr) };
}
