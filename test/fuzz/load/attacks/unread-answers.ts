/** Requests on connections whose client reads no answer, and requests that stop in the middle. */
import type { Attack } from '../attack.ts';
import { keepBusy, openConnection } from '../target.ts';

const PIPELINED = 500;
const DOCUMENT =
  '{"query":"{ benchmarkRuns(first: 20) { nodes { id name scenarioRuns(first: 20) { nodes { id name } } } } }"}';
const REQUEST = `POST /graphql HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ak_hostile\r\nContent-Type: application/json\r\nContent-Length: ${String(DOCUMENT.length)}\r\n\r\n${DOCUMENT}`;

export const attack: Attack = {
  sends: 'pipelined requests whose answers nobody reads, and requests that stop in the middle',
  strike: (target) =>
    keepBusy(100, async (number) => {
      const socket = await openConnection(target).catch(() => null);
      if (!socket) return;
      socket.pause();
      socket.write(number % 2 === 0 ? REQUEST.repeat(PIPELINED) : REQUEST.slice(0, -20));
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      socket.destroy();
    }),
};
