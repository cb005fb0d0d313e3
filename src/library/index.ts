/** The gateway as a library: to be mounted in somebody's Node.js server, with plugins as objects. */
import { type Config, loadConfig as load } from '../config.ts';
import { createGateway as create } from '../gateway.ts';
import type { Gateway, GatewayConfig, GatewayOptions } from './library.ts';

export { ConfigError } from '../config/config-error.ts';
export type { Gateway, GatewayConfig, GatewayOptions } from './library.ts';
export type { PluginContext } from '../server/plugins/plugin-context.ts';

/** Reads settings, such as `process.env`. Throws a `ConfigError` with everything that is wrong with them. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  return load(env);
}

/** Rejects with a `ConfigError` when files or plugins that the configuration names cannot be used. */
export function createGateway(config: GatewayConfig, options: GatewayOptions = {}): Promise<Gateway> {
  // Made by `loadConfig` alone: its other properties are nobody else's business.
  return create(config as Config, options);
}
