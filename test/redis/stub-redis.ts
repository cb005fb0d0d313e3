/** A server that speaks Redis's protocol and answers every command as it is told. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface StubRedis extends AsyncDisposable {
  readonly url: string;
}

/** `answer` gets the words of a command and answers what goes over the wire, such as `+OK\r\n`. */
export async function startStubRedis(answer: (command: readonly string[]) => string): Promise<StubRedis> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let received = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk;
      for (;;) {
        const [command, rest] = readCommand(received);
        if (!command) return;
        received = rest;
        socket.write(answer(command));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

export function bulk(text: string): string {
  return `$${String(Buffer.byteLength(text))}\r\n${text}\r\n`;
}

/** The first whole command, and what follows; null when it is not whole yet. */
function readCommand(text: string): readonly [readonly string[] | null, string] {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return [null, text];
  const words: string[] = [];
  let at = head[0].length;
  for (let count = Number(head[1]); count > 0; count--) {
    const length = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (!length) return [null, text];
    const start = at + length[0].length;
    const end = start + Number(length[1]);
    if (text.length < end + 2) return [null, text];
    words.push(text.slice(start, end));
    at = end + 2;
  }
  return [words, text.slice(at)];
}
