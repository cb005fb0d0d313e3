/** `sealEventLog`: an `EventLog` in which no value of an environment variable and no name of a secret can be read. */
import type { Seal } from '../security/seal.ts';
import type { EnvironmentVariable, SecretReference } from '../upstream/types.ts';
import type { EventLog, KnownEntity } from './event-log.ts';
import type { LiveEvent, Watchable } from './event.ts';

/** Seals what goes into `log` and opens what comes out of it: who uses the log sees no difference. */
export function sealEventLog(log: EventLog, seal: Seal): EventLog {
  const close = (text: string) => seal.close(text);
  const open = (text: string) => seal.open(text);
  return {
    state: async (topic) => {
      const state = await log.state(topic);
      return { ...state, entities: state.entities.map((known) => inKnown(known, open)) };
    },
    append: (topic, request) =>
      log.append(topic, {
        ...request,
        events: request.events.map((event) => inEvent(event, close)),
        entities: request.entities.map((known) => inKnown(known, close)),
      }),
    read: async (topic, after, limit) => {
      const page = await log.read(topic, after, limit);
      if (page === 'gap') return page;
      return {
        ...page,
        entries: page.entries.map((entry) => ({ ...entry, event: inEvent(entry.event, open) })),
      };
    },
    onAppend: (topic, wake) => log.onAppend(topic, wake),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}

type Change = (text: string) => string;

function inKnown(known: KnownEntity, change: Change): KnownEntity {
  const entity = inEntity(known.entity, change);
  return entity === known.entity ? known : { ...known, entity };
}

function inEvent(event: LiveEvent, change: Change): LiveEvent {
  switch (event.type) {
    case 'scenarioRun':
      return { ...event, scenarioRun: inProfile(event.scenarioRun, change) };
    case 'benchmarkRun':
      return {
        ...event,
        benchmarkRun: inProfile(event.benchmarkRun, change),
        changes: event.changes.map((moved) => ({
          ...moved,
          scenarioRun: inProfile(moved.scenarioRun, change),
        })),
      };
    case 'benchmarkJob':
      return { ...event, benchmarkJob: inJob(event.benchmarkJob, change) };
    case 'devbox':
      return event;
  }
}

function inEntity(entity: Watchable, change: Change): Watchable {
  switch (entity.type) {
    case 'ScenarioRun':
    case 'BenchmarkRun':
      return inProfile(entity, change);
    case 'BenchmarkJob':
      return inJob(entity, change);
    case 'Devbox':
      return entity;
  }
}

interface Profile {
  readonly environmentVariables: readonly EnvironmentVariable[];
  readonly secretsProvided: readonly SecretReference[];
}

/** The thing itself when it has nothing to hide. */
function inProfile<T extends Profile>(thing: T, change: Change): T {
  const { environmentVariables, secretsProvided } = thing;
  if (environmentVariables.length === 0 && secretsProvided.length === 0) return thing;
  return {
    ...thing,
    environmentVariables: environmentVariables.map((variable) => ({
      ...variable,
      value: change(variable.value),
    })),
    secretsProvided: secretsProvided.map((secret) => ({ ...secret, secretName: change(secret.secretName) })),
  };
}

function inJob(job: Extract<Watchable, { type: 'BenchmarkJob' }>, change: Change): typeof job {
  return {
    ...job,
    agentConfigs: job.agentConfigs.map((config) => inProfile(config, change)),
    inProgressRuns: job.inProgressRuns.map((run) => ({
      ...run,
      agent: run.agent && inProfile(run.agent, change),
    })),
  };
}
