// The rules of the house: strict types, one source of time, one toucher of the process, and imports that never turn back.
import graphql from '@graphql-eslint/eslint-plugin';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { boundedQuantifiers } from './lint/bounded-quantifiers.js';
import { fieldTerms } from './lint/field-terms.js';
import { refusedBy, ROOMS } from './lint/rooms.js';

const SDK = {
  regex: '^@runloop/api-client',
  message:
    'The SDK describes shapes and nothing else: its types enter through src/upstream/types.ts, in our words.',
};
const UNDICI = {
  regex: '^undici$',
  message: 'Calls leave through src/upstream/rest/transport.ts: ask the Upstream.',
};
const REDIS = {
  regex: '^(?:ioredis|redis|@redis/.*)$',
  message: 'Redis is reached through src/redis/connection.ts: ask for a Redis (src/redis/redis.ts).',
};
const EVERYWHERE = [SDK, UNDICI, REDIS];

/** What a room may not import, by the table of rooms. */
const imports = (room) => {
  const { files, except = [] } = ROOMS[room];
  // The SDK and the client of Redis have one door each, undici the two files that send and receive.
  const doors = {
    'src/upstream/types.ts': { room: 'upstream', closed: [REDIS] },
    'src/upstream/rest/transport.ts': { room: 'upstream', closed: [REDIS] },
    'src/upstream/rest/receive.ts': { room: 'upstream', closed: [REDIS] },
    'src/redis/connection.ts': { room: 'redis', closed: [SDK, UNDICI] },
  };
  const refuse = (patterns) => ({
    'no-restricted-imports': ['error', { patterns: [...patterns, ...refusedBy(room)] }],
  });
  return [
    { files, ignores: [...except, ...Object.keys(doors)], rules: refuse(EVERYWHERE) },
    ...Object.entries(doors)
      .filter(([, door]) => door.room === room)
      .map(([file, door]) => ({ files: [file], rules: refuse(door.closed) })),
  ];
};

const RESTRICTED_GLOBALS = [
  ...[
    'setTimeout',
    'setInterval',
    'setImmediate',
    'clearTimeout',
    'clearInterval',
    'clearImmediate',
    'Date',
    'performance',
  ].map((name) => ({ name, message: 'Time comes from a Clock (src/clock.ts): take one as a parameter.' })),
  { name: 'process', message: 'Only src/main.ts touches the process: take what you need as a parameter.' },
  { name: 'fetch', message: 'Calls leave through the Upstream.' },
];

export default defineConfig(
  { ignores: ['dist/', 'client/dist/', 'client/src/graph.ts', 'coverage/', 'node_modules/'] },
  {
    files: ['**/*.ts'],
    extends: [
      js.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { allowDefaultCaseForExhaustiveSwitch: false, considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'typeLike', format: ['PascalCase'] },
        { selector: 'interface', format: ['PascalCase'], custom: { regex: '^I[A-Z]', match: false } },
      ],
      'max-params': ['error', 4],
      eqeqeq: 'error',
      'no-restricted-exports': [
        'error',
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'schema/**/*.ts'],
    plugins: {
      regexp,
      house: { rules: { 'bounded-quantifiers': boundedQuantifiers, 'field-terms': fieldTerms } },
    },
    rules: {
      'house/field-terms': 'error',
      'no-restricted-globals': ['error', ...RESTRICTED_GLOBALS],
      // Most texts are foreign: what takes quadratic time stops everybody.
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': [
        'error',
        { report: 'potential', ignorePartial: false, ignoreSticky: false },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'schema/**/*.ts'],
    // Nobody but the gateway and tests chooses what the simulator searches.
    ignores: ['src/simulator/**'],
    rules: { 'house/bounded-quantifiers': 'error' },
  },
  {
    files: ['src/clock.ts'],
    rules: {
      'no-restricted-globals': ['error', ...RESTRICTED_GLOBALS.filter(({ name }) => name === 'process')],
    },
  },
  {
    // The command `wait` is a client of gateways, and takes it as a parameter.
    files: ['src/main.ts', 'src/simulator/main.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...RESTRICTED_GLOBALS.filter(({ name }) => !['process', 'fetch'].includes(name)),
      ],
    },
  },
  {
    // Instants are converted here, never read from the machine.
    files: ['src/values/instants.ts'],
    rules: {
      'no-restricted-globals': ['error', ...RESTRICTED_GLOBALS.filter(({ name }) => name !== 'Date')],
    },
  },
  ...Object.keys(ROOMS).flatMap(imports),
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  {
    files: ['*.config.ts', '*.config.js'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: ['schema/schema.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: 'schema/schema.graphql' } },
    },
    rules: {
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          DirectiveDefinition: true,
        },
      ],
      '@graphql-eslint/naming-convention': [
        'error',
        {
          types: 'PascalCase',
          FieldDefinition: 'camelCase',
          InputValueDefinition: 'camelCase',
          Argument: 'camelCase',
          DirectiveDefinition: 'camelCase',
          EnumValueDefinition: { style: 'UPPER_CASE', ignorePattern: '^X86_64$' },
        },
      ],
      '@graphql-eslint/no-typename-prefix': 'error',
      '@graphql-eslint/require-deprecation-reason': 'error',
      '@graphql-eslint/no-unreachable-types': 'error',
      '@graphql-eslint/unique-type-names': 'off',
    },
  },
);
