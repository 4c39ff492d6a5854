/** Beside ../official-client.test.ts, which has the client itself at this end: what it cannot easily bring about. */
import type { ConnectionOptions } from '@nats-io/nats-core/internal';
import { NatsConnectionImpl, setTransportFactory } from '@nats-io/nats-core/internal';
import { afterEach, expect, it } from 'vitest';
import { NodeClosedError } from '../../mesh/index.ts';
import { systemClock as clock, systemRandom as random, systemTimers as timers } from '../../runtime/index.ts';
import type { Broker, ClientVerb } from '../../services/pubsub/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { type BrokerAlone, brokerAlone } from '../alone.ts';
import { TabTransport } from './tab-transport.ts';

const system = { clock, timers, random };
const opened: BrokerAlone[] = [];
afterEach(() => {
  for (const alone of opened.splice(0)) alone.close();
});

function alone(): BrokerAlone {
  const made = brokerAlone({ ...system, maxPayloadBytes: 1024 * 1024 });
  opened.push(made);
  return made;
}

function connect(broker: Broker, options: ConnectionOptions = { reconnect: false }) {
  setTransportFactory({ factory: () => new TabTransport({ broker, ...system, isClosed: () => false }) });
  return NatsConnectionImpl.connect(options);
}

/** A Broker that takes nothing more of its clients until it is told to. */
function busyBroker() {
  let room: Promise<void> | undefined;
  let resolve = (): void => undefined;
  const said: ClientVerb[] = [];
  const connection = { say: (verb: ClientVerb) => said.push(verb), taken: () => undefined, room: () => room };
  const broker = { node: newNodeId(random), connect: () => connection } as unknown as Broker;
  return {
    broker,
    published: () => said.flatMap((verb) => (verb.type === 'pub' ? [verb.payload.length] : [])),
    fill() {
      room = new Promise((then) => {
        resolve = then;
      });
    },
    async empty() {
      room = undefined;
      resolve();
      await new Promise((then) => setTimeout(then));
    },
  };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it('ends with the Broker, and its client hears of it', async () => {
  const { broker } = alone();
  const client = await connect(broker);
  broker.close('the tab closes');
  await client.closed();
  expect(client.isClosed()).toBe(true);
});

it('leaves nothing at the Broker when its client closes', async () => {
  const { broker } = alone();
  const client = await connect(broker);
  client.subscribe('a');
  await client.flush();
  expect(broker.interests()).toHaveLength(1);
  await client.close();
  await expect.poll(() => broker.interests()).toEqual([]);
});

it('connects anew when its client wants to, with its subscriptions', async () => {
  const { broker } = alone();
  const client = await connect(broker, { reconnectTimeWait: 1 });
  const heard: string[] = [];
  client.subscribe('a', { callback: (_error, message) => void heard.push(message.string()) });
  await client.flush();
  const status = client.status();
  await client.reconnect();
  for await (const { type } of status) if (type === 'reconnect') break;
  client.publish('a', 'again');
  await expect.poll(() => heard).toEqual(['again']);
  expect(broker.interests()).toMatchObject([{ count: 1 }]);
  await client.close();
});

it('says that the tab has left its network instead of connecting', async () => {
  const { broker } = alone();
  const transport = new TabTransport({ broker, ...system, isClosed: () => true });
  await expect(transport.connect()).rejects.toThrow(NodeClosedError);
});

it('keeps what its client says while the Broker takes no more, and says it in order when it does', async () => {
  const { broker, published, fill, empty } = busyBroker();
  const transport = new TabTransport({ broker, ...system, isClosed: () => false });
  await transport.connect();
  transport.send(bytes('CONNECT {}\r\n'));
  const publish = (length: number): void =>
    transport.send(bytes(`PUB a ${length}\r\n${'x'.repeat(length)}\r\n`));
  fill();
  for (const length of [1, 2, 3]) publish(length);
  expect(published()).toEqual([1]);
  await empty();
  expect(published()).toEqual([1, 2, 3]);
  fill();
  for (const length of [4, 5]) publish(length);
  void empty();
  fill();
  await new Promise((then) => setTimeout(then, 10));
  expect(published()).toEqual([1, 2, 3, 4, 5].slice(0, published().length));
  publish(6);
  await empty();
  expect(published()).toEqual([1, 2, 3, 4, 5, 6]);
  await transport.close();
});

it('gives what was said before the end, then ends; closed by its client it gives nothing more', async () => {
  const { broker } = busyBroker();
  const read = async (end: (transport: TabTransport) => void): Promise<string> => {
    const transport = new TabTransport({ broker, ...system, isClosed: () => false });
    await transport.connect();
    transport.send(bytes('NONSENSE\r\n'));
    end(transport);
    let text = '';
    for await (const chunk of transport) text += new TextDecoder().decode(chunk);
    await transport.closed();
    expect(transport.isClosed).toBe(true);
    return text;
  };
  expect(await read(() => undefined)).toMatch(/^INFO .*\r\n-ERR 'Unknown Protocol Operation'\r\n$/);
  expect(await read((transport) => transport.disconnect())).toBe('');
  const failed = new TabTransport({ broker, ...system, isClosed: () => false });
  await failed.close(new Error('why'));
  expect(failed.closeError?.message).toBe('why');
});

it('brings a client that reads in its own time all that it wants, and hears it all the while', async () => {
  const { broker } = alone();
  const transport = new TabTransport({ broker, ...system, isClosed: () => false });
  await transport.connect();
  const publisher = await connect(broker);
  transport.send(bytes('CONNECT {"verbose":false}\r\nSUB a 1\r\n'));
  await publisher.flush();
  const payload = new Uint8Array(100_000);
  for (let i = 0; i < 30; i++) publisher.publish('a', payload);
  await publisher.flush();
  let length = 0;
  for await (const chunk of transport) {
    length += chunk.length;
    if (length > 30 * payload.length) transport.send(bytes('PING\r\n'));
    if (new TextDecoder().decode(chunk).endsWith('PONG\r\n')) break;
  }
  expect(length).toBeGreaterThan(30 * payload.length);
  await transport.close();
});
