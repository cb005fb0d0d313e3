/** A balancer in a process of its own: new connections go to replicas that say that they are ready; 502 when there is none. */
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { answerQuestions } from './child.ts';

const LOOK_EVERY_MS = 250;

const proxy = await startTcpProxy({ targets: [], isHttp: true });
let hosts: readonly string[] = [];

async function isReady(host: string): Promise<boolean> {
  try {
    return (await fetch(`http://${host}/ready`, { signal: AbortSignal.timeout(LOOK_EVERY_MS * 4) })).ok;
  } catch {
    return false;
  }
}

async function look(): Promise<void> {
  const looked = await Promise.all(hosts.map(async (host) => ((await isReady(host)) ? [host] : [])));
  proxy.targets = looked.flat();
}

setInterval(() => void look(), LOOK_EVERY_MS);

const questions = {
  url: () => `http://${proxy.host}`,
  /** Replicas that may or may not be there. Resolves when it was looked which are. */
  balance: async (given: { readonly hosts: readonly string[] }) => {
    hosts = given.hosts;
    await look();
  },
  ready: () => proxy.targets,
};
export type BalancerQuestions = typeof questions;

answerQuestions(questions);
