/** `runLogsFile`: the logs of a scenario run as the zip that the upstream makes, passed on as it comes. */
import { GatewayError } from '../errors.ts';
import type { UpstreamSession } from '../upstream/upstream.ts';
import type { FileKind, FileRequest } from './file-route.ts';

export const RUN_LOGS_PATH = '/download/scenario-runs/{id}/logs.zip';

export function runLogsFile(
  session: (request: FileRequest) => Pick<UpstreamSession, 'scenarioRun' | 'scenarioRunLogs'>,
): FileKind {
  return {
    scope: 'logs:read',
    contentType: 'application/zip',
    fileName: (id) => `${id}-logs.zip`,
    check: async (request) => {
      if (!(await session(request).scenarioRun(request.id))) throw missing();
    },
    open: async (request) => {
      const download = await session(request).scenarioRunLogs(request.id);
      if (!download) throw missing();
      return { chunks: download, byteLength: download.byteLength };
    },
  };
}

function missing(): GatewayError {
  return new GatewayError('NOT_FOUND', 'There is no such scenario run');
}
