/** `PluginContext`: what the hooks of one operation share, from its text to its answer. */

/** Whatever plugins add to it by `extendContext` is there for those after them, and for wrapped resolvers. */
export interface PluginContext {
  /** As Yoga's plugins expect it, without its body. Made when it is first looked at. */
  readonly request: Request;
  readonly params: {
    readonly query: string;
    readonly operationName: string | null;
    readonly variables: Readonly<Record<string, unknown>>;
    readonly extensions: Readonly<Record<string, unknown>>;
  };
  /** Null when the client is anonymous. */
  readonly caller: { readonly id: string; readonly scopes: ReadonlySet<string> } | null;
  /** Names the operation in its answer and in every line of the log about it. */
  readonly requestId: string;
  /**
   * Answers are cached, and executions shared, among callers with the same account and scopes. A plugin that makes
   * them depend on anything else puts it here. @default nothing else
   */
  cacheKey?: string;
  [name: string | symbol]: unknown;
}
