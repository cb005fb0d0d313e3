/** `parseDevboxUsage`: what a devbox has used so far, in our words. */
import type { DevboxUsage, Row, WireViews } from '../types.ts';
import { unreadable } from './page.ts';
import { isObject, type Loose, readInstant, readNumber } from './primitives.ts';

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
  if (startedAtMs === null) return unreadable('devbox usage', 'start_time_ms');
  const totalElapsedSec = readNumber(wire.total_elapsed_seconds);
  if (totalElapsedSec === null) return unreadable('devbox usage', 'total_elapsed_seconds');
  const totalActiveSec = readNumber(wire.total_active_seconds);
  if (totalActiveSec === null) return unreadable('devbox usage', 'total_active_seconds');
  const vcpuSec = readNumber(wire.vcpu_seconds);
  if (vcpuSec === null) return unreadable('devbox usage', 'vcpu_seconds');
  const memoryGbSec = readNumber(wire.memory_gb_seconds);
  if (memoryGbSec === null) return unreadable('devbox usage', 'memory_gb_seconds');
  const diskGbSec = readNumber(wire.disk_gb_seconds);
  if (diskGbSec === null) return unreadable('devbox usage', 'disk_gb_seconds');
  return {
    startedAtMs,
    endedAtMs: readInstant(wire.end_time_ms),
    totalElapsedSec,
    totalActiveSec,
    vcpuSec,
    memoryGbSec,
    diskGbSec,
  };
}
