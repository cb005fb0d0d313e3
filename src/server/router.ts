/** `createRouter`: finds what answers a path, exactly or by a pattern such as `/export/{id}.csv`. */

export interface Found<Route> {
  readonly route: Route;
  /** What stands in the path where the pattern has names; empty for an exact path. Not decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** A name stands for one or more characters of one segment. Exact paths go before patterns. */
export function createRouter<Route>(
  routes: ReadonlyMap<string, Route>,
): (path: string) => Found<Route> | null {
  const patterns = [...routes]
    .filter(([path]) => path.includes('{'))
    .map(([path, route]) => ({ expression: expressionOf(path), route }));
  return (path) => {
    const exact = routes.get(path);
    if (exact && !path.includes('{')) return { route: exact, params: {} };
    for (const { expression, route } of patterns) {
      const match = expression.exec(path);
      if (match) return { route, params: { ...match.groups } };
    }
    return null;
  };
}

function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>[^/]+)`);
  return new RegExp(`^${source}$`);
}
