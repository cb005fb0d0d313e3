/** `createKnownRequests`: requests as they were read, of those that come again, found by their bytes. */
import { BoundedMap } from '../../memory/bounded-map.ts';
import { createDoorkeeper } from '../../memory/doorkeeper.ts';
import { heapSizeOf } from '../../memory/size.ts';
import type { HttpRequest } from '../http/http-request.ts';
import type { AnswerType } from '../http/media-type.ts';
import type { GraphqlParams } from './graphql-params.ts';

/** A request that has passed every check that its bytes can be put to. */
export interface ReadRequest extends GraphqlParams {
  /** That of its operation. */
  readonly hash: string;
  readonly documentKey: string;
  /** In which form it is answered; null for a subscription, which has a form of its own. */
  readonly type: AnswerType | null;
}

/** Everything beside its bytes that reading a request looks at. */
export interface RequestForm {
  readonly method: string;
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
}

export interface KnownRequests {
  readonly get: (bytes: string, form: RequestForm) => ReadRequest | undefined;
  /** Remembers it when it has come before. */
  readonly add: (bytes: string, form: RequestForm, request: ReadRequest) => void;
  /** Forgets requests that did not come again since they were remembered, or since this was last called. */
  readonly forgetUnused: () => void;
  readonly clear: () => void;
}

export interface KnownRequestsBounds {
  readonly maxRequests: number;
  /** Of all of them together. */
  readonly maxBytes: number;
}

/** Longer requests are read anew: what makes them long is sent once, mostly. */
const MAX_REMEMBERED_CHARS = 32 * 1024;

/** What a remembered request takes beside what it says: the objects around it. */
const OVERHEAD_BYTES = 300;

/** How many forms of the same bytes are remembered: few are sent by clients of different kinds. */
const MAX_FORMS = 8;

interface KnownRequest {
  readonly form: RequestForm;
  readonly request: ReadRequest;
}

/**
 * Equal requests, once they have come again, are neither parsed nor checked anew, whoever sends them. The form is
 * compared: a key of all of it would have to be put together, and hashed, for every request.
 */
export function createKnownRequests({ maxRequests, maxBytes }: KnownRequestsBounds): KnownRequests {
  const known = new BoundedMap<readonly KnownRequest[]>({
    maxEntries: maxRequests,
    maxBytes,
    // The bytes, and for each form what was taken out of them.
    size: (forms, bytes) =>
      forms.reduce(
        (sum, { form, request: { query, variables, extensions } }) =>
          sum + heapSizeOf([form, query, variables, extensions]) + OVERHEAD_BYTES,
        heapSizeOf(bytes),
      ),
  });
  const doorkeeper = createDoorkeeper();
  return {
    get: (bytes, form) => known.get(bytes)?.find((one) => isSameForm(one.form, form))?.request,
    add: (bytes, form, request) => {
      if (bytes.length > MAX_REMEMBERED_CHARS || !doorkeeper.see(JSON.stringify([form, bytes]))) return;
      known.set(bytes, [{ form, request }, ...(known.get(bytes) ?? [])].slice(0, MAX_FORMS));
    },
    forgetUnused: () => {
      known.forgetUnused();
    },
    clear: () => {
      known.clear();
    },
  };
}

export function formOf({ method, headers }: HttpRequest): RequestForm {
  return { method, contentType: headers['content-type'], accept: headers.accept };
}

function isSameForm(a: RequestForm, b: RequestForm): boolean {
  return a.method === b.method && a.contentType === b.contentType && a.accept === b.accept;
}
