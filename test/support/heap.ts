/** Memory of this process that is in use after a collection, and what keeps it alive. */

/** Bytes in use once everything unreachable has been collected. */
export async function heapInUse(): Promise<number> {
  // What finalizers let go is collected the next time.
  for (let rounds = 0; rounds < 3; rounds++) {
    globalThis.gc!();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

/** How many timers and sockets are open in this process. */
export function openResources(): { readonly timers: number; readonly sockets: number } {
  const resources = process.getActiveResourcesInfo();
  const count = (name: string) => resources.filter((resource) => resource === name).length;
  return { timers: count('Timeout'), sockets: count('TCPSocketWrap') };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
