/** `createKnownRequests`: a cache of read requests that were sent more than once, by their bytes. */
import { BoundedMap } from '../../memory/bounded-map.ts';
import { createDoorkeeper } from '../../memory/doorkeeper.ts';
import { heapSizeOf } from '../../memory/size.ts';
import type { HttpRequest } from '../http/http-request.ts';
import type { AnswerType } from '../http/media-type.ts';
import type { GraphqlParams } from './graphql-params.ts';

/** A request that has passed every check that its bytes can be put to. */
export interface ReadRequest extends GraphqlParams {
  /** The operation hash. */
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
  /** Caches it when it was added before: the second time, by the doorkeeper. */
  readonly add: (bytes: string, form: RequestForm, request: ReadRequest) => void;
  /** Evicts requests that were not sent again since they were cached, or since this was last called. */
  readonly evictUnused: () => void;
  readonly clear: () => void;
}

export interface KnownRequestsBounds {
  readonly maxRequests: number;
  /** Of all of them together. */
  readonly maxBytes: number;
}

/** Longer requests are not cached: mostly they carry variables that are sent once. */
const MAX_CACHED_CHARS = 32 * 1024;

/** Memory of a cached request beside its contents: the objects around them. */
const OVERHEAD_BYTES = 300;

/** How many forms of the same bytes are cached: few are sent by clients of different kinds. */
const MAX_FORMS = 8;

interface KnownRequest {
  readonly form: RequestForm;
  readonly request: ReadRequest;
}

/**
 * A request that was sent twice is neither parsed nor checked a third time, whoever sends it. The form is compared
 * field by field: a key that includes it would have to be built, and hashed, for every request.
 */
export function createKnownRequests({ maxRequests, maxBytes }: KnownRequestsBounds): KnownRequests {
  const known = new BoundedMap<readonly KnownRequest[]>({
    maxEntries: maxRequests,
    maxBytes,
    // The bytes, and for each form what was taken out of them. The document is among the bytes, and shared with its cache.
    size: (forms, bytes) =>
      forms.reduce(
        (sum, { form, request: { variables, extensions } }) =>
          sum + heapSizeOf([form, variables, extensions]) + OVERHEAD_BYTES,
        heapSizeOf(bytes),
      ),
  });
  const doorkeeper = createDoorkeeper();
  return {
    get: (bytes, form) => known.get(bytes)?.find((one) => isSameForm(one.form, form))?.request,
    add: (bytes, form, request) => {
      if (bytes.length > MAX_CACHED_CHARS || !doorkeeper.see(JSON.stringify([form, bytes]))) return;
      known.set(bytes, [{ form, request }, ...(known.get(bytes) ?? [])].slice(0, MAX_FORMS));
    },
    evictUnused: () => {
      known.evictUnused();
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
