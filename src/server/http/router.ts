/** `createRouter`: finds what answers a path, exactly or by a pattern such as `/export/{id}.csv`. */

export interface Found<Route> {
  readonly route: Route;
  /** The path or pattern that it stands for: one of few. */
  readonly pattern: string;
  /** What stands in the path where the pattern has names; empty for an exact path. Not decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** A name stands for one or more characters of one segment. Exact paths go before patterns. */
export function createRouter<Route>(
  routes: ReadonlyMap<string, Route>,
): (path: string) => Found<Route> | null {
  const patterns = [...routes]
    .filter(([path]) => path.includes('{'))
    .map(([pattern, route]) => ({ segments: pattern.split('/').map(segmentOf), route, pattern }));
  return (path) => {
    const exact = routes.get(path);
    if (exact && !path.includes('{')) return { route: exact, pattern: path, params: {} };
    const parts = path.split('/', MAX_SEGMENTS);
    for (const { segments, route, pattern } of patterns) {
      const params = paramsOf(parts, segments);
      if (params) return { route, pattern, params };
    }
    return null;
  };
}

/** More than any pattern has: the rest of a longer path says nothing. */
const MAX_SEGMENTS = 20;

interface Segment {
  /** What it begins and ends with, around what its name stands for. */
  readonly before: string;
  readonly after: string;
  /** Null when it is nothing but what it begins with. */
  readonly name: string | null;
}

function segmentOf(pattern: string): Segment {
  const from = pattern.indexOf('{');
  const to = pattern.indexOf('}');
  return from === -1
    ? { before: pattern, after: '', name: null }
    : { before: pattern.slice(0, from), after: pattern.slice(to + 1), name: pattern.slice(from + 1, to) };
}

function paramsOf(parts: readonly string[], segments: readonly Segment[]): Record<string, string> | null {
  if (parts.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, { before, after, name }] of segments.entries()) {
    const part = parts[index] ?? '';
    if (name === null) {
      if (part !== before) return null;
      continue;
    }
    const value = part.slice(before.length, part.length - after.length);
    if (value === '' || part !== before + value + after) return null;
    params[name] = value;
  }
  return params;
}
