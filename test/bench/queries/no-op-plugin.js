/** A plugin that does nothing, for `PLUGINS`. */
export const plugins = { onExecute: () => undefined };
