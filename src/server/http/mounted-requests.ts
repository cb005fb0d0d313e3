/** `createMountedRequests`: answers requests of a server that is not the gateway's own, and lets those under way end before it closes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';
import { closing } from './error-answer.ts';
import type { AnswerRequest } from './request-listener.ts';

export interface MountedRequests extends AsyncDisposable {
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface MountedRequestsOptions {
  readonly clock: Clock;
  readonly answer: AnswerRequest;
  /** How long requests under way get to finish when the gateway closes, in milliseconds. Then their connections end. */
  readonly shutdownTimeoutMs: () => number;
}

export function createMountedRequests(options: MountedRequestsOptions): MountedRequests {
  const running = new Set<ServerResponse>();
  let isClosed = false;
  let onIdle: () => void = () => undefined;
  const isOpen = () => !isClosed;
  return {
    handler: (request, response) => {
      if (isClosed) {
        refuse(response);
        return;
      }
      running.add(response);
      response.once('close', () => {
        running.delete(response);
        if (running.size === 0) onIdle();
      });
      void options.answer(request, response, isOpen);
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      if (running.size === 0) return;
      const isIdle = new Promise<void>((resolve) => {
        onIdle = resolve;
      });
      const timer = new AbortController();
      const isOver = options.clock.sleep(options.shutdownTimeoutMs(), timer.signal).catch(() => undefined);
      await Promise.race([isIdle, isOver]);
      timer.abort();
      for (const response of running) response.destroy();
    },
  };
}

function refuse(response: ServerResponse): void {
  const { status, headers, body } = closing();
  response.writeHead(status, { ...headers, Connection: 'close' }).end(body);
}
