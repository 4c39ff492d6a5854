import { describe, expect, it } from 'vitest';
import { FarmWorld } from '../../../../sim/farm-world.ts';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import type { BrokerConnection, Pattern, SlowPolicy, SubscriptionId } from '../contract.ts';
import { createBroker } from '../driver/broker.ts';
import type { Msg } from './msg.ts';
import { PubSub, type Status } from './pubsub.ts';
import type { Subscription } from './subscription.ts';

quietVirtualTime();

async function several(count: number, echo = true) {
  const world = new FarmWorld(1);
  const all = Array.from({ length: count }, () => {
    const { node, host: clock, random } = world.add();
    const broker = createBroker({ node, clock, timers: clock, random });
    const pubsub = new PubSub({ broker, clock, timers: clock, random, name: 'app', echo });
    nodes.set(pubsub, node);
    return pubsub;
  });
  await world.meet();
  return { world, all };
}

const nodes = new Map<PubSub, { close(): void }>();

async function two(echo = true): Promise<{ world: FarmWorld; a: PubSub; b: PubSub }> {
  const { world, all } = await several(2, echo);
  const [a, b] = all;
  if (!a || !b) throw new Error('unreachable');
  return { world, a, b };
}

/** Lets time run until it is settled. */
async function within<T>(world: FarmWorld, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = (): void => {
    isSettled = true;
  };
  promise.then(settled, settled);
  await world.runUntil(() => isSettled);
  return promise;
}

const codeOf = (world: FarmWorld, promise: Promise<unknown>): Promise<unknown> =>
  within(
    world,
    promise.then(
      () => 'fulfilled',
      (error: { code?: string }) => error.code ?? error,
    ),
  );

/** Reads to the end, in the background. */
function read(subscription: AsyncIterable<Msg>, onMsg: (msg: Msg) => void = () => undefined) {
  const seen: string[] = [];
  const done = (async () => {
    for await (const msg of subscription) {
      seen.push(msg.string());
      onMsg(msg);
    }
  })();
  return { seen, done };
}

async function ready(world: FarmWorld, subscription: Subscription): Promise<Subscription> {
  await within(world, subscription.ready);
  return subscription;
}

