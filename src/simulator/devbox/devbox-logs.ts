/** The logs of a devbox: what its boot printed, told from its history, and what was executed in it. */
import type { DevboxLog, DevboxStatus, DevboxView } from '../wire/devbox.ts';

const MESSAGES: Partial<Readonly<Record<DevboxStatus, readonly (readonly [DevboxLog['source'], string])[]>>> =
  {
    provisioning: [['kmsg', 'Linux version 6.1.102 (runloop) #1 SMP PREEMPT_DYNAMIC']],
    initializing: [
      ['setup_commands', 'Mounting /home/user'],
      ['setup_commands', 'Cloning into "repo"...'],
      ['setup_commands', 'HEAD is now at the base commit'],
      ['setup_commands', 'Environment is ready'],
    ],
    running: [['entrypoint', 'agent: session started']],
    suspending: [['entrypoint', 'Suspending: saving the disk']],
    resuming: [['entrypoint', 'Resuming from the saved disk']],
    shutdown: [['entrypoint', 'Received SIGTERM, shutting down']],
  };

/** How long one step of the boot takes. */
const BOOT_LINE_EVERY_MS = 300;

/** A devbox that works prints a line about every so often. */
const WORK_LINE_EVERY_MS = 45_000;
const MAX_WORK_LINES = 40;
const WORK = [
  'agent: reading the problem statement',
  'agent: searching the repository',
  'agent: running the test suite',
  'agent: editing 2 files',
  'agent: reviewing the diff',
];

/** Oldest first. Derived from the view each time, so that thousands of devboxes hold no log lines. */
export function logsOf(
  devbox: DevboxView,
  executed: readonly DevboxLog[],
  now: number,
): readonly DevboxLog[] {
  const lines: DevboxLog[] = [];
  devbox.state_transitions.forEach(({ status, transition_time_ms: start, failure_reason }, index) => {
    const end = devbox.state_transitions[index + 1]?.transition_time_ms ?? now;
    const isOver = index < devbox.state_transitions.length - 1;
    (MESSAGES[status] ?? []).forEach(([source, message], position) => {
      const writtenAt = start + position * BOOT_LINE_EVERY_MS;
      // A line that was there keeps its time, whatever happens next; the rest of them is printed at the end.
      if (writtenAt <= end || isOver) {
        lines.push({ level: 'info', source, timestamp_ms: Math.min(writtenAt, end), message });
      }
    });
    if (status === 'failure') {
      lines.push({
        level: 'error',
        source: 'entrypoint',
        timestamp_ms: start,
        message: failure_reason ?? 'failed',
      });
    }
    if (status !== 'running' || devbox.initiator_type !== 'scenario') return;
    const count = Math.min(MAX_WORK_LINES, Math.floor((end - start) / WORK_LINE_EVERY_MS));
    for (let line = 1; line <= count; line++) {
      lines.push({
        level: 'info',
        source: 'entrypoint',
        timestamp_ms: start + line * WORK_LINE_EVERY_MS,
        message: WORK[line % WORK.length] ?? '',
      });
    }
  });
  return [...lines, ...executed].sort((a, b) => a.timestamp_ms - b.timestamp_ms);
}
