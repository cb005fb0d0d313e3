#!/usr/bin/env node
/** The process: environment, configuration, gateway, listen, signals. The only file that touches `process`. */
import { existsSync } from 'node:fs';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { createGateway, isPortTaken } from './gateway.ts';

await main();

async function main(): Promise<void> {
  const config = configuration();
  if (!config) return;
  const gateway = await createGateway(config);
  const listening = await gateway.listen().catch(async (error: unknown) => {
    await gateway[Symbol.asyncDispose]();
    if (!isPortTaken(error)) throw error;
    return null;
  });
  if (!listening) {
    fail(
      `PORT is ${String(config.port)}, which another program listens on: expected a free port (0 takes any)`,
    );
    return;
  }
  const stop = () => {
    // A second signal ends the process at once, as it does by default.
    process.off('SIGTERM', stop).off('SIGINT', stop);
    process.stdout.write('Stopping: running operations may finish\n');
    void gateway[Symbol.asyncDispose]().then(() => {
      process.exit(0);
    });
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);

  const upstream = gateway.simulator ? 'the embedded simulator' : 'Runloop';
  process.stdout.write(
    `GraphiQL  ${listening.url}/graphql\nUpstream  ${gateway.upstreamUrl} (${upstream})\n`,
  );
}

/** The configuration of this process; a file `.env` in the working directory is read first, and never overrides. */
function configuration(): Config | null {
  if (existsSync('.env')) process.loadEnvFile('.env');
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    fail(error.message);
    return null;
  }
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
