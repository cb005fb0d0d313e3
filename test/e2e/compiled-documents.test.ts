import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type GatewayProcess, startProcess } from '../support/process.ts';

/** How often the document is asked until it has to be answered by compiled code: that is loaded when it is first wanted. */
const ATTEMPTS = 100;

/** The name that the document gives to a field, by which the code that was made of it is known. */
const NAME = 'knownByThisName';

interface Coverage {
  readonly result: readonly {
    readonly scriptId: string;
    readonly url: string;
    readonly functions: readonly {
      readonly functionName: string;
      readonly ranges: readonly { readonly count: number }[];
    }[];
  }[];
}

/** Calls of functions since the last look. */
interface Calls {
  /** Of those that were made before, while the process ran, of the document that gives the name. */
  readonly made: number;
  /** Of the one with which graphql-js executes the fields of an object. */
  readonly interpreting: number;
}

/** As it is called in graphql-js, and where a bundle holds another one of that name. */
const INTERPRETING = /^executeFields\d*$/;

const sum = (functions: Coverage['result'][number]['functions']) =>
  functions.reduce((total, { ranges }) => total + (ranges[0]?.count ?? 0), 0);

/** What a process says of the code that it runs, over the inspector's protocol. */
async function inspect(gateway: GatewayProcess) {
  const address = /Debugger listening on (ws:\S+)/.exec(gateway.output())?.[1] ?? '';
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const waiting = new Map<number, (result: unknown) => void>();
  socket.on('message', (text: Buffer) => {
    const { id, result } = JSON.parse(text.toString()) as { readonly id?: number; readonly result?: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  let last = 0;
  const ask = async (method: string, params: object = {}): Promise<unknown> => {
    const id = ++last;
    socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => waiting.set(id, resolve));
  };
  await ask('Debugger.enable');
  await ask('Profiler.enable');
  await ask('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  const seen = new Set<string>();
  const isOfDocument = async (scriptId: string) => {
    const answer = (await ask('Debugger.getScriptSource', { scriptId })) as { readonly scriptSource: string };
    return answer.scriptSource.includes(NAME);
  };
  return {
    async look(): Promise<Calls> {
      const { result } = (await ask('Profiler.takePreciseCoverage')) as Coverage;
      const calls = { made: 0, interpreting: 0 };
      for (const { scriptId, url, functions } of result) {
        calls.interpreting += sum(functions.filter(({ functionName }) => INTERPRETING.test(functionName)));
        if (url !== '' || !(await isOfDocument(scriptId))) continue;
        // To make code is to call it, too.
        if (seen.has(scriptId)) calls.made += sum(functions);
        seen.add(scriptId);
      }
      return calls;
    },
    [Symbol.dispose]: () => {
      socket.terminate();
    },
  };
}

describe('the compiled program', () => {
  it('answers documents that come again by code made of them', async () => {
    await using gateway = startProcess({
      PORT: '0',
      SIMULATOR_PORT: '0',
      SIMULATOR_SPEED: '0',
      UPSTREAM: 'simulator',
      // An answer from the response cache executes nothing.
      ANSWER_REUSE: 'off',
      NODE_OPTIONS: '--inspect=127.0.0.1:0',
    });
    const url = await gateway.ready();
    using inspector = await inspect(gateway);
    const ask = async () => {
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: `{ scenarioRuns(first: 1) { nodes { ${NAME}: id } } }` }),
      });
      return answer.text();
    };

    const first = await ask();
    const atFirst = await inspector.look();
    let last = atFirst;
    for (let attempt = 0; last.made === 0 && attempt < ATTEMPTS; attempt++) {
      expect(await ask()).toBe(first);
      last = await inspector.look();
    }

    expect(first).toContain(NAME);
    expect(atFirst.made).toBe(0);
    expect(atFirst.interpreting).toBeGreaterThan(0);
    expect(last.made).toBeGreaterThan(0);
    expect(last.interpreting).toBe(0);
  });
});
