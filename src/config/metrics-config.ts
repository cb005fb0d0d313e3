/** `metricsConfig`: who may read metrics, and where. */
import type { AuthSettings } from '../security/authenticate.ts';
import type { SettingName, SettingValues } from '../settings/settings.ts';
import { isLocal, type ListenConfig } from './listen-config.ts';

export interface MetricsConfig {
  /** What has to be brought to read them; null lets everybody read who reaches them. */
  readonly token: string | null;
  /** Where they are answered alone; null answers them beside the graph. */
  readonly listen: { readonly host: string; readonly port: number } | null;
}

export interface MetricsGiven {
  readonly read: <Name extends SettingName>(name: Name) => SettingValues[Name];
  readonly listen: ListenConfig;
  readonly auth: AuthSettings;
  readonly isProduction: boolean;
  readonly problems: string[];
}

/** Null when nothing is measured. */
export function metricsConfig(given: MetricsGiven): MetricsConfig | null {
  const { read, problems } = given;
  const { host } = given.listen;
  const token = read('METRICS_TOKEN') ?? null;
  const port = read('METRICS_PORT') ?? null;
  const isAsked = token !== null || port !== null;
  const byDefault = isAsked || isForThisMachine(given) ? 'on' : 'off';
  if ((read('METRICS') ?? byDefault) === 'off') return null;
  if (!isAsked && !isLocal(given.listen)) {
    problems.push(
      `METRICS is "on" with the HOST ${JSON.stringify(host)}, expected METRICS_TOKEN or METRICS_PORT beside it: everybody could read them`,
    );
  }
  const listen = port === null ? null : { host: read('METRICS_HOST') ?? host, port };
  return { token, listen };
}

/** Whether the gateway is for whoever works on this machine: then nobody stands in front of it, and nobody is kept out. */
function isForThisMachine({ listen, auth, isProduction }: MetricsGiven): boolean {
  const isForEverybody = auth.mode === 'demo' || (auth.mode === 'service' && auth.callers === null);
  return isLocal(listen) && isForEverybody && !isProduction;
}
