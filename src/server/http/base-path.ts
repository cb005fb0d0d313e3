/** `withoutBasePath`: a path as the gateway knows it, also behind a proxy that shows the gateway under a path of its own. */

/**
 * `basePath` is empty or begins with a slash and ends without one. Some proxies take it off before they pass a request on,
 * others do not, so a path without it is as good.
 */
export function withoutBasePath(path: string, basePath: string): string {
  if (basePath === '' || !path.startsWith(basePath)) return path;
  const rest = path.slice(basePath.length);
  if (rest === '') return '/';
  return rest.startsWith('/') ? rest : path;
}
