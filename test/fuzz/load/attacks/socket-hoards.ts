/** Everything that a caller can make the gateway hold by WebSockets: names of operations, variables, messages before it knows who it is. */
import { once } from 'node:events';
import type { WebSocket } from 'ws';
import type { Attack } from '../attack.ts';
import { keepBusy, openAccepted, openSocket, type Target } from '../target.ts';

const LONG = 240_000;
const SUBSCRIPTION = 'subscription S($x: JSON) { scenarioRun(id: "scr_1") { cursor } }';

const subscribe = (id: string, payload: object) => JSON.stringify({ id, type: 'subscribe', payload });
const gone = (socket: WebSocket) =>
  socket.readyState === socket.OPEN ? once(socket, 'close') : Promise.resolve();

/** Closed by the gateway, or by ourselves after a while. */
async function stay(socket: WebSocket): Promise<void> {
  await Promise.race([gone(socket), new Promise((resolve) => setTimeout(resolve, 5_000))]);
  socket.terminate();
}

const HOARDS: readonly ((target: Target, number: number) => Promise<void>)[] = [
  // Names of operations as long as a message.
  async (target) => {
    const socket = await openAccepted(target);
    for (let n = 0; n < 20; n++)
      socket.send(subscribe(String(n) + 'i'.repeat(LONG), { query: '{ scenarioRuns { nodes { id } } }' }));
    await stay(socket);
  },
  // Variables that nothing in the document uses.
  async (target) => {
    const socket = await openAccepted(target);
    for (let n = 0; n < 20; n++)
      socket.send(
        subscribe(String(n), { query: SUBSCRIPTION, variables: { x: String(n), unused: 'v'.repeat(LONG) } }),
      );
    await stay(socket);
  },
  // Messages of many values before anybody knows who it is.
  async (target) => {
    const socket = await openSocket(target);
    for (let n = 0; n < 20; n++) socket.send(`{"type":"ping","payload":{"x":[${'{},'.repeat(LONG / 3)}0]}}`);
    await stay(socket);
  },
  // Messages in frames of one byte.
  async (target) => {
    const socket = await openSocket(target);
    for (let n = 0; n < 50_000; n++) socket.send(' ', { fin: false });
    await stay(socket);
  },
  // Answers that nobody reads.
  async (target) => {
    const socket = await openAccepted(target);
    socket.pause();
    for (let n = 0; n < 1_000; n++)
      socket.send(
        subscribe(String(n), {
          query: `{ __type(name: "ScenarioRun") { fields { name description a${String(n)}: type { name } } } }`,
        }),
      );
    await stay(socket);
  },
];

export const attack: Attack = {
  sends:
    'names, variables, frames and answers that a WebSocket makes the gateway hold, some without credentials',
  strike: (target) =>
    keepBusy(20, async (number) => {
      await HOARDS[number % HOARDS.length]?.(target, number).catch(() => undefined);
    }),
};
