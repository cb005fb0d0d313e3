/** Logs of tens of megabytes, asked for side by side: each of them is read whole before its first line is told. */
import type { Attack } from '../attack.ts';
import { ask, asking, keepBusy } from '../target.ts';
import { prepareUpstream } from '../upstream-process.ts';

const LOGS = 100;

export const attack: Attack = {
  sends: 'queries for 100 logs of 30 MB at once, each of another devbox',
  prepare: () => prepareUpstream('large-logs'),
  strike: (target) =>
    keepBusy(LOGS, (number) =>
      ask(
        target,
        asking(`{ devbox(id: "dbx_large_${String(number)}") { logs(first: 1) { nodes { message } } } }`),
      ),
    ),
  reaches: { 'logs begun': LOGS, 'answered well': 5 },
};
