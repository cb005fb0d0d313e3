/** `problemOf`: whether everything that a plugin wants to be called for is called here, found out before anything is answered. */

/** Of Yoga and Envelop: they are called for every operation, whatever transport it comes by and whatever answers it. */
const CALLED = [
  'onYogaInit',
  'onPluginInit',
  'onSchemaChange',
  'onEnveloped',
  'onParse',
  'onValidate',
  'onContextBuilding',
  'onExecute',
  'onSubscribe',
] as const;

/** Steps of an operation that a plugin may put something around, under `instrumentation`. */
const INSTRUMENTED = ['init', 'parse', 'validate', 'context', 'execute', 'subscribe'] as const;

/** Told when the gateway is disposed. */
const DISPOSED = ['onDispose'] as const;

const HOOKS: readonly string[] = [...CALLED, ...DISPOSED];
const STEPS: readonly string[] = INSTRUMENTED;

/** What is wrong with it, as the end of the sentence "… is …"; null when it can be used. */
export function problemOf(plugin: unknown): string | null {
  if (typeof plugin !== 'object' || plugin === null || Array.isArray(plugin))
    return `${describe(plugin)}, expected an object with hooks such as onExecute`;
  const hooks = (Object.entries(plugin) as [string, unknown][]).filter(([, hook]) => hook !== undefined);
  const named = hooks.filter(([name]) => /^on[A-Z]/.test(name)).map(([name]) => name);
  const unknown = named.filter((name) => !HOOKS.includes(name));
  if (unknown.length > 0) {
    return `a plugin with ${unknown.join(', ')}, which the gateway never calls: expected hooks of an operation only (${HOOKS.join(', ')}). What concerns HTTP requests belongs into the server that the gateway is mounted in, or a proxy`;
  }
  const instrumentation: unknown = hooks.find(([name]) => name === 'instrumentation')?.[1];
  const steps =
    typeof instrumentation === 'object' && instrumentation !== null ? Object.keys(instrumentation) : [];
  const foreign = steps.filter((name) => !STEPS.includes(name));
  if (foreign.length > 0)
    return `a plugin with instrumentation of ${foreign.join(', ')}, which the gateway never calls: expected ${STEPS.join(', ')}`;
  if (named.length === 0 && steps.length === 0)
    return 'an object without a hook, expected one with hooks such as onExecute';
  const broken = hooks.find(([name, hook]) => HOOKS.includes(name) && typeof hook !== 'function');
  return broken ? `a plugin whose ${broken[0]} is no function` : null;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'null' : `of type ${typeof value}`;
}
