/**
 * Who may import whom: the rooms of the house, and what each may import beside itself. `eslint.config.js` makes rules of it,
 * and `test/docs/architecture.test.ts` compares ARCHITECTURE.md with it.
 */

/** What everybody may import: they know nothing of the gateway. */
export const LEAVES = ['clock', 'errors', 'memory', 'values', 'version'];

/** The file by which a room is entered stands behind its name; without one, all of the room may be imported. */
const UPSTREAM_INTERFACE = [
  'upstream/account.ts',
  'upstream/endpoint-rows.ts',
  'upstream/endpoints.ts',
  'upstream/filters.ts',
  'upstream/id.ts',
  'upstream/kinds.ts',
  'upstream/lifecycle.ts',
  'upstream/map-table.ts',
  'upstream/mutations.ts',
  'upstream/page-request.ts',
  'upstream/purpose.ts',
  'upstream/types.ts',
  'upstream/upstream.ts',
  'upstream/walk-pages.ts',
];

/** The parts that the composition root puts together. */
export const PARTS = [
  'control',
  'events',
  'execution',
  'export',
  'live',
  'loaders',
  'observability',
  'redis',
  'security',
  'server',
  'simulator',
  'statistics',
  'upstream',
];

/** Rooms that are a file, or a file with a folder beside it. */
const SINGLE_FILES = ['main', 'workers', 'gateway', 'config', 'context', 'clock', 'errors', 'version'];

/** Only the composition root, and what it is made of, puts parts together. */
const COMPOSED = [
  'main',
  'workers',
  'library',
  'gateway',
  'composition',
  'config',
  'settings',
  'context',
  'schema',
];

/**
 * `values` may be imported as they are, `types` as types only. Leaves may be imported by all, unless `leaves` says which.
 * `advice` is what somebody should do instead.
 */
export const ROOMS = {
  main: {
    files: ['src/main.ts'],
    values: ['workers', 'gateway', 'config', 'library', 'process', 'settings/print-in-force.ts', 'wait'],
    types: ['observability'],
    advice: 'Only gateway.ts puts parts together: take what you need as a parameter.',
  },
  gateway: {
    files: ['src/gateway.ts'],
    values: ['composition', 'config', 'settings', 'context', 'process', 'schema', ...PARTS],
    types: ['library'],
    advice: 'The composition root is started by main.ts.',
  },
  workers: {
    files: ['src/workers.ts'],
    values: ['composition', 'config', 'process'],
    types: ['observability'],
    advice: 'It serves nothing itself: what serves is put together by gateway.ts, in each worker.',
  },
  library: {
    files: ['src/library/*.ts'],
    values: ['gateway', 'config'],
    types: ['server/plugins/plugin-context.ts'],
    advice: 'The library is the composition root and its types, and no more.',
  },
  composition: {
    files: ['src/composition/*.ts'],
    values: ['config', 'settings', 'context', 'process', ...PARTS],
    advice: 'A part of the composition root is put together by gateway.ts, which knows the graph.',
  },
  config: {
    files: ['src/config.ts', 'src/config/*.ts'],
    values: ['settings', 'process/loopback.ts'],
    types: PARTS,
    advice: 'Configuration knows what parts want set, and nothing of what they do.',
  },
  settings: {
    files: ['src/settings/*.ts'],
    values: ['process/loopback.ts'],
    advice: 'A leaf imports no part of the gateway.',
  },
  context: { files: ['src/context.ts'], types: PARTS, advice: 'The Context is described by types alone.' },
  ...Object.fromEntries(
    LEAVES.map((name) => [
      name,
      { files: [`src/${name}.ts`, `src/${name}/*.ts`], advice: 'A leaf imports no part of the gateway.' },
    ]),
  ),
  process: {
    files: ['src/process/*.ts'],
    // The `token` command writes the file that callers are checked against.
    values: ['security/issue-token.ts', 'security/scopes.ts', 'security/watched-file.ts'],
    advice: 'What belongs to the process knows nothing of the gateway in it.',
  },
  wait: {
    files: ['src/wait/*.ts'],
    values: ['process/token-command.ts'],
    advice: 'The command knows a gateway by its graph alone.',
  },
  schema: {
    files: ['schema/**/*.ts'],
    values: ['statistics', 'upstream/id.ts'],
    types: [
      'context',
      'control',
      'events',
      'live/follow.ts',
      'live/following.ts',
      'loaders',
      'upstream/types.ts',
    ],
    advice: 'The graph does not know how it is served, fetched, watched or configured: ask the Context.',
  },
  server: {
    files: ['src/server/**/*.ts'],
    // The step of following decides only, and is shared by all who follow.
    values: [
      'security',
      'live/follow.ts',
      'process/fair-turns.ts',
      'process/loopback.ts',
      'process/paced-turns.ts',
      'process/repeat.ts',
      'process/turn-budget.ts',
    ],
    types: ['context', ...PARTS],
    advice: 'The server serves: what it needs of other parts is a parameter.',
  },
  execution: {
    files: ['src/execution/**/*.ts'],
    leaves: ['memory'],
    advice: 'Execution knows GraphQL and nothing of what is asked.',
  },
  security: {
    files: ['src/security/**/*.ts'],
    values: [
      'process/repeat.ts',
      'process/turn-budget.ts',
      'redis/redis.ts',
      'upstream/account.ts',
      'upstream/endpoints.ts',
      'upstream/types.ts',
    ],
    advice:
      'Only whose account it is, and what a call costs, matters here: take what you need as a parameter.',
  },
  loaders: {
    files: ['src/loaders/**/*.ts'],
    values: ['statistics', ...UPSTREAM_INTERFACE],
    advice: 'Loaders know the Upstream interface, not what is behind it, and nothing else.',
  },
  live: {
    files: ['src/live/**/*.ts'],
    values: [
      'events',
      // A followed list is asked for as a query asks for it.
      'loaders/canonical-filter.ts',
      'loaders/filter-lists.ts',
      'loaders/run-conditions.ts',
      'redis/redis.ts',
      'statistics',
      ...UPSTREAM_INTERFACE,
    ],
    types: ['loaders/filtered-list.ts', 'loaders/list-loader.ts', 'security/secrets.ts'],
    advice: 'Watching knows the Upstream interface, the log and the clock, not what is behind them.',
  },
  events: {
    files: ['src/events/**/*.ts'],
    values: [
      'redis/redis.ts',
      'security/seal.ts',
      'security/text-change.ts',
      'upstream/account.ts',
      'upstream/secret-fields.ts',
      'upstream/types.ts',
    ],
    types: ['security/secrets.ts'],
    advice: 'A log knows entities and whose account it is; only gateway.ts puts parts together.',
  },
  control: {
    files: ['src/control/**/*.ts'],
    values: ['redis/redis.ts', ...UPSTREAM_INTERFACE],
    advice: 'Control knows the Upstream interface, and Redis by its interface.',
  },
  statistics: {
    files: ['src/statistics/**/*.ts'],
    types: ['upstream/types.ts'],
    advice: 'Statistics are pure: take the entities that they are worked out from as parameters.',
  },
  export: {
    files: ['src/export/**/*.ts'],
    values: ['statistics', 'upstream/types.ts', 'upstream/walk-pages.ts'],
    types: ['upstream/secret-fields.ts'],
    advice: 'An export makes text of runs; where they come from is a parameter.',
  },
  upstream: {
    files: ['src/upstream/**/*.ts'],
    values: ['process/fair-turns.ts', 'process/paced-turns.ts', 'redis/redis.ts'],
    advice:
      'The upstream knows errors, the clock, and Redis by its interface; who observes it is a parameter.',
  },
  observability: {
    files: ['src/observability/**/*.ts'],
    // What of an entity must stand in no line.
    values: ['upstream/secret-fields.ts'],
    advice: 'A leaf imports no part of the gateway.',
  },
  redis: {
    files: ['src/redis/**/*.ts'],
    values: ['process/repeat.ts'],
    advice: 'Redis is a connection: what is kept in it, and why, others know.',
  },
  simulator: {
    files: ['src/simulator/**/*.ts'],
    except: ['src/simulator/main.ts'],
    leaves: ['clock'],
    advice: 'The simulator shares no belief with the client that it is used to test: only the clock.',
  },
  simulatorMain: {
    files: ['src/simulator/main.ts'],
    leaves: ['clock'],
    values: [
      'simulator',
      'observability',
      'settings/environment.ts',
      'settings/unknown-names.ts',
      'process/port-taken.ts',
    ],
    advice:
      'The simulator as a process knows its settings and its log, and nothing of the client that it is used to test.',
  },
};

