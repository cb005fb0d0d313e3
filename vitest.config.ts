import { defineConfig } from 'vitest/config';

/** What measures the memory of its process has one to itself. */
const ALONE = [
  'test/leak/**/*.test.ts',
  'test/live/leak.test.ts',
  'test/memory/**/*.test.ts',
  'test/process/**/*.test.ts',
  'test/security/hostile-variables.test.ts',
  'test/server/documents.test.ts',
  'test/server/stalled-client.test.ts',
];

export default defineConfig({
  // Pothos and Yoga load graphql's CommonJS build; without the alias our own imports would load its ES build
  // beside it, and graphql refuses types "from another module or realm".
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // What a test holds is counted after a collection.
    execArgv: ['--expose-gc'],
    // A fact is waited for until the machine has come to it.
    expect: { poll: { timeout: 15_000 } },
    // Vitest would leave one of two cores to whoever watches.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: ALONE,
          // No module keeps anything between tests; loading all of them anew for each file took longer than the tests.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
  },
});
