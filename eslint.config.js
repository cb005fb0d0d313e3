// The rules of the house: strict types, one source of time, one toucher of the process, and imports that never turn back.
import graphql from '@graphql-eslint/eslint-plugin';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { boundedQuantifiers } from './bounded-quantifiers.js';

/** One block of import rules: files, what they may not import, and what to do instead. */
const imports = (files, rows, ignores = []) => ({
  files,
  ignores,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [...EVERYWHERE, ...rows].map(([regex, message, allowTypeImports = false]) => ({
          regex,
          message,
          allowTypeImports,
        })),
      },
    ],
  },
});

const SDK = [
  '^@runloop/api-client',
  'The SDK describes shapes and nothing else: its types enter through src/upstream/types.ts, in our words.',
];
const UNDICI = ['^undici$', 'Calls leave through src/upstream/rest/transport.ts: ask the Upstream.'];
const REDIS = [
  '^ioredis$',
  'Redis is spoken in redis.ts files only: ask for the interface that one implements.',
];
const EVERYWHERE = [SDK, UNDICI, REDIS];

/** Parts of src by their folder or file; the pattern matches a relative import from anywhere. */
const part = (name) => `^\\.{1,2}/(?:.*/)?${name}(?:/|\\.ts$)`;
const not = (names, message, allowTypeImports = false) =>
  names.map((name) => [part(name), message, allowTypeImports]);

/** The composition root and its parts. */
const GATEWAY = '(?:gateway|composition)';

