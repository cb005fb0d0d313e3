/** What is inside the devboxes and no view shows: their shells and what was executed in them. */
import type { LifeContext } from '../life/life-context.ts';
import type { DevboxLog, DevboxView, ExecutionView } from '../wire/devbox.ts';
import { ApiError } from '../wire/api-error.ts';
import { createShellState, runShell, type ShellState } from './shell.ts';

export interface Interiors {
  shell(devboxId: string): ShellState;
  /** Answers a completed execution when the command takes no time, else a running one that completes later. */
  execute(devbox: DevboxView, command: string, options: ExecuteOptions): ExecutionView;
  /** The lines that the executions left, oldest first. */
  logs(devboxId: string): readonly DevboxLog[];
  /** Forgets a devbox that was dropped, with its executions. */
  delete(devboxId: string): void;
}

export interface ExecuteOptions {
  readonly executionId?: string | undefined;
  readonly shellName: string | null;
}

/** Older executions and log lines of a devbox are forgotten beyond these. */
const MAX_EXECUTIONS = 1_000;
const MAX_LOG_LINES = 1_000;

export function createInteriors({ store, timeline, ids }: LifeContext): Interiors {
  const shells = new Map<string, ShellState>();
  const logs = new Map<string, DevboxLog[]>();

  const shell = (devboxId: string) => {
    const known = shells.get(devboxId);
    if (known) return known;
    const [run] = store.scenarioRuns.list({ devbox_id: devboxId });
    const state = createShellState(run?.environment_variables ?? {});
    shells.set(devboxId, state);
    return state;
  };

  const log = (devboxId: string, ...lines: readonly DevboxLog[]) => {
    const known = logs.get(devboxId) ?? [];
    logs.set(devboxId, known);
    known.push(...lines);
    known.splice(0, known.length - MAX_LOG_LINES);
  };

  return {
    shell,
    logs: (devboxId) => logs.get(devboxId) ?? [],
    execute: (devbox, command, { executionId = ids('execution'), shellName }) => {
      if (devbox.status !== 'running') {
        throw ApiError.conflict(`Devbox ${devbox.id} is ${devbox.status}: commands need a running devbox`);
      }
      const known = store.executions.get(executionId);
      // The command id is the client's: asked again, it is the same execution.
      if (known) return known;
      const { exitStatus, stdout, stderr, durationMs } = runShell(shell(devbox.id), command);
      const about = { level: 'info', source: 'exec', cmd_id: executionId, shell_name: shellName } as const;
      log(devbox.id, { ...about, timestamp_ms: timeline.now(), cmd: command });
      const execution: ExecutionView = {
        execution_id: executionId,
        devbox_id: devbox.id,
        status: 'running',
        exit_status: null,
        stdout: null,
        stderr: null,
        stdout_truncated: null,
        stderr_truncated: null,
        shell_name: shellName,
      };
      store.executions.insert(execution);
      const [oldest] =
        store.executions.count('devbox_id', devbox.id) > MAX_EXECUTIONS
          ? store.executions.list({ devbox_id: devbox.id }).slice(-1)
          : [];
      if (oldest) store.executions.remove(oldest.execution_id);
      const complete = () => {
        if (!store.executions.get(executionId)) return execution;
        const timestamp_ms = timeline.now();
        for (const message of (stdout + stderr).split('\n').filter(Boolean)) {
          log(devbox.id, { ...about, timestamp_ms, message });
        }
        log(devbox.id, { ...about, timestamp_ms, exit_code: exitStatus });
        return store.executions.update(executionId, {
          status: 'completed',
          exit_status: exitStatus,
          stdout,
          stderr,
          stdout_truncated: false,
          stderr_truncated: false,
        });
      };
      if (durationMs === 0) return complete();
      timeline.after(durationMs, complete);
      return execution;
    },
    delete: (devboxId) => {
      shells.delete(devboxId);
      logs.delete(devboxId);
      for (const { execution_id } of store.executions.list({ devbox_id: devboxId }))
        store.executions.remove(execution_id);
    },
  };
}
