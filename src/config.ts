/** `loadConfig(env)`: from an environment to a `Config`, with every problem reported at once. */
import { ConfigError } from './config/config-error.ts';
import { authConfig, type KeyCheckConfig, keyCheckConfig, ticketConfig } from './config/auth-config.ts';
import { type DrainConfig, drainConfig } from './config/drain-config.ts';
import { type LimitsConfig, limitsConfig } from './config/limits-config.ts';
import { type ListenConfig, listenConfig } from './config/listen-config.ts';
import {
  filteringConfig,
  liveConfig,
  type SubscriptionsConfig,
  subscriptionsConfig,
} from './config/live-config.ts';
import { type SharingConfig, sharingConfig } from './config/sharing-config.ts';
import { type LogsConfig, logsConfig, type TracingConfig, tracingConfig } from './config/logs-config.ts';
import { type MetricsConfig, metricsConfig } from './config/metrics-config.ts';
import type { ReadRequired } from './config/read-required.ts';
import { cacheConfig, callsConfig, refreshAheadConfig } from './config/upstream-config.ts';
import type { ExecutionSettings } from './execution/document-records.ts';
import type { ExportBounds } from './export/read-export.ts';
import type { LiveSettings } from './live/live-settings.ts';
import type { LogListBounds } from './loaders/log-lists.ts';
import type { AuthSettings } from './security/authenticate.ts';
import type { FilteringSettings } from './loaders/filter-lists.ts';
import type { PlanBounds } from './loaders/plan/plan.ts';
import type { TicketSettings } from './security/tickets.ts';
import type { RefreshAheadOptions } from './server/graphql/refresh-ahead.ts';
import type { FileSettings } from './server/files/file-route.ts';
import type { OriginsOptions } from './server/http/origins.ts';
import { SETTINGS, type SettingName, type SettingValues } from './settings/settings.ts';
import { type Environment, isSet, readSetting, settingNames } from './settings/environment.ts';
import { type DeprecatedName, withRenamed } from './settings/renamed.ts';
import { withSecretFiles } from './settings/secret-files.ts';
import { explainUnknownName, unknownNames } from './settings/unknown-names.ts';
import type { EntityCacheSettings } from './upstream/cache/entity-cache.ts';
import type { UpstreamSettings } from './upstream/upstream-settings.ts';

/** Which REST API answers. */
export type UpstreamConfig =
  | {
      readonly kind: 'simulator';
      readonly port: number;
      readonly seed: number;
      readonly speed: number;
      readonly scenarioRuns: number;
      readonly maxScenarioRuns: number;
    }
  | { readonly kind: 'runloop'; readonly baseUrl: string };

