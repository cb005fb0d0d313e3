/** A client that follows a benchmark run over server-sent events, and what it was told of the scenario runs. */
import { type EventStream, openEventStream } from './event-stream.ts';

const FOLLOW = `subscription($id: ID!, $after: Cursor) {
  benchmarkRun(id: $id, after: $after) {
    kind cursor skipped changes { previousState scenarioRun { id name state } }
  }
}`;

export interface BenchmarkRunTold {
  readonly kind: 'SNAPSHOT' | 'CHANGED';
  readonly cursor: string;
  readonly skipped: number;
  readonly changes: readonly {
    readonly previousState: string | null;
    readonly scenarioRun: { readonly id: string; readonly name: string | null; readonly state: string };
  }[];
}

export function followBenchmarkRun(
  url: string,
  variables: { readonly id: string; readonly after?: string | null },
): Promise<EventStream> {
  return openEventStream(url, { query: FOLLOW, variables });
}

/** The events that have come so far. */
export function benchmarkRunEvents({ events }: Pick<EventStream, 'events'>): readonly BenchmarkRunTold[] {
  return events.flatMap(({ data }) => {
    const event = (data as { data?: { benchmarkRun?: BenchmarkRunTold } } | null)?.data?.benchmarkRun;
    return event ? [event] : [];
  });
}

/** Each change as one text, such as `scr_1 SCORING`, in the order in which they came. */
export function changesIn(stream: Pick<EventStream, 'events'>): readonly string[] {
  return benchmarkRunEvents(stream).flatMap((event) =>
    event.changes.map(({ scenarioRun: { id, state } }) => `${id} ${state}`),
  );
}