describe('publish and subscribe for an application', () => {
  it('tells the Broker of what a loop has read once for many messages, and of the last when it has read them all', async () => {
    const { world, a } = await two();
    const taken: number[] = [];
    let held: BrokerConnection | undefined;
    const connect = a.broker.connect.bind(a.broker);
    a.broker.connect = (client, kin) => {
      const connection = connect(client, kin);
      const tell = connection.taken.bind(connection);
      connection.taken = (bytes) => {
        taken.push(bytes);
        tell(bytes);
      };
      held = connection;
      return connection;
    };
    const { seen } = read(a.subscribe('x'));
    for (let i = 0; i < 1_000; i++) void a.publish('x', new Uint8Array(100));
    await world.runFor(1_000);
    expect(seen).toHaveLength(1_000);
    expect(taken.length).toBeLessThan(10);
    expect(held && a.broker.stats(held).pendingBytes).toBe(0);
  });

  it('lets the page go on in a loop over small messages that awaits each', async () => {
    const { world, a, b } = await two();
    const { seen } = read(await ready(world, b.subscribe('x')));
    let published = 0;
    const loop = (async () => {
      for (; published < 12_000; published++) await a.publish('x', `${published}`);
    })();
    for (let microtasks = 0; microtasks < 60_000; microtasks++) await Promise.resolve();
    expect(published).toBeLessThan(6_000);
    await within(world, loop);
    await world.runFor(1_000);
    expect(seen).toEqual(Array.from({ length: 12_000 }, (_, i) => `${i}`));
  });

  it('sends what it publishes and is awaited before its Node leaves', async () => {
    const { world, a, b } = await two();
    const { seen } = read(await ready(world, b.subscribe('x')));
    await a.publish('x', 'last');
    nodes.get(a)?.close();
    await world.runFor(1_000);
    expect(seen).toEqual(['last']);
  });

  it('loops over what others publish, with who, headers and subject', async () => {
    const { world, a, b } = await two();
    const subscription = await ready(world, b.subscribe('news.*'));
    const msgs: Msg[] = [];
    void read(subscription, (msg) => msgs.push(msg));
    await a.publish('news.sport', 'goal', { headers: { lang: 'en', tag: ['x', 'y'] } });
    await a.publish('news.json', JSON.stringify({ n: 1 }), { reply: 'back' });
    await world.runUntil(() => msgs.length === 2);
    const [first, second] = msgs;
    expect([first?.subject, first?.string(), first?.from, first?.reply]).toEqual([
      'news.sport',
      'goal',
      a.broker.node,
      '',
    ]);
    expect([first?.headers?.get('lang'), first?.headers?.values('tag')]).toEqual(['en', ['x', 'y']]);
    expect([second?.json(), second?.reply, second?.headers]).toEqual([{ n: 1 }, 'back', undefined]);
    expect(() => first?.json()).toThrow(/not JSON/);
    expect(first?.respond('?')).toBe(false);
    expect(a.stats()).toMatchObject({ outMsgs: 2, inMsgs: 0 });
    expect(b.stats()).toMatchObject({ inMsgs: 2 });
  });

  it('says who took a message, and why nobody did', async () => {
    const { world, a, b } = await two();
    await ready(world, b.subscribe('x'));
    await ready(world, b.subscribe('*'));
    expect(await within(world, a.publish('x', '', { ack: true }))).toEqual({ subscriptions: 2, nodes: 1 });
    expect(await codeOf(world, a.publish('x.y', '', { ack: true }))).toBe('no-responders');
    expect(await codeOf(world, a.publish('x', 'y'.repeat(1024 * 1024 + 1), { ack: true }))).toBe(
      'payload-too-large',
    );
    const signal = AbortSignal.abort();
    expect(await codeOf(world, a.publish('x', '', { ack: true, signal }))).toBe('cancelled');
  });

  it('asks one, and many', async () => {
    const { world, all } = await several(3);
    const [asker, one, other] = all;
    if (!asker || !one || !other) throw new Error('unreachable');
    for (const server of [one, other]) {
      const subscription = await ready(world, server.subscribe('who.*', { queue: 'servers' }));
      void read(subscription, (msg) => msg.respond(`${msg.subject}!`, { headers: { a: '1' } }));
      void read(await ready(world, server.subscribe('all')), (msg) => msg.respond(server.broker.node));
    }
    const answer = await within(world, asker.request('who.a', 'question'));
    expect([answer.string(), answer.headers?.get('a')]).toEqual(['who.a!', '1']);
    const both = read(asker.requestMany('all', '', { maxMessages: 2 }));
    await within(world, both.done);
    expect([...both.seen].sort()).toEqual([one.broker.node, other.broker.node].sort());
    const before = world.now();
    await within(world, read(asker.requestMany('all', '', { stallMs: 100 })).done);
    expect(world.now() - before).toBeLessThan(500);
    await within(world, read(asker.requestMany('all')).done);
    expect(world.now() - before).toBeGreaterThan(1_000);
  });

  it('keeps a bounded number of answers for a loop that does not read them, and says that there were more', async () => {
    const { world, a, b } = await two();
    const serving = await ready(world, b.subscribe('flood'));
    const answer = 'x'.repeat(512 * 1024);
    void read(serving, (msg) => {
      for (let i = 0; i < 20; i++) msg.respond(answer);
    });
    const answers = a.requestMany('flood', '', { maxWaitMs: 60_000 });
    expect((await within(world, answers.next())).done).toBe(false);
    await world.runFor(30_000);
    const rest = read(answers);
    expect(await codeOf(world, rest.done)).toBe('slow-consumer');
    expect(rest.seen.length).toBe(15);
  });

  it('counts the headers of answers, too', async () => {
    const { world, a, b } = await two();
    const headers = { x: 'x'.repeat(512 * 1024) };
    void read(await ready(world, b.subscribe('flood')), (msg) => {
      for (let i = 0; i < 20; i++) msg.respond('', { headers });
    });
    const answers = a.requestMany('flood', '', { maxWaitMs: 60_000 });
    await within(world, answers.next());
    await world.runFor(30_000);
    expect(await codeOf(world, read(answers).done)).toBe('slow-consumer');
  });

  it('goes on hearing answers after as many as a window holds came with headers that are none', async () => {
    const { world, a, b } = await two();
    const broken = new TextEncoder().encode(`NATS/1.0\r\nA: b\n${'c'.repeat(100_000)}\r\n\r\n`);
    const connection = b.broker.connect({
      hear: (verb) => {
        if (verb.type !== 'msg' || verb.reply === undefined) return;
        const answer = { type: 'pub', subject: verb.reply, reply: undefined, ack: undefined } as const;
        for (let i = 0; i < 5; i++)
          connection.say({ ...answer, headers: broken, payload: new Uint8Array(1) });
      },
    });
    connection.say({
      type: 'sub',
      sid: '1' as SubscriptionId,
      pattern: 'liar' as Pattern,
      queue: undefined,
      ack: undefined,
      slow: undefined,
    });
    await world.runFor(1_000);
    await within(world, read(a.requestMany('liar', '', { maxMessages: 5 })).done);
    void read(await ready(world, b.subscribe('honest')), (msg) => msg.respond('here'));
    expect((await within(world, a.request('honest'))).string()).toBe('here');
  });

  it('fails a request at once when nobody serves it, and in time when nobody answers', async () => {
    const { world, a, b } = await two();
    await ready(world, b.subscribe('silent'));
    const before = world.now();
    expect(await codeOf(world, a.request('nobody'))).toBe('no-responders');
    expect(await codeOf(world, read(a.requestMany('nobody')).done)).toBe('no-responders');
    expect(world.now() - before).toBeLessThan(100);
    expect(await codeOf(world, a.request('silent', '', { timeoutMs: 300 }))).toBe('no-answer');
    const abort = new AbortController();
    const cancelled = a.request('silent', '', { signal: abort.signal });
    abort.abort();
    expect(await codeOf(world, cancelled)).toBe('cancelled');
    expect(await codeOf(world, a.request('silent', '', { signal: abort.signal }))).toBe('cancelled');
  });

  it('tells a misuse at once, in words', async () => {
    const { world, a } = await two();
    expect(() => a.publish('a.*')).toThrow(/stands for other tokens/);
    expect(() => a.publish('a b')).toThrow(/blank/);
    expect(() => a.publish('a', '', { reply: '>' })).toThrow(/no subject/);
    expect(() => a.publish('a', '', { headers: { 'x:y': '1' } })).toThrow(/cannot name a header/);
    expect(() => a.publish('a', '', { headers: { x: 'a\r\nb' } })).toThrow(/line break/);
    expect(() => a.publish('a', 7 as unknown as string)).toThrow(/JSON.stringify/);
    expect(() => a.subscribe('a.>.b')).toThrow(/nothing comes after/);
    expect(await codeOf(world, a.request('a b'))).toBe('bad-subject');
    expect(() => a.publish('leafcutter.job.ab.done')).toThrow(/said by Leafcutter itself/);
    expect(await codeOf(world, a.request('leafcutter.job.ab.done'))).toBe('kept-subject');
  });

  it('is not made to say what only the system says, by whoever asks it', async () => {
    const { world, a, b } = await two();
    const heard = read(a.subscribe('leafcutter.>'));
    const serving = b.subscribe('time');
    const served = read(serving, (msg) => msg.respond('done'));
    await within(world, serving.ready);
    await within(world, a.publish('time', '?', { reply: 'leafcutter.job.ab.done', ack: true }));
    await world.runFor(1000);
    expect([served.seen, heard.seen]).toEqual([['?'], []]);
  });

  it('refuses what is too large by an error, and goes on', async () => {
    const { world, a, b } = await two();
    const large = new Uint8Array(1024 * 1024 + 1);
    const served = read(await ready(world, b.subscribe('x')), (msg) => {
      expect(() => msg.respond(large)).toThrow(/over the limit/);
      msg.respond('small');
    });
    expect(() => a.publish('x', large)).toThrow(/over the limit of 1048576; share it as a Blob/);
    expect(await codeOf(world, a.request('x', large))).toBe('payload-too-large');
    expect((await within(world, a.request('x'))).string()).toBe('small');
    expect([served.seen.length, a.isClosed(), b.isClosed()]).toEqual([1, false, false]);
  });

  it('refuses what only a program without types can say, by the error of that misuse', async () => {
    const { a } = await two();
    const code = (act: () => unknown): unknown => {
      try {
        return act();
      } catch (error) {
        return (error as { code?: string }).code ?? error;
      }
    };
    const untyped = (value: unknown): string => value as string;
    expect(code(() => a.publish(untyped(undefined)))).toBe('bad-subject');
    expect(code(() => a.publish('x', '', { reply: untyped(5) }))).toBe('bad-subject');
    expect(code(() => a.publish('x', '', { headers: { n: untyped(1) } }))).toBe('bad-header');
    expect(code(() => a.publish('x', '', { headers: { n: [untyped(null)] } }))).toBe('bad-header');
    expect(code(() => a.subscribe(untyped({})))).toBe('bad-pattern');
    for (const max of [0, -1, 1.5, Number.NaN])
      expect(code(() => a.subscribe('x', { max }))).toBe('bad-option');
    for (const queue of ['', 'a b', 'a\n'])
      expect(code(() => a.subscribe('x', { queue }))).toBe('bad-option');
    const wrong: readonly unknown[] = [
      5,
      'wait',
      { mode: 'throw', maxBytes: 9 },
      { mode: 'wait' },
      { mode: 'drop', maxBytes: 0 },
    ];
    for (const slow of wrong as readonly SlowPolicy[])
      expect(code(() => a.subscribe('x', { slow }))).toBe('bad-option');
    for (const ms of [0, -1, Number.NaN, untyped('9') as unknown as number]) {
      await expect(a.request('x', '', { timeoutMs: ms })).rejects.toMatchObject({ code: 'bad-option' });
      expect(code(() => a.requestMany('x', '', { maxWaitMs: ms }))).toBe('bad-option');
      expect(code(() => a.requestMany('x', '', { stallMs: ms }))).toBe('bad-option');
      expect(code(() => a.requestMany('x', '', { maxMessages: ms }))).toBe('bad-option');
    }
  });

  it('carries no headers where none are given: a payload of the limit fits, and the reader sees none', async () => {
    const { world, a, b } = await two();
    const msgs: Msg[] = [];
    void read(await ready(world, b.subscribe('x')), (msg) => msgs.push(msg));
    const most = new Uint8Array(1024 * 1024);
    await within(world, a.publish('x', most, { headers: {}, ack: true }));
    await within(world, a.publish('x', most, { headers: { k: [] }, ack: true }));
    expect(msgs.map(({ headers, data }) => [headers, data.length])).toEqual([
      [undefined, most.length],
      [undefined, most.length],
    ]);
  });

  it('has closed when what lies unread is given up, by hand or by its signal', async () => {
    const { world, a } = await two();
    const abort = new AbortController();
    const full = [a.subscribe('x', { max: 3 }), a.subscribe('x', { max: 3 })] as const;
    const aborted = a.subscribe('x', { max: 3, signal: abort.signal });
    for (const text of ['1', '2', '3']) void a.publish('x', text);
    for await (const msg of full[0]) if (msg.string() === '1') break;
    full[1].unsubscribe();
    abort.abort();
    await within(world, Promise.all([full[0].closed, full[1].drain(), aborted.closed]));
    expect(await aborted.next()).toEqual({ done: true, value: undefined });
  });

  it('ends a subscription after so many, by its signal, by leaving the loop, and by hand', async () => {
    const { world, a } = await two();
    const abort = new AbortController();
    const [few, aborted, left, ended] = [
      a.subscribe('x', { max: 2 }),
      a.subscribe('x', { signal: abort.signal }),
      a.subscribe('x'),
      a.subscribe('x'),
    ];
    for (const text of ['1', '2', '3']) void a.publish('x', text);
    abort.abort();
    ended.unsubscribe();
    for await (const msg of left) if (msg.string() === '2') break;
    const fewRead = read(few);
    await within(world, Promise.all([fewRead.done, few.closed, aborted.next(), ended.next()]));
    expect(fewRead.seen).toEqual(['1', '2']);
    expect([few, aborted, left, ended].map((one) => one.isClosed())).toEqual([true, true, true, true]);
    expect([few.getReceived(), few.getPending()]).toEqual([2, 0]);
    expect(await codeOf(world, a.publish('x', '', { ack: true }))).toBe('no-responders');
  });

  it('holds up nobody with a loop that stands still, and tells what that lost', async () => {
    const { world, a } = await two();
    const slow = { mode: 'drop', maxBytes: 10_000 } as const;
    const stopped = a.subscribe('x', { slow });
    const brisk = read(a.subscribe('x'));
    const events: Status[] = [];
    void (async () => {
      for await (const status of a.status()) events.push(status);
    })();
    await world.runFor(10);
    for (let i = 0; i < 500; i++) {
      void a.publish('x', 'x'.repeat(1000));
      await Promise.resolve();
    }
    await world.runUntil(() => brisk.seen.length === 500);
    expect(stopped.getPending()).toBeLessThan(300);
    await a.publish('x', 'last');
    const rest = read(stopped);
    await world.runFor(100);
    await a.publish('x', 'end');
    await world.runUntil(() => rest.seen.at(-1) === 'end');
    expect(rest.seen.length + stopped.getLost()).toBe(502);
    await world.runUntil(() => events.length > 0);
    expect(events[0]).toMatchObject({ type: 'slowConsumer', sub: stopped, lost: stopped.getLost() });
  });

  it('reads what is here before it is drained, and closes after it', async () => {
    const { world, a, b } = await two();
    const subscription = await ready(world, b.subscribe('x'));
    for (let i = 0; i < 400; i++) await a.publish('x', String(i).padEnd(1024));
    await within(world, a.publish('x', 'last', { ack: true }));
    const drained = b.drain();
    await a.flush();
    void a.publish('x', 'too late');
    await world.runFor(100);
    const { seen } = read(subscription);
    await within(world, drained);
    expect([seen.length, seen.at(-1)]).toEqual([401, 'last']);
    expect(b.isClosed()).toBe(true);
    expect(() => b.publish('x')).toThrow(/closed here/);
  });

  it('is ready once it had all that it asked for, though not everyone knew of it yet; one that was ended before never is', async () => {
    const { world, b } = await two();
    const one = b.subscribe('x', { max: 1 });
    const { seen } = read(one);
    void b.publish('x', 'of the same Node');
    const none = b.subscribe('x');
    none.unsubscribe();
    expect(await codeOf(world, one.ready)).toBe('fulfilled');
    expect(seen).toEqual(['of the same Node']);
    await expect(none.ready).rejects.toThrow('the subscription to "x" is not ready: it was ended');
  });

  it('does not hear itself where it wants that', async () => {
    const { world, a, b } = await two(false);
    const own = read(a.subscribe('x'));
    const theirs = read(await ready(world, b.subscribe('x')));
    await a.publish('x', 'hello');
    await world.runUntil(() => theirs.seen.length === 1);
    expect(own.seen).toEqual([]);
  });

  it('ends everything with its Broker, and rejects what waits', async () => {
    const { world, a, b } = await two();
    const subscription = await ready(world, b.subscribe('x'));
    const loop = read(subscription);
    const asked = codeOf(world, b.request('x', '', { timeoutMs: 60_000 }));
    await world.runFor(10);
    b.broker.close('the tab closes');
    expect(await asked).toBe('pubsub-closed');
    await within(world, Promise.all([loop.done, b.closed()]));
    await expect(b.rtt()).rejects.toThrow(/the tab closes/);
    expect(await a.rtt()).toBeLessThan(5);
  });

  it('ends everything with its Node', async () => {
    const { world, a } = await two();
    const loop = read(a.subscribe('x'));
    await world.runFor(10);
    nodes.get(a)?.close();
    await within(world, Promise.all([loop.done, a.closed()]));
    expect(() => a.publish('x')).toThrow(/left the network/);
  });
});
