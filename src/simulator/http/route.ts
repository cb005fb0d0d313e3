/** A route of the API, and the table that finds the route of a request. */
import { ApiError } from '../wire/api-error.ts';
import type { World } from '../life/world.ts';
import type { Fields } from './fields.ts';

/** A request as a route sees it. */
export interface Call {
  readonly world: World;
  /** The path's parameters in order, decoded. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Fields;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** A successful answer, always with status 200: JSON as text, or bytes of another type. */
export type Reply = string | { readonly contentType: string; readonly bytes: Uint8Array };

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Parameters are written `:id`. */
  readonly path: string;
  readonly answer: (call: Call) => Reply | Promise<Reply>;
  /** The request changes something: repeated with the same `x-request-id`, it is answered again but not done again. */
  readonly isAction: boolean;
}

/** Where a request goes, with the parameters in its path. */
export interface Match {
  readonly route: Route;
  readonly params: readonly string[];
}

export type Router = (method: string, path: string) => Match;

export function get(path: string, answer: Route['answer']): Route {
  return { method: 'GET', path, answer, isAction: false };
}

/** A POST that acts. */
export function act(path: string, answer: Route['answer']): Route {
  return { method: 'POST', path, answer, isAction: true };
}

/** A POST that only reads or waits. */
export function ask(path: string, answer: Route['answer']): Route {
  return { method: 'POST', path, answer, isAction: false };
}

interface Node {
  readonly children: Map<string, Node>;
  /** Where any other segment leads. */
  any: Node | undefined;
  readonly routes: Map<string, Route>;
}

export function createRouter(routes: readonly Route[]): Router {
  const root = createNode();
  for (const route of routes) {
    let node = root;
    for (const segment of segmentsOf(route.path)) {
      if (segment.startsWith(':')) node = node.any ??= createNode();
      else {
        const child = node.children.get(segment) ?? createNode();
        node.children.set(segment, child);
        node = child;
      }
    }
    node.routes.set(route.method, route);
  }
  return (method, path) => {
    const params: string[] = [];
    let node: Node | undefined = root;
    for (const segment of segmentsOf(path)) {
      const child: Node | undefined = node.children.get(segment);
      if (!child) params.push(decode(segment));
      node = child ?? node.any;
      if (!node) throw new ApiError(404, 'not_found', `There is no ${method} ${path}`);
    }
    const route = node.routes.get(method);
    if (route) return { route, params };
    if (node.routes.size === 0) throw new ApiError(404, 'not_found', `There is no ${method} ${path}`);
    const allow = [...node.routes.keys()].join(', ');
    throw new ApiError(405, 'method_not_allowed', `${path} only knows ${allow}`, { allow });
  };
}

function createNode(): Node {
  return { children: new Map(), any: undefined, routes: new Map() };
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').slice(1);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw ApiError.invalid('The path is not properly encoded');
  }
}
