/** `createRestSession`: what one caller may ask of the REST API: each endpoint as its row of the table says. */
import { GatewayError } from '../../errors.ts';
import { noteSize } from '../../memory/size.ts';
import type { UpstreamCaller } from '../caller.ts';
import { DETAILS, DOWNLOADS, ENTITIES, LISTS, MUTATIONS, WAITS } from '../endpoints.ts';
import type { UpstreamSession } from '../upstream.ts';
import { type Calls, parseJson } from './calls.ts';
import type { Downloads } from './downloads.ts';
import type { MutationCalls } from './mutation-calls.ts';
import type { ParseRow } from './parse/page.ts';
import type { ReportUnknown } from './parse/enum-values.ts';
import { type ListReader, tooLarge } from './read-list.ts';
import type { RowCompleteness } from './row-completeness.ts';

/** The ways in which the REST API is called. */
export interface RestCalls {
  readonly calls: Calls;
  /** Beside the other calls: an account whose slots were all taken by waiting could ask nothing any more. */
  readonly longPolls: Calls;
  readonly mutations: MutationCalls;
  readonly downloads: Downloads;
  readonly readList: ListReader;
  readonly completeness: RowCompleteness;
  readonly report: ReportUnknown;
}

// Async, so that what an id check throws is a rejection like any other.
export function createRestSession(caller: UpstreamCaller, rest: RestCalls): UpstreamSession {
  const { calls, longPolls, mutations, downloads, readList, completeness, report } = rest;

  const orThrow = <T>(answer: T | GatewayError): T => {
    if (answer instanceof GatewayError) throw answer;
    return answer;
  };
  const reading =
    <T>(parse: ParseRow<T>) =>
    (body: unknown): T =>
      orThrow(parse(body, report));

  return {
    get: async (kind, id) => {
      const { route, notIds, parse } = ENTITIES[kind];
      if (notIds?.includes(id) === true) return null;
      const answer = await calls.send(caller, { method: 'GET', route, id });
      if (answer === null) return null;
      completeness.noteEntity(kind, answer.body);
      return orThrow(parse(answer.body, report));
    },
    list: async (list, filter, page) => {
      const { kind, route, wrapper, query, of, isCounted } = LISTS[list];
      const { parse } = ENTITIES[kind];
      return readList(
        caller,
        { kind, wrapper, parse, isCounted },
        {
          page,
          place: {
            route: typeof route === 'string' ? route : route(filter),
            ...(of ? { id: of.idOf(filter) } : {}),
          },
          filter: query(filter),
        },
      );
    },
    read: async (detail, of) => {
      const { route, query, rows, parse } = DETAILS[detail];
      const answer = await calls.send(caller, {
        method: 'GET',
        route,
        id: of.id,
        query: query(of),
        ...(rows
          ? { rows: { wrapper: rows.wrapper, read: (text) => rows.parse(parseJson(text), report) } }
          : {}),
      });
      if (answer === null) return null;
      if (answer.isCut) throw tooLarge();
      const parsed = orThrow(parse({ body: answer.body, rows: answer.rows }, report));
      if (answer.rowBytes !== undefined && typeof parsed === 'object') noteSize(parsed, answer.rowBytes);
      return parsed;
    },
    wait: async (wait, on) => {
      const { kind, route, body } = WAITS[wait];
      const request = { method: 'POST', route, id: on.id, body: body(on), isLongPoll: true } as const;
      const answer = await longPolls.send(caller, request);
      if (answer === null) return null;
      return answer.body === undefined ? 'unchanged' : orThrow(ENTITIES[kind].parse(answer.body, report));
    },
    download: async (download, id) =>
      downloads.open(caller, { method: 'POST', route: DOWNLOADS[download].route, id }),
    send: async (mutation, input, { idempotencyKey }) => {
      const { route, request, parse } = MUTATIONS[mutation];
      return mutations.send(caller, { route, ...request(input), parse: reading(parse), idempotencyKey });
    },
    // Nothing is known here without a call.
    peek: () => undefined,
    spanOf: () => undefined,
  };
}
