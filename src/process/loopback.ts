/** Which hosts only this machine can reach. */

/** Whether only this machine can reach a server that listens on `host`, which may be written as in a URL. */
export function isLoopback(host: string): boolean {
  return ['localhost', '::1', '[::1]'].includes(host) || /^127(\.\d{1,3}){3}$/.test(host);
}
