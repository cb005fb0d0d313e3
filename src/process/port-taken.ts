/** What the operating system says when somebody else listens. */

/** Whether an error says that somebody else listens on the port. */
export function isPortTaken(error: unknown): boolean {
  return takenPort(error) !== null;
}

/** The port that somebody else listens on; null when the error says something else. */
export function takenPort(error: unknown): number | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return null;
  return 'port' in error && typeof error.port === 'number' ? error.port : 0;
}
