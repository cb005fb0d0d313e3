/** Instants as tokens and files write them, to and from Unix time in milliseconds. */

/** The instant that an ISO 8601 text names. */
export function instantOf(iso: string): number {
  return Date.parse(iso);
}

/** An instant as ISO 8601, in UTC. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** An instant as libraries take it. */
export function dateOf(ms: number): Date {
  return new Date(ms);
}
