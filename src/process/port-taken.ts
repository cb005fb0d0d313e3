/** What the operating system says when somebody else listens. */

/** Whether an error says that somebody else listens on the port. */
export function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
