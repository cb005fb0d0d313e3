/** `createPluginContext`: the context of one operation's hooks, and what they have added to it for its resolvers. */
import type { OperationStart, TransportRequest } from '../graphql/operation-steps.ts';
import type { PluginContext } from './plugin-context.ts';

/** Hooks get it by reference and write to it: it is one operation's, and nobody else's. */
export function createPluginContext({ params, caller, requestId, transport }: OperationStart): PluginContext {
  let request: Request | undefined;
  const context = {
    get request() {
      return (request ??= requestOf(transport));
    },
    params,
    requestId,
  };
  // The caller is fixed before: cached and shared answers are stored under its view.
  return Object.defineProperty(context, 'caller', { value: caller, enumerable: true }) as PluginContext;
}

/** Makes what plugins have added visible to resolvers. Throws where that would hide something of the gateway's own. */
export function extendContext(context: object, extension: PluginContext): void {
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(extension))) {
    if (name === 'caller') continue;
    if (name in context)
      throw new Error(`A plugin extends the context by \`${name}\`, which the gateway has itself`);
    Object.defineProperty(context, name, property);
  }
}

function requestOf({ method, url, headers }: TransportRequest): Request {
  const address = `http://${headers.host ?? 'localhost'}${url}`;
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map((one): [string, string] => [name, one]),
  );
  return new Request(URL.canParse(address) ? address : `http://localhost${url}`, { method, headers: lines });
}
