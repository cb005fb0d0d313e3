/** `openPlugins`: the plugins that a setting names and those that were given, each looked at before it is used. */
import type { GraphQLSchema } from 'graphql';
import { ConfigError } from '../config/config-error.ts';
import { resolveModule } from '../process/resolve-module.ts';
import type { PluginEngine } from '../server/plugins/plugin-engine.ts';
import { problemOf } from '../server/plugins/supported-hooks.ts';

const EXPECTED =
  'expected a module whose export `plugins`, or default export, is a plugin, a list of plugins or a function that returns them';

/** Throws a `ConfigError` with everything that is wrong with any of them. */
export async function openPlugins(
  names: readonly string[],
  given: readonly unknown[],
): Promise<readonly object[]> {
  const problems: string[] = [];
  const plugins: object[] = [];
  const add = (all: readonly unknown[], nameOf: (index: number) => string) => {
    for (const [index, plugin] of all.entries()) {
      const problem = problemOf(plugin);
      if (problem === null) plugins.push(plugin as object);
      else problems.push(`${nameOf(index)} is ${problem}`);
    }
  };
  for (const name of names) {
    const named = `PLUGINS: what ${name} exports`;
    try {
      add(await pluginsOf(name), () => named);
    } catch (error) {
      problems.push(`PLUGINS names ${name}, which cannot be loaded (${messageOf(error)}), ${EXPECTED}`);
    }
  }
  add(given, (index) => `plugins[${String(index)}]`);
  if (problems.length > 0) throw new ConfigError(problems);
  return plugins;
}

/** What calls them; null where there are none: then nothing of it is loaded. */
export async function startPlugins(
  schema: GraphQLSchema,
  plugins: readonly object[],
): Promise<PluginEngine | null> {
  if (plugins.length === 0) return null;
  const { createPluginEngine } = await import('../server/plugins/plugin-engine.ts');
  try {
    return createPluginEngine(schema, plugins);
  } catch (error) {
    throw new ConfigError([`PLUGINS cannot be started: ${messageOf(error)}`]);
  }
}

async function pluginsOf(name: string): Promise<readonly unknown[]> {
  const module = (await import(resolveModule(name))) as {
    readonly plugins?: unknown;
    readonly default?: unknown;
  };
  const exported = module.plugins ?? module.default;
  if (exported === undefined) throw new Error('it exports neither');
  const made: unknown = typeof exported === 'function' ? await (exported as () => unknown)() : exported;
  return Array.isArray(made) ? (made as readonly unknown[]) : [made];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
