/** The logs of a devbox: what its boot printed, told from its history, and what was executed in it. */
import { createIds } from '../seed/ids.ts';
import { createRandom } from '../seed/random.ts';
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
/** What the agent says, and the command that it runs then: what that prints, and how it ends. */
const WORK: readonly Work[] = [
  { says: 'agent: reading the problem statement' },
  {
    says: 'agent: searching the repository',
    runs: {
      cmd: "grep -rn 'def handle' src",
      prints: ['src/core/base.py:41:    def handle(self, value):'],
      exit: 0,
    },
  },
  {
    says: 'agent: running the test suite',
    runs: { cmd: 'python -m pytest -x -q', prints: ['.....F', '1 failed, 5 passed in 2.31s'], exit: 1 },
  },
  {
    says: 'agent: editing 2 files',
    runs: { cmd: 'git apply fix.patch', prints: ['Applied patch to src/core/base.py cleanly.'], exit: 0 },
  },
  {
    says: 'agent: reviewing the diff',
    runs: { cmd: 'git diff --stat', prints: [' 2 files changed, 14 insertions(+), 3 deletions(-)'], exit: 0 },
  },
];
/** How long a command takes; it begins right after it was announced. */
const COMMAND_MS = 2_500;

interface Work {
  readonly says: string;
  readonly runs?: { readonly cmd: string; readonly prints: readonly string[]; readonly exit: number };
}

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
      const work = WORK[line % WORK.length];
      if (work)
        lines.push(...workLines(devbox.id, line, work, { start: start + line * WORK_LINE_EVERY_MS, end }));
    }
  });
  return [...lines, ...executed].sort((a, b) => a.timestamp_ms - b.timestamp_ms);
}

/** What one step of the work leaves in the log. A command that the devbox did not live to the end of has no exit code. */
function workLines(
  devboxId: string,
  step: number,
  { says, runs }: Work,
  { start, end }: { readonly start: number; readonly end: number },
): readonly DevboxLog[] {
  const said: DevboxLog = { level: 'info', source: 'entrypoint', timestamp_ms: start, message: says };
  if (!runs) return [said];
  const cmd_id = createIds(createRandom(`${devboxId} step ${String(step)}`))('execution');
  const about = { level: 'info', source: 'exec', cmd_id, shell_name: null } as const;
  const endsAt = start + COMMAND_MS;
  const begun: DevboxLog[] = [said, { ...about, timestamp_ms: start, cmd: runs.cmd }];
  if (endsAt > end) return begun;
  return [
    ...begun,
    ...runs.prints.map((message) => ({ ...about, timestamp_ms: endsAt, message })),
    { ...about, timestamp_ms: endsAt, exit_code: runs.exit },
  ];
}
