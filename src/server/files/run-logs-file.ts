/** `runLogsFile`: the logs of a scenario run as the zip that the upstream makes, passed on as it comes. */
import { GatewayError } from '../../errors.ts';
import type { UpstreamSession } from '../../upstream/upstream.ts';
import type { Admissions } from '../graphql/admission.ts';
import type { FileKind, FileRequest } from './file-route.ts';

export const RUN_LOGS_PATH = '/download/scenario-runs/{id}/logs.zip';

export interface RunLogsFileOptions {
  readonly session: (request: FileRequest) => Pick<UpstreamSession, 'get' | 'download'>;
  /** Called with the cost, also after a failure. */
  readonly spend: Admissions['spend'];
  /** Resolves when nothing is answered from what is older than another replica has shown. @default there are no others */
  readonly catchUp?: (accountId: string) => Promise<void> | undefined;
}

export function runLogsFile({ session, spend, catchUp }: RunLogsFileOptions): FileKind {
  return {
    scope: 'logs:read',
    contentType: 'application/zip',
    fileName: (id) => `${id}-logs.zip`,
    check: async (request) => {
      spend({ caller: request.caller, cost: ONE_CALL });
      await catchUp?.(request.caller.account.id);
      if (!(await session(request).get('scenarioRun', request.id))) throw missing();
    },
    open: async (request) => {
      spend({ caller: request.caller, cost: ONE_CALL });
      const download = await session(request).download('scenarioRunLogs', request.id);
      if (!download) throw missing();
      return { chunks: download, byteLength: download.byteLength };
    },
  };
}

const ONE_CALL = { sent: 1 };

function missing(): GatewayError {
  return new GatewayError('NOT_FOUND', 'There is no such scenario run');
}