const COMPOSED = 'Only gateway.ts puts parts together: take what you need as a parameter.';
const PARTS = [
  'control',
  'server',
  'execution',
  'loaders',
  'live',
  'events',
  'security',
  'observability',
  'simulator',
  'statistics',
  'upstream',
];
const partsBut = (...kept) => PARTS.filter((name) => !kept.includes(name));

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
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
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
    plugins: { regexp },
    rules: {
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
    plugins: { house: { rules: { 'bounded-quantifiers': boundedQuantifiers } } },
    rules: { 'house/bounded-quantifiers': 'error' },
  },
  {
    files: ['src/clock.ts'],
    rules: {
      'no-restricted-globals': ['error', ...RESTRICTED_GLOBALS.filter(({ name }) => name === 'process')],
    },
  },
  {
    files: ['src/main.ts', 'src/simulator/main.ts'],
    rules: {
      'no-restricted-globals': ['error', ...RESTRICTED_GLOBALS.filter(({ name }) => name !== 'process')],
    },
  },
  {
    // Instants are converted here, never read from the machine.
    files: ['src/values/instants.ts'],
    rules: {
      'no-restricted-globals': ['error', ...RESTRICTED_GLOBALS.filter(({ name }) => name !== 'Date')],
    },
  },
  imports(['src/main.ts'], not([...PARTS, 'composition', 'context', 'schema'], COMPOSED)),
  imports(
    ['src/process/token-command.ts'],
    not([...PARTS.filter((name) => name !== 'security'), GATEWAY, 'context', 'schema'], COMPOSED),
  ),
  imports(['src/gateway.ts'], []),
  imports(
    ['src/composition/*.ts'],
    not(
      ['gateway', 'schema'],
      'A part of the composition root is put together by gateway.ts, which knows the graph.',
    ),
  ),
  imports(
    ['src/{clock,errors,version}.ts', 'src/{settings,values,memory}/*.ts'],
    not([...PARTS, GATEWAY, 'context', 'schema'], 'A leaf imports no part of the gateway.'),
  ),
  imports(
    ['src/config.ts', 'src/config/*.ts'],
    not(
      [...PARTS, GATEWAY, 'context', 'schema'],
      'Configuration knows what parts want set, and nothing of what they do.',
      true,
    ),
  ),
  imports(
    ['src/live/**/*.ts'],
    [
      ...not(
        partsBut('live', 'events', 'statistics', 'upstream'),
        'Watching knows the Upstream interface, the log and the clock.',
      ),
      [
        part(
          'upstream/(?!upstream\\.ts|mutations\\.ts|types\\.ts|lifecycle\\.ts|walk-pages\\.ts|account\\.ts|id\\.ts).*',
        ),
        'Watching knows the Upstream interface, not what is behind it.',
      ],
      ...not([GATEWAY, 'config', 'settings', 'context', 'schema'], COMPOSED),
    ],
  ),
  imports(
    ['src/execution/**/*.ts'],
    not(
      [...partsBut('execution'), GATEWAY, 'config', 'settings', 'context', 'errors', 'clock', 'schema'],
      'Execution knows GraphQL and nothing of what is asked.',
    ),
  ),
  imports(
    ['src/observability/**/*.ts'],
    not(
      [...partsBut('observability'), GATEWAY, 'context', 'schema'],
      'A leaf imports no part of the gateway.',
    ),
  ),
  imports(
    ['src/context.ts'],
    [
      ...not(partsBut(), 'The Context is described by types alone.', true),
      ...not([GATEWAY, 'schema'], COMPOSED),
    ],
  ),
  imports(
    ['schema/**/*.ts'],
    [
      [
        part('src/upstream/(?!types\\.ts|id\\.ts).*'),
        'The graph knows entities, not how they are fetched: ask the Context.',
      ],
      [part('src/upstream/types'), 'Entities are types.', true],
      [part('src/loaders'), 'Loaders come with the Context.', true],
      [part('src/control'), 'What may be changed comes with the Context.', true],
      [part('src/live/follow(?:ing)?'), 'What is followed comes with the Context.', true],
      ...not(
        [
          'src/server',
          'src/live/(?!follow(?:ing)?\\.ts).*',
          'src/security',
          'src/observability',
          'src/simulator',
          'src/gateway',
          'src/config',
        ],
        'The graph does not know how it is served, watched or configured: ask the Context.',
      ),
    ],
  ),
  imports(
    ['src/server/**/*.ts'],
    [
      ...not(
        // The step of following decides only, and is shared by all who follow.
        [...partsBut('server', 'security', 'live'), 'live/(?!follow\\.ts).*'],
        'The server serves: what it needs of other parts is a parameter.',
        true,
      ),
      ...not([GATEWAY, 'config', 'settings', 'schema'], COMPOSED),
    ],
  ),
  imports(
    ['src/loaders/**/*.ts'],
    [
      ...not(
        partsBut('loaders', 'statistics', 'upstream'),
        'Loaders know the Upstream interface and nothing else.',
      ),
      [
        part('upstream/(?!types\\.ts|upstream\\.ts|walk-pages\\.ts).*'),
        'Loaders know the Upstream interface, not what is behind it.',
      ],
      ...not([GATEWAY, 'config', 'settings', 'context', 'schema'], COMPOSED),
    ],
  ),
  imports(
    ['src/statistics/**/*.ts'],
    [
      [
        part('upstream/(?!types\\.ts).*'),
        'Statistics are worked out from entities: take them as parameters.',
      ],
      [part('upstream/types'), 'Entities are types.', true],
      ...not(
        [...partsBut('statistics', 'upstream'), GATEWAY, 'config', 'settings', 'context', 'schema'],
        'Statistics are pure: take what they are worked out from as a parameter.',
      ),
    ],
  ),
  imports(
    ['src/control/**/*.ts'],
    [
      ...not(partsBut('control', 'upstream'), 'Control knows the Upstream interface and nothing else.'),
      [
        part('upstream/(?!types\\.ts|upstream\\.ts|mutations\\.ts|id\\.ts).*'),
        'Control knows the Upstream interface, not what is behind it.',
      ],
      ...not([GATEWAY, 'config', 'settings', 'context', 'schema'], COMPOSED),
    ],
  ),
  imports(
    ['src/upstream/**/*.ts'],
    [
      ...not(
        partsBut('upstream'),
        'The upstream knows errors and the clock; who observes it is a parameter.',
      ),
      ...not([GATEWAY, 'config', 'settings(?<!upstream/settings)', 'context', 'schema'], COMPOSED),
    ],
    ['src/upstream/types.ts', 'src/upstream/rest/transport.ts'],
  ),
  imports(
    ['src/export/**/*.ts'],
    [
      ...not(
        partsBut('export', 'loaders', 'statistics', 'upstream'),
        'An export makes text of runs; where they come from is a parameter.',
      ),
      ...not([GATEWAY, 'config', 'settings', 'context', 'schema'], COMPOSED),
    ],
  ),
  imports(
    ['src/{events,security}/**/*.ts'],
    [
      ...not(partsBut('events', 'security', 'upstream'), COMPOSED),
      [part('upstream/(?!account\\.ts|types\\.ts).*'), 'Only whose account it is matters here.'],
      ...not([GATEWAY, 'config', 'settings', 'context', 'schema'], COMPOSED),
    ],
  ),
  imports(
    ['src/simulator/**/*.ts'],
    not(
      [...partsBut('simulator'), GATEWAY, 'config', 'settings', 'context', 'errors', 'version', 'schema'],
      'The simulator shares no belief with the client that it is used to test: only the clock.',
    ),
    ['src/simulator/main.ts'],
  ),
  imports(
    ['src/simulator/main.ts'],
    not(
      [
        ...partsBut('simulator', 'observability'),
        GATEWAY,
        'config',
        'context',
        'errors',
        'version',
        'schema',
      ],
      'The simulator as a process knows its settings and its log, and nothing of the client that it is used to test.',
    ),
  ),
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
