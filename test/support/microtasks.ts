/** `promisesSettled`: the fact to wait for in code that neither does I/O nor sets timers. */

/** Resolves once every reaction of a promise that can run has run: Node runs them all before the next turn of its event loop. */
export function promisesSettled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
