/** Logs and usage of devboxes in the naive reference: as the simulator tells them, line by line. */
import type { World } from '../../../src/simulator/simulator.ts';
import { logsOf } from '../../../src/simulator/devbox/devbox-logs.ts';
import { usageOf } from '../../../src/simulator/devbox/usage.ts';
import { isAnswered } from './lists.ts';
import {
  type Args,
  checkId,
  howMany,
  instant,
  isAbsent,
  record,
  refuse,
  span,
  type Thing,
  type Wire,
  wireOf,
  word,
} from './thing.ts';

/** Characters of a message that are shown, and that can be searched for. */
export const MESSAGE_CHARS = 20;

export function usage(devboxId: unknown, world: World): Thing | null {
  const devbox = world.devboxes.get(devboxId as string);
  if (!devbox) return null;
  const used = usageOf(devbox, world.now());
  return record({
    startedAt: instant(used.start_time_ms),
    endedAt: instant(used.end_time_ms),
    totalActiveSec: span(used.total_active_seconds),
    totalElapsedSec: span(used.total_elapsed_seconds),
    vcpuSec: span(used.vcpu_seconds),
    memoryGbSec: span(used.memory_gb_seconds),
    diskGbSec: span(used.disk_gb_seconds),
  });
}

/** The lines that the upstream is asked for, each with its cursor: its instant, and how many lines of that come before. */
export function linesOf(devboxId: unknown, world: World, isAsked: (line: Wire) => boolean = () => true) {
  const devbox = world.devboxes.get(devboxId as string);
  if (!devbox) return [];
  const all = logsOf(devbox, world.life.interiors.logs(devbox.id), world.now()).map(wireOf);
  const lines = all.filter(isAsked);
  return lines.map((line, place): Wire => {
    const at = line['timestamp_ms'];
    const before = lines.slice(0, place).filter((other) => other['timestamp_ms'] === at).length;
    return { ...line, cursor: `${String(at)}-${String(before)}` };
  });
}

export function logs(devboxId: unknown, args: Args, world: World): Thing {
  const filter = (args['filter'] ?? {}) as Args;
  const { after, before, first, last } = args;
  if (!isAbsent(first) && !isAbsent(last)) refuse();
  for (const text of [filter['level'], filter['search']]) {
    if (!isAbsent(text) && ((text as string) === '' || (text as string).length > MESSAGE_CHARS)) refuse();
  }
  for (const cursor of [after, before])
    if (!isAbsent(cursor) && !/^\d{1,16}-\d{1,9}$/.test(cursor as string)) refuse();
  const { executionId, shellName } = filter;
  const isAsked = (line: Wire) =>
    (isAbsent(executionId) || line['cmd_id'] === executionId) &&
    (isAbsent(shellName) || line['shell_name'] === shellName);
  const all = () => {
    if (!isAbsent(executionId)) checkId(executionId);
    return linesOf(devboxId, world, isAsked).filter((line) => meets(line, filter));
  };
  const isInside = (line: Wire) =>
    (isAbsent(after) || isLater(line['cursor'] as string, after as string)) &&
    (isAbsent(before) || isLater(before as string, line['cursor'] as string));
  const inside = () => all().filter(isInside).map(lineThing);
  const size = isAbsent(last) ? first : last;
  const rows = howMany(size, { max: 100, usual: 20 });
  const page = () => (isAbsent(last) ? inside().slice(0, rows) : inside().slice(-rows));
  const cursors = () => page().map(({ wire }) => wire['cursor']);
  return record({
    edges: () => page().map((node) => record({ cursor: node.wire['cursor'], node })),
    nodes: page,
    totalCount: () => all().length,
    isExhaustive: () => isAnswered(inside),
    pageInfo: () =>
      record({
        hasNextPage: isAbsent(last) ? inside().length > rows : !isAbsent(before),
        hasPreviousPage: isAbsent(last) ? !isAbsent(after) : inside().length > rows,
        startCursor: cursors()[0] ?? null,
        endCursor: cursors().at(-1) ?? null,
      }),
  });
}

function isLater(cursor: string, than: string): boolean {
  const [[at = 0, place = 0] = [], [otherAt = 0, otherPlace = 0] = []] = [cursor, than].map((text) =>
    text.split('-').map(Number),
  );
  return at > otherAt || (at === otherAt && place > otherPlace);
}

const has = (text: unknown, part: unknown) =>
  ((text ?? '') as string).toLowerCase().includes((part as string).toLowerCase());

function meets(line: Wire, { level, source, search }: Args): boolean {
  return (
    (isAbsent(level) || (line['level'] as string).toLowerCase() === (level as string).toLowerCase()) &&
    (isAbsent(source) || word(line['source']) === source) &&
    (isAbsent(search) || has(line['message'], search) || has(line['cmd'], search))
  );
}

const cut = (text: unknown) => (isAbsent(text) ? null : (text as string).slice(0, MESSAGE_CHARS));

function lineThing(line: Wire): Thing {
  const { message, cmd } = line;
  return record({
    cursor: line['cursor'],
    at: instant(line['timestamp_ms']),
    level: line['level'],
    source: word(line['source']),
    message: cut(message),
    command: cut(cmd),
    isCut: [message, cmd].some((text) => cut(text) !== (text ?? null)),
    executionId: line['cmd_id'],
    exitCode: line['exit_code'],
    shellName: line['shell_name'],
  });
}
