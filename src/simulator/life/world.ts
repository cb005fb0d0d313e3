/** One account's world: its entities, how they change, and the past that it starts with. */
import type { Clock } from '../../clock.ts';
import { createInteriors, type Interiors } from '../devbox/interiors.ts';
import { createIds, type Ids } from '../seed/ids.ts';
import { createInsert, type Insert } from '../store/insert.ts';
import { type BenchmarkJobLife, createBenchmarkJobLife } from './benchmark-job-life.ts';
import { type BenchmarkRunLife, createBenchmarkRunLife } from './benchmark-run-life.ts';
import { createDevboxLife, type DevboxLife } from './devbox-life.ts';
import { createHistoryBound, type TrimHistory } from './history-bound.ts';
import type { LifeContext } from './life-context.ts';
import { createPlayer } from './player.ts';
import { createScenarioRunLife, type ScenarioRunLife } from './scenario-run-life.ts';
import { createSessions } from './sessions.ts';
import { createRandom, type Random } from '../seed/random.ts';
import { planHistory, planPresent } from '../seed/history.ts';
import { planJobs, planSweeps } from '../seed/jobs.ts';
import { planLooseEnds } from '../seed/loose-ends.ts';
import { planSoakTest, planSpareDevboxes } from '../seed/spare-devboxes.ts';
import { createSuites } from '../seed/suites.ts';
import { createStore, type Store } from '../store/store.ts';
import { WorldTimeline } from './timeline.ts';
import type { AccountView } from '../wire/account.ts';

/** The entities by kind (`world.scenarioRuns.get(id)`, `.update(id, patch)`, `.list(where)`), and what moves them. */
export interface World extends Store {
  readonly account: AccountView;
  /** Puts entities in as they are. */
  readonly insert: Insert;
  /** Moves entities as the platform does, with everything that follows from it. */
  readonly life: Life;
  readonly ids: Ids;
  readonly random: Random;
  /** The world's current instant, in Unix milliseconds. */
  now(): number;
  /** Lets everything happen that is due by now. */
  catchUp(): void;
}

export interface Life {
  readonly scenarioRuns: ScenarioRunLife;
  readonly benchmarkRuns: BenchmarkRunLife;
  readonly benchmarkJobs: BenchmarkJobLife;
  readonly devboxes: DevboxLife;
  readonly interiors: Interiors;
}

/** How much a new world holds. */
export interface SimulatorSize {
  /**
   * How many scenarios the three benchmarks have, as a factor on 500, 89 and 50.
   * @default 1
   */
  readonly scale?: number;
  /**
   * How many scenario runs have ended before the start, at least. 0: nothing happened yet.
   * @default 1_700, that of a dozen benchmark runs
   */
  readonly scenarioRuns?: number;
  /**
   * How many evaluations are in progress at the start. With a speed, each is followed by another for ever.
   * @default 2
   */
  readonly inProgress?: number;
}

const DEFAULT_SIZE = { scale: 1, scenarioRuns: 1_700, inProgress: 2 } as const satisfies SimulatorSize;

export interface WorldOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly speed: number;
  readonly size: SimulatorSize | 'empty';
  readonly maxScenarioRuns: number;
}

/** A world that lives until it is disposed of. */
export type OwnedWorld = World & Disposable;

export function createWorld({ clock, seed, speed, size, maxScenarioRuns }: WorldOptions): OwnedWorld {
  const start = clock.now();
  const random = createRandom(seed);
  const ids = createIds(random.fork('ids'));
  const store = createStore();
  const past = start - 400 * 24 * 3_600_000;
  const timeline = new WorldTimeline(clock, past);
  const context: LifeContext = { store, timeline, ids, random };
  const interiors = createInteriors(context);
  const trim = createHistoryBound(store, interiors, maxScenarioRuns);
  const devboxes = trimming(createDevboxLife(context), trim);
  const scenarioRuns = createScenarioRunLife(context, devboxes);
  const benchmarkRuns = createBenchmarkRunLife(context, scenarioRuns);
  const play = createPlayer(context, scenarioRuns, benchmarkRuns);
  const benchmarkJobs = createBenchmarkJobLife(context, benchmarkRuns, play);
  const insert = createInsert(context);

  if (size !== 'empty') {
    const { scale, scenarioRuns: ended, inProgress }: Required<SimulatorSize> = { ...DEFAULT_SIZE, ...size };
    const suites = createSuites(context, scale);
    const sessions = createSessions(context, suites, { benchmarkRuns, benchmarkJobs, play });
    for (const { session, beforeMs } of planHistory(suites, ended)) {
      timeline.at(start - beforeMs, () => {
        sessions.play(session);
      });
    }
    for (const { session, beforeMs } of planPresent(suites, inProgress)) {
      timeline.at(start - beforeMs, () => {
        sessions.keepPlaying(session);
      });
    }
    if (ended > 0) {
      planLooseEnds(context, insert, scenarioRuns, { ...suites, start });
      planSpareDevboxes(context, insert, { devboxes, start });
      planJobs(context, benchmarkJobs, { ...suites, start });
    }
    if (inProgress > 0) {
      planSweeps(context, benchmarkJobs, { ...suites, start });
      planSoakTest(context, devboxes, start);
    }
  }
  timeline.playTo(start);
  timeline.goLive(speed);

  return {
    ...store,
    account: accountOf(ids('account'), start),
    insert,
    life: { scenarioRuns, benchmarkRuns, benchmarkJobs, devboxes, interiors },
    ids,
    random,
    now: () => timeline.now(),
    catchUp: () => {
      timeline.runDue();
    },
    [Symbol.dispose]: () => {
      timeline[Symbol.dispose]();
    },
  };
}

/** Every run and every client's devbox begins with a devbox: that is when the history is trimmed. */
function trimming(devboxes: DevboxLife, trim: TrimHistory): DevboxLife {
  return {
    ...devboxes,
    create: (fields, boot) => {
      trim();
      return devboxes.create(fields, boot);
    },
  };
}

function accountOf(id: string, now: number): AccountView {
  const customer = `cus_${id.slice(4, 18)}`;
  return {
    id,
    name: 'Simulated account',
    account_status: 'ACCOUNT_STATUS_ENABLED',
    tier: 'ACCOUNT_TIER_PRO',
    created_at: String(now - 200 * 24 * 3_600_000),
    account_billing_type: 'STRIPE',
    stripe_customer_id: customer,
    billing: {
      account_billing_type: 'STRIPE',
      stripe_customer_id: customer,
      stripe: { customer_id: customer, active_subscription: `sub_${id.slice(4, 18)}` },
      aws: null,
    },
  };
}
