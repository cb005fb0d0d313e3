import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Pothos and Yoga load graphql's CommonJS build; without the alias our own imports would load its ES build
  // beside it, and graphql refuses types "from another module or realm".
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // What a test holds is counted after a collection.
    execArgv: ['--expose-gc'],
  },
});
