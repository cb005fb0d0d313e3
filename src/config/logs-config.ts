/** `logsConfig` and `tracingConfig`: what is logged and traced, and where traces go. */
import type { SettingName, SettingValues } from '../settings/settings.ts';
import type { ReadRequired } from './read-required.ts';

export interface LogsConfig {
  readonly level: NonNullable<SettingValues['LOG_LEVEL']>;
  /** Null lets it depend on whether lines are written to a terminal. */
  readonly format: NonNullable<SettingValues['LOG_FORMAT']> | null;
  /** Lines of operations; null when there are none. */
  readonly access: AccessLogConfig | null;
}

export interface AccessLogConfig {
  readonly level: 'debug' | 'info';
  /** Share of the operations without errors that leave a line, from 0 to 1. */
  readonly share: number;
  readonly maxPerSec: number;
}

export interface TracingConfig {
  /** Where spans are posted to. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sampler: NonNullable<SettingValues['OTEL_TRACES_SAMPLER']>;
  /** From 0 to 1. */
  readonly ratio: number;
  /** What describes the process, its version and its own name excepted. */
  readonly resource: Readonly<Record<string, string>>;
}

type Read = <Name extends SettingName>(name: Name) => SettingValues[Name];

export function logsConfig(read: Read, required: ReadRequired): LogsConfig {
  const level = required('ACCESS_LOG');
  return {
    level: required('LOG_LEVEL'),
    format: read('LOG_FORMAT') ?? null,
    access:
      level === 'off'
        ? null
        : {
            level,
            share: required('ACCESS_LOG_SAMPLE_PERCENT') / 100,
            maxPerSec: required('ACCESS_LOG_MAX_PER_SEC'),
          },
  };
}

/** Null when nothing is traced. */
export function tracingConfig(read: Read, required: ReadRequired): TracingConfig | null {
  const endpoint = read('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (endpoint === undefined) return null;
  return {
    url: `${endpoint.replace(/\/{1,99}$/, '')}/v1/traces`,
    headers: read('OTEL_EXPORTER_OTLP_HEADERS') ?? {},
    sampler: required('OTEL_TRACES_SAMPLER'),
    ratio: required('OTEL_TRACES_SAMPLER_ARG'),
    resource: { ...read('OTEL_RESOURCE_ATTRIBUTES'), 'service.name': required('OTEL_SERVICE_NAME') },
  };
}
