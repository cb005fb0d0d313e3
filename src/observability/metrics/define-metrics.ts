/** `createDefinitions`: makes metrics of one registry, with the names that Prometheus' conventions give them. */
import { Counter, Gauge, type Registry } from 'prom-client';
import { Durations } from './durations.ts';

/** Begins the name of each metric but those of the process, which have the names that all programs on Node.js give them. */
const PREFIX = 'runloop_graphql_';

export interface Definitions {
  /** A histogram of seconds; `name` ends with `_seconds`. */
  readonly durations: <Label extends string>(name: string, help: string) => Durations<Label>;
  /** `name` ends with `_total`. */
  readonly counter: <Label extends string = never>(
    name: string,
    help: string,
    labelNames?: readonly Label[],
  ) => Counter<Label>;
  readonly gauge: <Label extends string = never>(
    name: string,
    help: string,
    labelNames?: readonly Label[],
  ) => Gauge<Label>;
}

export function createDefinitions(registry: Registry): Definitions {
  const described = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) => ({
    name: PREFIX + name,
    help,
    labelNames,
    registers: [registry],
  });
  return {
    durations: <Label extends string>(name: string, help: string) => {
      const made = new Durations<Label>({ name: PREFIX + name, help });
      registry.registerMetric(made.metric);
      return made;
    },
    counter: <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
      new Counter(described(name, help, labelNames)),
    gauge: <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
      new Gauge(described(name, help, labelNames)),
  };
}
