/** `createFiles`: the routes of what is downloaded. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { CSV, type ExportFormat, NDJSON } from '../export/formats.ts';
import { readExport } from '../export/read-export.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics/metrics.ts';
import type { Admissions } from '../server/graphql/admission.ts';
import { exportFile, exportPath } from '../server/files/export-file.ts';
import { createFileRoutes, type FileRequest } from '../server/files/file-route.ts';
import type { Route } from '../server/http/route.ts';
import type { Authenticate, CreateContext } from '../server/graphql/operation-context.ts';
import type { PresentErrors } from '../server/graphql/present-error.ts';
import { RUN_LOGS_PATH, runLogsFile } from '../server/files/run-logs-file.ts';
import type { EnterByTicket } from '../server/subscriptions/ticket-route.ts';
import type { CachingUpstream } from '../upstream/cache/caching-upstream.ts';
import { measureRefusals } from './measured-requests.ts';
import { callerWithin } from './caller-within.ts';
import type { Shared } from './shared.ts';

/** By the pattern of their path. */
export function createFiles(given: {
  readonly upstream: CachingUpstream;
  readonly authenticate: Authenticate;
  readonly enterByTicket: EnterByTicket;
  readonly admission: Admissions;
  readonly createContext: CreateContext;
  readonly presentErrors: PresentErrors;
  readonly clock: Clock;
  readonly log: Logger;
  /** Null when nothing is measured. */
  readonly metrics: Metrics | null;
  readonly config: Config;
  /** Null when one process serves alone. */
  readonly shared: Shared | null;
}): readonly (readonly [string, Route])[] {
  const { upstream, admission, createContext, config, shared } = given;
  const catchUp = (accountId: string) => shared?.generations.catchUp(accountId);
  const file = createFileRoutes({
    ...given,
    admit: admission.admitCaller,
    settings: config.downloads,
    onRefused: measureRefusals(given.metrics, 'DOWNLOAD_CONCURRENCY'),
  });
  const { spend } = admission;
  const exportOf = (format: ExportFormat) =>
    file(exportFile(format, { createContext, spend, catchUp, read: readExport, bounds: config.exports }));
  const fileSession = ({ caller, signal, deadlineAt }: FileRequest) =>
    upstream.session({
      account: caller.account,
      callerId: callerWithin(config, caller),
      priority: 'interactive',
      signal,
      deadlineAt,
    });
  return [
    [RUN_LOGS_PATH, file(runLogsFile({ session: fileSession, spend, catchUp }))],
    [exportPath(CSV), exportOf(CSV)],
    [exportPath(NDJSON), exportOf(NDJSON)],
  ];
}