export interface Config extends SharingConfig, ListenConfig {
  /** Variables that begin as settings do and are none: they say nothing. */
  readonly unknownNames: readonly string[];
  /** Former names of settings that were used. */
  readonly deprecatedNames: readonly DeprecatedName[];
  readonly logging: LogsConfig;
  /** Null when nothing is exported. */
  readonly tracing: TracingConfig | null;
  readonly upstream: UpstreamConfig;
  /** Modules with plugins: paths or names of packages. */
  readonly plugins: readonly string[];
  readonly auth: AuthSettings;
  /** How often credentials are looked at again, in milliseconds. */
  readonly authCheckIntervalMs: number;
  readonly keyCheck: KeyCheckConfig;
  readonly tickets: TicketSettings;
  /** Pages of which other origins may use the gateway. */
  readonly origins: Pick<OriginsOptions, 'allowed' | 'maxAgeSec'>;
  /** What any caller may find out about the graph. */
  readonly exposure: {
    readonly graphiql: boolean;
    readonly introspection: boolean;
    /** Whether an error proposes names of the graph that are like a mistaken one. */
    readonly suggestions: boolean;
  };
  readonly calls: Omit<UpstreamSettings, 'baseUrl'>;
  readonly filters: FilteringSettings;
  /** Null when nothing is cached. */
  readonly cache: EntityCacheSettings | null;
  /** What batch guesses may ask for, and for how many accounts their success rate is remembered. */
  readonly plan: PlanBounds & { readonly maxAccounts: number };
  readonly logs: LogListBounds;
  readonly downloads: FileSettings;
  readonly exports: ExportBounds;
  readonly live: LiveSettings;
  readonly subscriptions: SubscriptionsConfig;
  readonly statistics: {
    readonly maxScenarioRuns: number;
    readonly cachedScenarioRuns: number;
    readonly maxBenchmarkRuns: number;
    readonly maxPooledScenarioRuns: number;
  };
  readonly control: {
    /** Idempotency keys that are remembered as sent. */
    readonly maxKeys: number;
  };
  readonly readiness: {
    readonly timeoutMs: number;
    readonly freshMs: number;
  };
  /** What is remembered of requests as they were read. */
  readonly requests: {
    readonly maxRequests: number;
    readonly maxBytes: number;
  };
  /** Null when answers are sent as they are. */
  readonly compression: { readonly minBytes: number } | null;
  /** The response cache; null when every query is executed by itself. */
  readonly reuse: {
    readonly maxAnswers: number;
    readonly maxBytes: number;
  } | null;
  /** The cached answers that are refreshed before they are too old; null when none is. */
  readonly refreshAhead: Pick<RefreshAheadOptions, 'liveMs' | 'maxAnswers'> | null;
  /** The file of the only documents that are executed; null lets any be. */
  readonly trustedDocuments: { readonly path: string; readonly isStrict: boolean } | null;
  readonly limits: LimitsConfig;
  /** What was given of each setting that was given, as text: to compare with another configuration. */
  readonly given: ReadonlyMap<SettingName, string>;
  /** Null when nothing is measured. */
  readonly metrics: MetricsConfig | null;
  readonly drain: DrainConfig;
  readonly execution: ExecutionSettings;
}

export interface LoadOptions {
  /** Refuses every name that begins as settings do and is none, not slips alone. @default false */
  readonly isStrict?: boolean;
}

/**
 * Reads the configuration from an environment and the files of secrets that it names, or throws a `ConfigError` that names
 * each variable, what it got and what it wants.
 */
