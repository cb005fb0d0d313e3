/** `parseDevboxUsage`: what a devbox has used so far, in camelCase. */
import type { DevboxUsage, Row, WireViews } from '../../types.ts';
import { unreadable } from './page.ts';
import { endNotBefore, isObject, type Loose, readDuration, readInstant } from './primitives.ts';

type Wire = Loose<
  WireViews['devboxUsage'],
  | 'start_time_ms'
  | 'end_time_ms'
  | 'total_elapsed_seconds'
  | 'total_active_seconds'
  | 'vcpu_seconds'
  | 'memory_gb_seconds'
  | 'disk_gb_seconds',
  // The devbox itself says both.
  'id' | 'status'
>;

export function parseDevboxUsage(row: unknown): Row<DevboxUsage> {
  if (!isObject(row)) return unreadable('devbox usage', 'form');
  const wire: Wire = row;
  const startedAtMs = readInstant(wire.start_time_ms);
  const totalElapsedSec = readDuration(wire.total_elapsed_seconds);
  if (totalElapsedSec === null) return unreadable('devbox usage', 'total_elapsed_seconds');
  const totalActiveSec = readDuration(wire.total_active_seconds);
  if (totalActiveSec === null) return unreadable('devbox usage', 'total_active_seconds');
  const vcpuSec = readDuration(wire.vcpu_seconds);
  if (vcpuSec === null) return unreadable('devbox usage', 'vcpu_seconds');
  const memoryGbSec = readDuration(wire.memory_gb_seconds);
  if (memoryGbSec === null) return unreadable('devbox usage', 'memory_gb_seconds');
  const diskGbSec = readDuration(wire.disk_gb_seconds);
  if (diskGbSec === null) return unreadable('devbox usage', 'disk_gb_seconds');
  return {
    startedAtMs,
    endedAtMs: endNotBefore(startedAtMs, readInstant(wire.end_time_ms)),
    totalElapsedSec,
    totalActiveSec,
    vcpuSec,
    memoryGbSec,
    diskGbSec,
  };
}
