/** `createFileRoute`: a route that answers a file bit by bit: who may have it, how many at once, how long, and how it breaks. */
import { type Clock, startDeadline } from '../../clock.ts';
import { GatewayError } from '../../errors.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Caller } from '../../security/caller.ts';
import { type CallerSlots, createCallerSlots } from '../../security/caller-slots.ts';
import type { Scope } from '../../security/scopes.ts';
import type { Admissions } from '../graphql/admission.ts';
import { FreshAnswer } from '../graphql/answer.ts';
import { credentialsOf } from '../graphql/credentials.ts';
import { httpAnswer } from '../http/http-answer.ts';
import { errorAnswer } from '../http/error-answer.ts';
import { type HttpAnswer, type HttpStream, PRIVATE, type Route } from '../http/route.ts';
import type { HttpRequest } from '../http/http-request.ts';
import { JSON_TYPE } from '../http/media-type.ts';
import type { Authenticate } from '../graphql/operation-context.ts';
import type { PresentErrors } from '../graphql/present-error.ts';
import { sendChunks } from '../http/send-chunks.ts';
import type { EnterByTicket } from '../subscriptions/ticket-route.ts';

export interface FileSettings {
  /** Files of one caller that are on their way at once; one more is answered RATE_LIMITED. */
  readonly concurrency: number;
  /** Longest time that a file may take, in milliseconds. Then it breaks off. */
  readonly timeoutMs: number;
  /** Largest file, in bytes. At one more it breaks off. */
  readonly maxBytes: number;
}

/** What is asked for. */
export interface FileRequest {
  readonly caller: Caller;
  /** The `{id}` of the path. */
  readonly id: string;
  /** Aborts when the client has gone or the time is up. */
  readonly signal: AbortSignal;
  /** When the time is up, as Unix time in milliseconds. */
  readonly deadlineAt: number;
}

/** A file whose first part is there. */
export interface OpenFile {
  /** Ends, with whatever it holds, when its reader stops and when the signal aborts. */
  readonly chunks: AsyncIterable<Uint8Array | string>;
  /** Null when it is not known yet. */
  readonly byteLength: number | null;
}

export interface FileKind {
  readonly scope: Scope;
  readonly contentType: string;
  /** What a browser saves it as. */
  readonly fileName: (id: string) => string;
  /** Whether there is such a file: what HEAD wants to know, at little cost. Rejects with what is wrong. */
  readonly check: (request: FileRequest) => Promise<unknown>;
  /** Rejects with what is wrong as long as an error can still be answered. */
  readonly open: (request: FileRequest) => Promise<OpenFile>;
}

export interface FileRouteOptions {
  readonly authenticate: Authenticate;
  readonly enterByTicket: EnterByTicket;
  /** Rejects when the caller may make no more upstream calls now. What a file costs, its kind takes from the budget. */
  readonly admit: Admissions['admitCaller'];
  readonly presentErrors: PresentErrors;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: FileSettings;
  /** A caller was refused one more download. @default nobody hears of it */
  readonly onRefused?: () => void;
}

const REFUSED = errorAnswer('BAD_USER_INPUT', 'Expected GET or HEAD', 405);
const NOT_ALLOWED: HttpAnswer = { ...REFUSED, headers: { ...REFUSED.headers, Allow: 'GET, HEAD' } };

/** Makes the routes of files. They share the bound on how many are on their way at once. */
export function createFileRoutes(options: FileRouteOptions): (kind: FileKind) => Route {
  const { presentErrors, settings } = options;
  const slots = createCallerSlots({
    counts: 'downloads',
    max: () => settings.concurrency,
    setting: 'DOWNLOAD_CONCURRENCY',
    ...(options.onRefused ? { onRefused: options.onRefused } : {}),
  });
  return (kind) => async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return NOT_ALLOWED;
    try {
      return await answer(kind, request, { ...options, slots });
    } catch (error) {
      if (request.signal.aborted) throw error;
      const errors = presentErrors([error], request.requestId);
      return httpAnswer(new FreshAnswer({ errors }), JSON_TYPE, {});
    }
  };
}

async function answer(
  kind: FileKind,
  request: HttpRequest,
  options: FileRouteOptions & { readonly slots: CallerSlots },
): Promise<HttpStream> {
  const { clock, log, settings, slots } = options;
  const { id = '' } = request.params;
  const caller = await callerOf(request, options);
  if (!caller.permits(kind.scope)) {
    throw new GatewayError(
      'FORBIDDEN',
      `${request.path} needs the scope ${kind.scope}, which the caller does not have`,
    );
  }
  await options.admit(caller);
  const leave = slots.take(caller.boundId);
  const deadline = startDeadline(clock, settings.timeoutMs, {
    parent: request.signal,
    reason: () => tooLate(settings.timeoutMs),
  });
  const { signal, at: deadlineAt } = deadline;
  const close = () => {
    deadline[Symbol.dispose]();
    leave();
  };
  // A client that goes before the first byte is never sent one.
  request.signal.addEventListener('abort', close, { once: true });
  try {
    const wanted: FileRequest = { caller, id, signal, deadlineAt };
    if (request.method === 'HEAD') {
      await kind.check(wanted);
      close();
      return { ...headOf(kind, id, null), open: (response) => response.end() };
    }
    const file = await kind.open(wanted);
    const refuse = () => caller.endAt(clock.now());
    return {
      ...headOf(kind, id, file.byteLength),
      open: (response) => {
        // A body that breaks off at once is one that broke off, and no connection that nobody answered.
        response.flushHeaders();
        sendChunks(response, file.chunks, { signal, maxBytes: settings.maxBytes, refuse })
          .catch((error: unknown) => {
            // A client that has gone breaks nothing.
            if (!request.signal.aborted) {
              const code = error instanceof GatewayError ? error.code : 'INTERNAL_SERVER_ERROR';
              log.warn('download.broken', { requestId: request.requestId, code });
            }
            // Without the end that its framing promises, no client takes a part for the whole.
            response.destroy();
          })
          .finally(close);
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Who shows credentials, or brings a ticket: a browser that follows a link can send nothing else. */
async function callerOf(
  request: HttpRequest,
  { authenticate, enterByTicket }: FileRouteOptions,
): Promise<Caller> {
  const entered = request.headers.authorization === undefined ? await enterByTicket(request) : null;
  if (entered) return entered.caller;
  const caller = await authenticate(credentialsOf(request));
  await caller.confirm();
  return caller;
}

function tooLate(timeoutMs: number): GatewayError {
  return new GatewayError('UPSTREAM_TIMEOUT', `The download did not end within ${String(timeoutMs)} ms`);
}

function headOf(kind: FileKind, id: string, byteLength: number | null): Omit<HttpStream, 'open'> {
  return {
    status: 200,
    isChunked: true,
    headers: {
      'Content-Type': kind.contentType,
      'Content-Disposition': `attachment; filename="${kind.fileName(id)}"`,
      ...PRIVATE,
      ...(byteLength === null ? {} : { 'Content-Length': String(byteLength) }),
    },
  };
}
