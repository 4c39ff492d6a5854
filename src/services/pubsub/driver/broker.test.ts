import { describe, expect, it } from 'vitest';
import { FarmWorld } from '../../../../sim/farm-world.ts';
import { aBroker, brokerWith, KIB, two } from '../../../../sim/lone-broker.testing.ts';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { setLogSink } from '../../../runtime/index.ts';
import { TestClient, text } from '../client.testing.ts';
import { CLIENT_WINDOW_BYTES, type Pattern, type SubscriptionId } from '../contract.ts';
import { MAX_TOGETHER_BYTES } from '../publication-codec.ts';
import { createBroker } from './broker.ts';

quietVirtualTime();

describe('the Broker of one Node', () => {
  it('goes on with the next when one event cannot be handled', () => {
    const [a, b] = two();
    const said: string[] = [];
    setLogSink((level, text) => said.push(`${level} ${text}`));
    a.sub('1', 'jobs.*');
    const broken = { type: 'pub', subject: 'jobs.a', reply: undefined, headers: undefined, ack: undefined };
    b.connection.say({ ...broken, payload: undefined } as never);
    b.pub('jobs.b', 'heard');
    expect(a.lines).toEqual(['1 jobs.b heard']);
    expect(said).toEqual(['error the broker failed at "said"']);
  });

  it('goes on with a client that fails at messages, past what its window holds', () => {
    const broker = aBroker();
    const publisher = new TestClient(broker);
    const tried: number[] = [];
    setLogSink(() => undefined);
    const failing = broker.connect({
      hear: (verb) => {
        if (verb.type !== 'msg') return;
        tried.push(verb.payload.length);
        throw new Error('it cannot');
      },
    });
    const sub = { type: 'sub', queue: undefined, ack: undefined, slow: undefined } as const;
    failing.say({ ...sub, sid: '1' as SubscriptionId, pattern: 'x' as Pattern });
    const payload = new Uint8Array(CLIENT_WINDOW_BYTES / 4);
    for (let i = 0; i < 20; i++) publisher.pub('x', payload);
    expect(tried).toHaveLength(20);
  });

  it('tells its own clients, and the publisher, when the mesh fails at a message', async () => {
    const world = new FarmWorld(1);
    const { node, host, random } = world.add();
    const stream = node.stream.bind(node);
    node.stream = (name) => {
      const own = stream(name);
      const send = own.send.bind(own);
      own.send = (target, type, body, options) => {
        if (type === 'whole') throw new Error('it cannot');
        return send(target, type, body, options);
      };
      return own;
    };
    const broker = createBroker({ node, clock: host, timers: host, random });
    const other = world.add();
    const far = new TestClient(
      createBroker({ node: other.node, clock: other.host, timers: other.host, random: other.random }),
    );
    await world.meet();
    const [publisher, near] = [new TestClient(broker), new TestClient(broker)];
    near.sub('1', 'x');
    far.sub('1', 'x');
    await world.runFor(2_000);
    publisher.pub('x', 'here', { ack: 1 });
    await world.runFor(2_000);
    expect(near.payloads).toEqual(['here']);
    expect(publisher.outcome(1)).toMatchObject({ failure: 'partial', subscriptions: 1 });
  });

  it('sends what it publishes in one turn to the same Nodes as one message, in order with what else it says', async () => {
    const world = new FarmWorld(1);
    const [here, there] = [world.add(), world.add()];
    let sent: string[] = [];
    const stream = here.node.stream.bind(here.node);
    here.node.stream = (name) => {
      const own = stream(name);
      const { send, broadcast } = { send: own.send.bind(own), broadcast: own.broadcast.bind(own) };
      own.send = (target, type, ...rest) => {
        sent.push(type);
        return send(target, type, ...rest);
      };
      own.broadcast = (type, ...rest) => {
        sent.push(type);
        return broadcast(type, ...rest);
      };
      return own;
    };
    const [broker, far] = [here, there].map(({ node, host, random }) =>
      createBroker({ node, clock: host, timers: host, random }),
    );
    if (!broker || !far) throw new Error('unreachable');
    await world.meet();
    const [publisher, subscriber] = [new TestClient(broker), new TestClient(far)];
    subscriber.sub('1', 'x.*');
    await world.runFor(2_000);
    sent = [];
    for (const name of ['a', 'b', 'c']) publisher.pub(`x.${name}`, name);
    publisher.sub('1', 'y');
    publisher.pub('x.d', 'd');
    await world.runFor(2_000);
    expect(subscriber.payloads).toEqual(['a', 'b', 'c', 'd']);
    expect(sent).toEqual(['whole', 'delta', 'whole']);
    sent = [];
    const large = new Uint8Array(MAX_TOGETHER_BYTES / 2);
    for (let i = 0; i < 4; i++) publisher.pub('x.large', large);
    await world.runFor(2_000);
    expect([subscriber.payloads.length, sent]).toEqual([8, ['whole', 'whole', 'whole', 'whole']]);
  });

  it('acknowledges no answer to its interest by a frame of its own while others may come', async () => {
    const world = new FarmWorld(1);
    const all = Array.from({ length: 3 }, () => {
      const { node, host, random } = world.add();
      return { node, broker: createBroker({ node, clock: host, timers: host, random }) };
    });
    await world.meet();
    await world.runFor(2_000);
    const [first] = all;
    if (!first) throw new Error('unreachable');
    let acknowledgements = 0;
    first.node.inspection.trace(({ direction, type, index }) => {
      if (direction === 'out' && type === 'msg' && index === -1) acknowledgements++;
    });
    const client = new TestClient(first.broker);
    client.sub('1', 'x', { ack: 1 });
    await world.runUntil(() => client.outcome(1) !== undefined);
    await world.runFor(100);
    expect([client.outcome(1)?.nodes, acknowledgements]).toEqual([3, 0]);
  });

  it('says at once who it is and what it can do', () => {
    const [a, , broker] = two();
    expect(a.heard[0]).toEqual({
      type: 'info',
      info: { node: broker.node, maxPayloadBytes: 1024 * 1024, extensions: ['ack', 'ready', 'slow'] },
    });
  });

  it('brings a message to every subscription that it matches, once to each', () => {
    const [a, b, broker] = two();
    a.sub('1', 'jobs.*');
    a.sub('2', 'jobs.>');
    b.sub('1', 'jobs.new');
    b.sub('2', 'other');
    b.pub('jobs.new', 'hello');
    expect([...a.lines].sort()).toEqual(['1 jobs.new hello', '2 jobs.new hello']);
    expect(b.lines).toEqual(['1 jobs.new hello']);
    expect(b.messages[0]).toMatchObject({ from: broker.node, lost: 0, reply: undefined });
  });

  it('keeps one publisher in its order over all subjects, also for a client that reads slowly', () => {
    const [a, b] = two();
    a.sub('1', 'x');
    a.sub('2', 'y');
    a.isReading = false;
    for (let i = 0; i < 600; i++) b.pub(i % 3 === 0 ? 'x' : 'y', new Uint8Array(1024).fill(i % 251));
    expect(a.messages.length).toBeLessThan(300);
    a.read();
    expect(a.messages.map(({ payload }) => payload[0])).toEqual(
      Array.from({ length: 600 }, (_, i) => i % 251),
    );
  });

  it('gives a message to one member of each queue group, and shares them out', () => {
    const { clients } = brokerWith(4);
    const [publisher, ...members] = clients;
    for (const member of members) member.sub('1', 'work.*', { queue: 'crew' });
    members[0]?.sub('2', 'work.>', { queue: 'others' });
    for (let i = 0; i < 300; i++) publisher?.pub('work.a', String(i));
    const taken = members.map(({ messages }) => messages.filter(({ sid }) => sid === '1').length);
    expect(taken).toEqual([100, 100, 100]);
    expect(members[0]?.messages.filter(({ sid }) => sid === '2')).toHaveLength(300);
  });

  it('takes queue members for one group by name, whatever pattern each subscribed to', () => {
    const [a, b] = two();
    a.sub('1', 'work.*', { queue: 'crew' });
    b.sub('1', 'work.a', { queue: 'crew' });
    for (let i = 0; i < 10; i++) a.pub('work.a');
    expect([a.messages.length, b.messages.length]).toEqual([5, 5]);
  });

  it('passes over a queue member that is full while another has room', () => {
    const [a, b] = two();
    for (const one of [a, b]) one.sub('1', 'w', { queue: 'q', slow: { mode: 'drop', maxBytes: 4096 } });
    a.isReading = false;
    for (let i = 0; i < 2_000; i++) b.pub('w', KIB);
    expect(a.messages.length + b.messages.length).toBe(2_000 - 3);
  });

  it('takes what a client may not hear for not its own: it is not counted, not taken, and another of the queue group has it', () => {
    const { broker } = brokerWith(0);
    const mayHear = (subject: string, queue: string | undefined): boolean =>
      subject !== 'x.secret' || queue === 'open';
    const [a, b] = [new TestClient(broker, { mayHear }), new TestClient(broker)];
    a.sub('plain', 'x.*');
    a.unsub('plain', 2);
    b.pub('x.secret', 'one', { ack: 1 });
    expect(b.outcome(1)?.failure).toBe('no-responders');
    a.sub('crew', 'x.>', { queue: 'crew' });
    b.sub('crew', 'x.*', { queue: 'crew' });
    for (let i = 0; i < 10; i++) b.pub('x.secret', 'two');
    expect([a.messages.length, b.messages.length]).toEqual([0, 10]);
    a.sub('open', 'x.>', { queue: 'open' });
    b.pub('x.secret', 'three');
    expect(a.messages.map(({ sid }) => sid)).toEqual(['open']);
    for (const one of ['four', 'five', 'six']) b.pub('x.news', one);
    expect(a.messages.filter(({ sid }) => sid === 'plain')).toHaveLength(2);
  });

  it('ends a subscription after as many messages as it asked for', () => {
    const [a, b] = two();
    a.sub('1', 'x');
    b.pub('x', 'one');
    a.unsub('1', 3);
    for (const one of ['two', 'three', 'four']) b.pub('x', one);
    expect(a.payloads).toEqual(['one', 'two', 'three']);
    a.sub('2', 'x');
    a.unsub('2', 1);
    a.isReading = false;
    b.pub('x', 'five');
    a.unsub('2', 1);
    b.pub('x', 'six', { ack: 1 });
    expect(a.payloads).toEqual(['one', 'two', 'three', 'five']);
    expect(b.outcome(1)?.failure).toBe('no-responders');
  });

  it('drops what waits for a subscription that is ended at once', () => {
    const [a, b] = two();
    a.sub('1', 'x');
    a.sub('2', 'y');
    a.isReading = false;
    for (let i = 0; i < 400; i++) b.pub('x', KIB);
    b.pub('y', 'still');
    a.unsub('1');
    a.unsub('no such thing');
    a.read();
    expect(a.messages.length).toBeLessThan(CLIENT_WINDOW_BYTES / 1024 + 2);
    expect(a.lines.at(-1)).toBe('2 y still');
  });

  it('keeps the first subscription of a name, and says so to who wants to know', () => {
    const [a, b] = two();
    a.sub('1', 'x', { ack: 1 });
    a.sub('1', 'y', { ack: 2 });
    b.pub('x', 'first');
    b.pub('y', 'second');
    expect(a.outcome(1)).toEqual({ subscriptions: 0, nodes: 1, failure: undefined, reason: '' });
    expect(a.outcome(2)).toMatchObject({ failure: 'subscription-taken' });
    expect(a.payloads).toEqual(['first']);
  });

  it('answers a request, and at once when nobody serves it', () => {
    const [asker, server] = two();
    server.sub('1', 'add');
    server.onMessage = ({ reply }) => reply && server.pub(reply, '42');
    asker.sub('inbox', '_INBOX.a.*');
    asker.pub('add', '40 2', { reply: '_INBOX.a.1' });
    expect(asker.payloads).toEqual(['42']);
    asker.pub('nobody', '', { reply: '_INBOX.a.2' });
    const last = asker.messages.at(-1);
    expect([last?.subject, text(last?.headers), last?.payload.length]).toEqual([
      '_INBOX.a.2',
      'NATS/1.0 503\r\n\r\n',
      0,
    ]);
  });

  it('tells that nobody serves it to the requester alone, and only to one that asked for it', () => {
    const [asker, other, broker] = two();
    other.sub('1', '_INBOX.>');
    asker.sub('1', '_INBOX.a');
    asker.pub('nobody', '', { reply: '_INBOX.a' });
    expect([asker.messages.length, other.messages.length]).toEqual([1, 0]);
    const silent = new TestClient(broker, { noResponders: false });
    silent.sub('1', '_INBOX.b');
    silent.pub('nobody', '', { reply: '_INBOX.b' });
    expect(silent.messages).toHaveLength(0);
  });

  it('spares a client its own messages when it wants that, and those of its kin', () => {
    const broker = aBroker();
    const quiet = new TestClient(broker, { echo: false });
    const kin = new TestClient(broker, { echo: false }, quiet);
    const other = new TestClient(broker);
    for (const one of [quiet, kin, other]) {
      one.sub('1', 'x');
      one.sub('2', 'x', { queue: 'q' });
    }
    quiet.pub('x');
    expect([quiet, kin, other].map(({ messages }) => messages.length)).toEqual([0, 0, 2]);
  });

  it('brings headers to clients that take them, and the bare message to the others', () => {
    const broker = aBroker();
    const modern = new TestClient(broker);
    const old = new TestClient(broker, { headers: false });
    for (const one of [modern, old]) one.sub('1', 'x');
    modern.pub('x', 'body', { headers: 'NATS/1.0\r\na: 1\r\n\r\n' });
    expect(text(modern.messages[0]?.headers)).toBe('NATS/1.0\r\na: 1\r\n\r\n');
    expect(old.messages[0]).toMatchObject({ headers: undefined });
    expect(old.payloads).toEqual(['body']);
  });

  it('says how many subscriptions have taken a message', () => {
    const { clients } = brokerWith(3);
    const [a, b, c] = clients;
    a?.sub('1', 'x');
    b?.sub('1', '*');
    b?.sub('2', 'x', { queue: 'q' });
    c?.sub('1', 'x', { queue: 'q' });
    c?.pub('x', '', { ack: 7 });
    expect(c?.outcome(7)).toEqual({ subscriptions: 3, nodes: 1, failure: undefined, reason: '' });
    c?.pub('y.y', '', { ack: 8 });
    expect(c?.outcome(8)).toMatchObject({ subscriptions: 0, nodes: 0, failure: 'no-responders' });
  });

  it('refuses what is too large: by the ack where there is one, else by closing', () => {
    const broker = aBroker(10);
    const a = new TestClient(broker);
    a.pub('x', '12345678901', { ack: 1 });
    expect(a.outcome(1)).toMatchObject({ failure: 'too-large' });
    a.pub('x', '1234567890');
    expect(a.isClosed).toBe(false);
    a.pub('x', '12345678901');
    expect(a.heard.at(-1)).toMatchObject({
      type: 'close',
      reason: expect.stringContaining('over the limit of 10'),
    });
  });

  it('is silent to a client that closed, and hears it no more', () => {
    const [a, b, broker] = two();
    a.sub('1', 'x');
    a.connection.say({ type: 'close', reason: 'done' });
    const before = a.heard.length;
    a.sub('2', 'x');
    a.connection.say({ type: 'ping' });
    b.pub('x', '', { ack: 1 });
    expect(a.heard).toHaveLength(before);
    expect(b.outcome(1)?.failure).toBe('no-responders');
    expect(broker.stats(a.connection).subscriptions).toBe(0);
  });

  it('ends every client with a reason when it closes', () => {
    const [a, b, broker] = two();
    broker.close('the tab closes');
    broker.close('again');
    for (const one of [a, b])
      expect(one.heard.filter(({ type }) => type === 'close')).toEqual([
        { type: 'close', reason: 'the tab closes' },
      ]);
  });

  it('answers a ping, and hears what is said to it while it speaks', () => {
    const [a, b] = two();
    a.sub('1', 'x.*');
    a.onMessage = ({ subject }) => {
      if (subject === 'x.1') a.pub('x.2');
    };
    b.connection.say({ type: 'ping' });
    b.pub('x.1');
    b.pub('x.3');
    expect(b.heard.at(-1)).toEqual({ type: 'pong' });
    expect(a.messages.map(({ subject }) => subject)).toEqual(['x.1', 'x.2', 'x.3']);
  });

  it('goes on when a client throws', () => {
    const [a, b] = two();
    a.sub('1', 'x');
    b.sub('1', 'x');
    a.onMessage = () => {
      throw new Error('a bad client');
    };
    b.pub('x', '', { ack: 1 });
    expect(b.messages).toHaveLength(1);
    expect(b.outcome(1)?.subscriptions).toBe(2);
  });

  it('tells who listens by pattern, once its interest is told', () => {
    const [a, b, broker] = two();
    a.sub('1', 'x.*');
    b.sub('1', 'x.*');
    expect(broker.listeners({ about: 'X' })).toMatchObject({
      listeners: [{ pattern: 'x.*', nodeCount: 1, entries: [{ node: broker.node }] }],
      hasMore: false,
    });
    expect(broker.listeners({ about: 'y' }).listeners).toEqual([]);
  });

  it('counts what a client says and hears', () => {
    const [a, b, broker] = two();
    a.sub('1', 'x');
    a.sub('2', 'y', { queue: 'q' });
    b.pub('x', 'four');
    expect(broker.stats(b.connection)).toMatchObject({ inMessages: 1, inBytes: 4, outMessages: 0 });
    expect(broker.stats(a.connection)).toMatchObject({ subscriptions: 2, outMessages: 1, outBytes: 4 });
    expect(broker.subscriptions(a.connection)).toEqual([
      { pattern: 'x', queue: undefined, sid: '1', messages: 1 },
      { pattern: 'y', queue: 'q', sid: '2', messages: 0 },
    ]);
  });
});
