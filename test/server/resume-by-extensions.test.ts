/** A client resumes whatever document it follows by: each result tells its cursor, and a request may bring one beside its document. */
import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { createTestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/socket.ts';
import { FAST_POLLS, rename } from '../support/subscriptions.ts';

const NAMES = 'subscription ($id: ID!) { scenarioRun(id: $id) { kind scenarioRun { name } } }';

interface Result {
  readonly data: {
    readonly scenarioRun: { readonly kind: string; readonly scenarioRun: { readonly name: string } };
  };
  readonly extensions: { readonly cursor: string };
}

const said = (results: readonly unknown[]) =>
  (results as readonly Result[]).map(
    ({ data: { scenarioRun } }) => `${scenarioRun.kind} ${scenarioRun.scenarioRun.name}`,
  );

const lastCursor = (results: readonly unknown[]) => (results as readonly Result[]).at(-1)?.extensions.cursor;

const fastGateway = () => createTestGateway({ env: FAST_POLLS });

describe('a subscription whose document has no cursor', () => {
  it('resumes over a WebSocket behind the cursor that its request brings as an extension', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun({ name: 'a' });
    using socket = await openSocket(gateway.url);
    await socket.init();
    const subscribe = (operation: string, cursor?: string) => {
      const extensions = cursor === undefined ? {} : { extensions: { cursor } };
      const payload = { query: NAMES, variables: { id }, ...extensions };
      socket.say({ type: 'subscribe', id: operation, payload });
    };
    subscribe('first');
    await expect.poll(() => said(socket.payloads('first'))).toEqual(['SNAPSHOT a']);
    rename(gateway.world, id, 'b');
    rename(gateway.world, id, 'c');
    await expect.poll(() => said(socket.payloads('first')).at(-1)).toBe('CHANGED c');
    const [snapshot] = socket.payloads('first');

    subscribe('second', lastCursor([snapshot]));
    subscribe('third', lastCursor(socket.payloads('first')));
    rename(gateway.world, id, 'd');

    await expect.poll(() => said(socket.payloads('third'))).toEqual(['CHANGED d']);
    await expect.poll(() => said(socket.payloads('second'))).toEqual(said(socket.payloads('first')).slice(1));
  });

  it('resumes over an event stream likewise, and an id of the stream is later than that', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun({ name: 'a' });
    const open = (cursor?: string, headers: Readonly<Record<string, string>> = {}) =>
      openEventStream(gateway.url, { query: NAMES, variables: { id }, headers, extensions: { cursor } });
    using first = await open();
    await first.received(1);
    rename(gateway.world, id, 'b');
    await first.received(2);
    const [snapshot, renamed] = first.events;

    using second = await open(snapshot?.id ?? '');
    using third = await open(snapshot?.id ?? '', { 'Last-Event-ID': renamed?.id ?? '' });
    rename(gateway.world, id, 'c');
    await Promise.all([first.received(3), second.received(2), third.received(1)]);

    const results = ({ events }: typeof first) => events.map(({ data }) => data);
    expect(said(results(first))).toEqual(['SNAPSHOT a', 'CHANGED b', 'CHANGED c']);
    expect(said(results(second))).toEqual(['CHANGED b', 'CHANGED c']);
    expect(said(results(third))).toEqual(['CHANGED c']);
    expect(first.events.map((event) => event.id)).toEqual(
      results(first).map((result) => (result as Result).extensions.cursor),
    );
  });

  it('is told that a cursor is a text when it brings something else', async () => {
    await using gateway = await fastGateway();
    const { id } = gateway.world.insert.scenarioRun();
    using stream = await openEventStream(gateway.url, {
      query: NAMES,
      variables: { id },
      extensions: { cursor: 7 },
    });
    using socket = await openSocket(gateway.url);
    await socket.init();
    socket.say({
      type: 'subscribe',
      id: '1',
      payload: { query: NAMES, variables: { id }, extensions: { cursor: 7 } },
    });
    await Promise.all([stream.ended, socket.received(2)]);

    const message = 'Expected `extensions.cursor` to be a cursor, which is a text';
    const errors = [{ message, extensions: { code: 'BAD_USER_INPUT' } }];
    expect(socket.messages.at(-1)).toMatchObject({ type: 'error', payload: errors });
    expect(stream.events[0]?.data).toMatchObject({ errors });
  });
});
