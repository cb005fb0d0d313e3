/** Whatever CORS_ORIGINS lists may read answers from a browser: what is no single origin is refused, in words that say so. */
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { ConfigError } from '../../src/config/config-error.ts';

it.each([
  ...['*', 'null', 'https://dashboard.example/path', 'https://dashboard.example/', 'https://a.example,*'],
  ...['https://*.example', 'https://dashboard.*', 'http://*:3000'],
])('CORS_ORIGINS of %s keeps the gateway from starting, and says what is expected', (origins) => {
  const load = () => loadConfig({ CORS_ORIGINS: origins });

  expect(load).toThrow(ConfigError);
  expect(load).toThrow(/CORS_ORIGINS.*origins such as https:\/\/dashboard\.example/);
});