export function loadConfig(given: Environment, { isStrict = false }: LoadOptions = {}): Config {
  const unknown = unknownNames(given);
  const refused = unknown.filter(({ meant }) => isStrict || meant !== null);
  const problems = refused.map(explainUnknownName);
  const { env: named, deprecatedNames } = withRenamed(given, problems);
  const env = withSecretFiles(named, problems);
  const read = <Name extends SettingName>(name: Name): SettingValues[Name] =>
    readSetting(env, name, problems);
  const required: ReadRequired = <Name extends SettingName>(name: Name) =>
    // A setting without a value has put its problem on the list, which ends this function before the value is used.
    read(name) as NonNullable<SettingValues[Name]>;

  const listen = listenConfig({ read, required, problems });
  const isRunloopMeant =
    isSet(env, 'RUNLOOP_API_KEY') || isSet(env, 'RUNLOOP_BASE_URL') || isSet(env, 'AUTH');
  const isProduction = env['NODE_ENV'] === 'production';
  const byDefault = isProduction ? 'off' : 'on';
  if (isProduction && !isSet(env, 'UPSTREAM')) {
    problems.push(
      `UPSTREAM is not set, expected ${SETTINGS.UPSTREAM.expects}: with NODE_ENV=production nothing is assumed`,
    );
  }
  const upstream = read('UPSTREAM') ?? (isRunloopMeant ? 'runloop' : 'simulator');

  const auth = authConfig({ upstream, listen, read, problems });
  const trustedFile = read('TRUSTED_DOCUMENTS_FILE') ?? null;

  const config: Config = {
    unknownNames: unknown.map(({ name }) => name),
    deprecatedNames,
    ...listen,
    logging: logsConfig(read, required),
    tracing: tracingConfig(read, required),
    plugins: read('PLUGINS') ?? [],
    upstream:
      upstream === 'runloop'
        ? { kind: 'runloop', baseUrl: required('RUNLOOP_BASE_URL') }
        : {
            kind: 'simulator',
            port: required('SIMULATOR_PORT'),
            seed: required('SIMULATOR_SEED'),
            speed: required('SIMULATOR_SPEED'),
            scenarioRuns: required('SIMULATOR_SCENARIO_RUNS'),
            maxScenarioRuns: required('SIMULATOR_MAX_SCENARIO_RUNS'),
          },
    auth,
    ...sharingConfig({ read, required, problems }),
    authCheckIntervalMs: required('AUTH_CHECK_INTERVAL_MS'),
    keyCheck: keyCheckConfig(required),
    tickets: ticketConfig(required),
    origins: { allowed: read('CORS_ORIGINS') ?? [], maxAgeSec: required('CORS_MAX_AGE_SEC') },
    exposure: {
      graphiql: (read('GRAPHIQL') ?? byDefault) === 'on',
      introspection: (read('INTROSPECTION') ?? byDefault) === 'on',
      suggestions: !isProduction && read('INTROSPECTION') !== 'off',
    },
    calls: callsConfig(required),
    filters: filteringConfig(required),
    cache: cacheConfig(required),
    plan: {
      maxRows: required('PLAN_MAX_ROWS'),
      maxBytes: required('PLAN_MAX_BYTES'),
      maxAccounts: required('PLAN_MAX_ACCOUNTS'),
    },
    exports: {
      pageSize: required('EXPORT_PAGE_SIZE'),
      maxRows: required('EXPORT_MAX_ROWS'),
      maxColumns: required('EXPORT_MAX_COLUMNS'),
    },
    downloads: {
      concurrency: required('DOWNLOAD_CONCURRENCY'),
      timeoutMs: required('DOWNLOAD_TIMEOUT_MS'),
      maxBytes: required('DOWNLOAD_MAX_BYTES'),
    },
    logs: {
      maxLines: required('LOGS_MAX_LINES'),
      pageMaxBytes: required('LOGS_PAGE_MAX_BYTES'),
      messageMaxChars: required('LOGS_MESSAGE_MAX_CHARS'),
      searchMaxChars: required('LOGS_SEARCH_MAX_CHARS'),
    },
    live: liveConfig(required),
    subscriptions: subscriptionsConfig(required),
    statistics: {
      maxScenarioRuns: required('STATISTICS_MAX_SCENARIO_RUNS'),
      cachedScenarioRuns: required('STATISTICS_CACHED_SCENARIO_RUNS'),
      maxBenchmarkRuns: required('STATISTICS_MAX_BENCHMARK_RUNS'),
      maxPooledScenarioRuns: required('STATISTICS_MAX_POOLED_SCENARIO_RUNS'),
    },
    control: { maxKeys: required('IDEMPOTENCY_KEYS') },
    readiness: {
      timeoutMs: required('READINESS_TIMEOUT_MS'),
      freshMs: required('READINESS_FRESH_MS'),
    },
    requests: {
      maxRequests: required('REQUEST_CACHE_SIZE'),
      maxBytes: required('REQUEST_CACHE_MAX_BYTES'),
    },
    compression: required('COMPRESSION') === 'on' ? { minBytes: required('COMPRESSION_MIN_BYTES') } : null,
    reuse:
      required('ANSWER_REUSE') === 'on'
        ? {
            maxAnswers: required('ANSWER_REUSE_MAX_ANSWERS'),
            maxBytes: required('ANSWER_REUSE_MAX_BYTES'),
          }
        : null,
    refreshAhead: refreshAheadConfig(required),
    trustedDocuments:
      trustedFile === null
        ? null
        : { path: trustedFile, isStrict: required('TRUSTED_DOCUMENTS_STRICT') === 'on' },
    limits: limitsConfig(required),
    given: new Map(
      settingNames().flatMap((name) => (isSet(env, name) ? [[name, env[name] ?? ''] as const] : [])),
    ),
    metrics: metricsConfig({ read, listen, auth, isProduction, problems }),
    drain: drainConfig(read, { isProduction }),
    execution: {
      compiledDocuments: required('COMPILED_DOCUMENTS'),
      compileAtExecution: required('COMPILE_AT_EXECUTION'),
      compiledMaxFields: required('COMPILED_MAX_FIELDS'),
    },
  };
  // Settings of the upstream that is not used are checked too: a typo does not wait for the day the switch is turned.
  for (const name of settingNames()) read(name);
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return config;
}
