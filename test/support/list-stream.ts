/** Follows a list of benchmark runs over server-sent events, and reads what comes. */
import { type EventStream, openEventStream } from './event-stream.ts';

const FOLLOW_LIST = `subscription($filter: BenchmarkRunFilter, $first: Int, $after: Cursor) {
  benchmarkRuns(filter: $filter, first: $first, after: $after) {
    cursor kind skipped hasNextPage
    nodes { id state }
    changes { kind previousState index benchmarkRun { id state } }
  }
}`;

export interface ListEvent {
  readonly cursor: string;
  readonly kind: string;
  readonly skipped: number;
  readonly hasNextPage: boolean;
  readonly nodes: readonly { readonly id: string; readonly state: string }[];
  readonly changes: readonly {
    readonly kind: string;
    readonly previousState: string | null;
    readonly index: number | null;
    readonly benchmarkRun: { readonly id: string; readonly state: string };
  }[];
}

export function followList(
  url: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<EventStream> {
  return openEventStream(url, { query: FOLLOW_LIST, variables });
}

/** The events that have come so far. */
export function listEvents({ events }: Pick<EventStream, 'events'>): readonly ListEvent[] {
  return events.flatMap(({ data }) => {
    const event = (data as { data?: { benchmarkRuns?: ListEvent } } | null)?.data?.benchmarkRuns;
    return event ? [event] : [];
  });
}

/** Each change in short, such as `ADDED bmr_1`, in the order in which they came. */
export function listChanges(stream: Pick<EventStream, 'events'>): readonly string[] {
  return listEvents(stream).flatMap(({ changes }) =>
    changes.map(({ kind, benchmarkRun }) => `${kind} ${benchmarkRun.id}`),
  );
}