/** The rooms themselves, as they stand in paths. */
export const NAMES = Object.keys(ROOMS).filter((name) => name !== 'simulatorMain');

/** The patterns of `no-restricted-imports` for what a room may not import: a regular expression, and whether types may be. */
export function refusedBy(room) {
  const { values = [], types = [], leaves = LEAVES, advice } = ROOMS[room];
  const prefix = room === 'schema' ? 'src/' : '';
  return NAMES.filter((name) => name !== room && !(room === 'simulatorMain' && name === 'simulator')).flatMap(
    (name) => {
      if (leaves.includes(name) || values.includes(name)) return [];
      const message =
        COMPOSED.includes(name) && room !== 'composition' && room !== 'simulator' && room !== 'execution'
          ? COMPOSED_ADVICE
          : advice;
      const path = name === 'schema' || room !== 'schema' ? name : `${prefix}${name}`;
      const refuse = (files, allowTypeImports) => ({
        regex: importOf(path, files),
        message,
        allowTypeImports,
      });
      if (types.includes(name)) return [refuse(filesOf(name, values), true)];
      const known = filesOf(name, [...values, ...types]);
      const typed = filesOf(name, types);
      return [
        refuse(known, false),
        ...typed.map((file) => ({
          regex: `^\\.{1,2}/(?:.*/)?${path}/${escape(file)}$`,
          message,
          allowTypeImports: true,
        })),
      ];
    },
  );
}

const COMPOSED_ADVICE = 'Only gateway.ts puts parts together: take what you need as a parameter.';

/** The files of a room among entries such as `upstream/types.ts`, without the room. */
function filesOf(name, entries) {
  return entries.filter((entry) => entry.startsWith(`${name}/`)).map((entry) => entry.slice(name.length + 1));
}

/** A relative import from anywhere of a room, but for some of its files. */
function importOf(path, files) {
  const rest = files.length === 0 ? '' : `(?!(?:${files.map(escape).join('|')})$)`;
  const ends = SINGLE_FILES.includes(path.replace('src/', '')) ? `(?:\\.ts$|/${rest})` : `/${rest}`;
  return `^\\.{1,2}/(?:.*/)?${path}${ends}`;
}

function escape(text) {
  return text.replace(/[.]/g, '\\.');
}
