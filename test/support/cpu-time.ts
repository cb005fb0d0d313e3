/** `fastest`: what something takes that is done a few times, without what else the machine does. */

/** The least of a few measurements, in milliseconds. */
export async function fastest(times: number, act: () => unknown): Promise<number> {
  let leastMs = Infinity;
  for (let time = 0; time < times; time++) {
    const before = process.cpuUsage();
    await act();
    const { user, system } = process.cpuUsage(before);
    leastMs = Math.min(leastMs, (user + system) / 1_000);
  }
  return leastMs;
}
