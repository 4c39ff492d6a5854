import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import type { BrokerEffect, BrokerEvent } from './broker-events.ts';
import { BrokerState } from './broker-state.ts';
import type { ClientId } from './client-state.ts';
import { MAX_ADVERTISED, type Pattern, type Subject, type SubscriptionId } from './contract.ts';

const random = seededRandom(9);
const [self, near, far] = [newNodeId(random), newNodeId(random), newNodeId(random)];
const client = 1 as ClientId;
const payload = new Uint8Array();
const pub = { type: 'pub', subject: 'work' as Subject, headers: undefined, payload } as const;

function state(): BrokerState {
  const broker = new BrokerState({ self, random, hops: (node) => (node === near ? 1 : 2) });
  broker.handle({ type: 'opened', client, kin: undefined }, 0);
  const options = { name: '', echo: true, headers: true, noResponders: true };
  broker.handle({ type: 'said', client, verb: { type: 'connect', options } }, 0);
  return broker;
}

function meets(broker: BrokerState, node: NodeId): void {
  broker.handle({ type: 'joined', node }, 0);
  const changes = [{ pattern: 'work' as Pattern, queue: 'crew', count: 1 }];
  const table = { edition: { epoch: 1, version: 1 }, wantsSeen: false, isFirst: true, isLast: true, changes };
  broker.handle({ type: 'heard', from: node, message: { type: 'table', ...table } }, 0);
}

const targets = (effects: readonly BrokerEffect[]): readonly NodeId[] =>
  effects.flatMap((effect) => (effect.type === 'publish' ? effect.outgoing.targets : []));

const seqOf = (effects: readonly BrokerEffect[]): number =>
  effects.flatMap((effect) => (effect.type === 'publish' ? effect.outgoing.seq : []))[0] ?? 0;

it('prefers the queue member with the shortest path, and takes the other when it is gone', () => {
  const broker = state();
  meets(broker, far);
  meets(broker, near);
  const said = { type: 'said', client, verb: { ...pub, reply: undefined, ack: undefined } } as const;
  for (let i = 0; i < 5; i++) expect(targets(broker.handle(said, 0))).toEqual([near]);
  expect(targets(broker.handle({ type: 'left', node: near }, 0))).toEqual(Array(5).fill(far));
});

it('tells a publisher that its taker has begun anew, though nobody had missed it, and hears no answer to an earlier life', () => {
  const broker = state();
  meets(broker, near);
  const said = { type: 'said', client, verb: { ...pub, reply: undefined, ack: 1 } } as const;
  const seq = seqOf(broker.handle(said, 0));
  const hello = { type: 'hello', edition: { epoch: 2, version: 0 }, wantsTable: true } as const;
  const heard = { type: 'heard', from: near, message: hello } as const;
  const acks = (effects: readonly BrokerEffect[]) =>
    effects.flatMap((effect) =>
      effect.type === 'tell' && effect.verb.type === 'ack' ? effect.verb.outcome.failure : [],
    );
  expect(acks(broker.handle(heard, 100))).toEqual(['partial']);
  expect(acks(broker.handle(heard, 100))).toEqual([]);
  expect(seqOf(state().handle(said, 0))).not.toBe(seq);
});

it('sends its table once at a time to a Node, however often it is asked for', () => {
  const broker = state();
  meets(broker, near);
  const hello = { type: 'hello', edition: { epoch: 1, version: 1 }, wantsTable: true } as const;
  const tables = (effects: readonly BrokerEffect[]) =>
    effects.flatMap((effect) =>
      effect.type === 'send' && effect.message.type === 'table' ? [effect.message] : [],
    );
  const ask = () => tables(broker.handle({ type: 'heard', from: near, message: hello }, 0));
  const [table] = ask();
  if (!table) throw new Error('no table');
  for (let i = 0; i < 100; i++) expect(ask()).toEqual([]);
  const sent = { type: 'sent', to: near, message: table, hasArrived: true } as const;
  expect(tables(broker.handle(sent, 0))).toHaveLength(1);
  expect(tables(broker.handle(sent, 0))).toEqual([]);
  expect(ask()).toHaveLength(1);
});

it('remembers once what a Node says is lost, however often it says so', () => {
  const broker = state();
  meets(broker, near);
  const said = { type: 'said', client, verb: { ...pub, reply: undefined, ack: 1 } } as const;
  broker.handle(said, 0);
  const gap = { type: 'heard', from: near, message: { type: 'gap', after: 0 } } as const;
  for (let nowMs = 0; nowMs < 5_000; nowMs += 10) broker.handle(gap, nowMs);
  expect(broker.handle({ type: 'wake' }, 5_000)).toMatchObject([{ type: 'tell', verb: { type: 'ack' } }]);
  expect(broker.nextWakeAt).toBeGreaterThan(10_000);
});

it('gives a message to one other member when a Node says, however often, that its own is gone', () => {
  const broker = state();
  const others = [newNodeId(random), newNodeId(random), newNodeId(random)];
  for (const node of [near, ...others]) meets(broker, node);
  const verb = { ...pub, reply: undefined, ack: 1 };
  const sent = broker.handle({ type: 'said', client, verb }, 0);
  expect(targets(sent)).toEqual([near]);
  const result = { seq: seqOf(sent), subscriptions: 0, dropped: 0, missing: ['crew', 'crew', 'crew'] };
  const heard = { type: 'heard', from: near, message: { type: 'result', result } } as const;
  expect(targets(broker.handle(heard, 0))).toHaveLength(1);
});

it('asks for the whole when a change does not follow on what it holds', () => {
  const broker = state();
  meets(broker, near);
  const edition = { epoch: 1, version: 3 };
  const message = { type: 'delta', edition, order: 1, wantsSeen: false, changes: [] } as const;
  expect(broker.handle({ type: 'heard', from: near, message }, 0)).toMatchObject([
    { type: 'send', to: near, message: { type: 'hello', wantsTable: true } },
  ]);
  expect(broker.known.entries()).toEqual([]);
});

it('waits three seconds for a Node that has our question and no Broker, and then says that nobody serves', () => {
  const broker = state();
  broker.handle({ type: 'joined', node: near }, 0);
  const hello = { type: 'hello', edition: { epoch: 0, version: 0 }, wantsTable: true } as const;
  broker.handle({ type: 'sent', to: near, message: hello, hasArrived: true }, 100);
  const sub = {
    type: 'sub',
    sid: '1' as never,
    pattern: 'inbox' as Pattern,
    queue: undefined,
    slow: undefined,
  } as const;
  broker.handle({ type: 'said', client, verb: { ...sub, ack: undefined } }, 100);
  const verb = { ...pub, reply: 'inbox' as Subject, ack: undefined };
  const told = (effects: readonly BrokerEffect[]) => effects.filter(({ type }) => type === 'tell');
  expect(told(broker.handle({ type: 'said', client, verb }, 200))).toEqual([]);
  expect(told(broker.handle({ type: 'wake' }, 3_099))).toEqual([]);
  expect(told(broker.handle({ type: 'wake' }, 3_100))).toMatchObject([
    { verb: { type: 'msg', subject: 'inbox' } },
  ]);
});

it('remembers of one Node no more than a Node may tell', () => {
  const broker = state();
  meets(broker, near);
  for (let version = 2; version < 40; version++) {
    const changes = Array.from({ length: 256 }, (_, i) => ({
      ...{ pattern: `forged.${version}.${i}` as Pattern, queue: undefined, count: 1 },
    }));
    const edition = { epoch: 1, version };
    const message = { type: 'delta', edition, order: version, wantsSeen: false, changes } as const;
    broker.handle({ type: 'heard', from: near, message }, 0);
  }
  expect(broker.known.entries()).toHaveLength(MAX_ADVERTISED + 1);
  expect(broker.counters.malformed).toBe(1 + 38 * 256 - MAX_ADVERTISED - 1);
});

it('tells its first change at once, and what comes within 20 ms of it together, even when it is gone again', () => {
  const broker = state();
  meets(broker, near);
  const sub = (sid: string, ack?: number) =>
    ({
      type: 'sub',
      sid: sid as never,
      pattern: sid as Pattern,
      queue: undefined,
      slow: undefined,
      ack,
    }) as const;
  const deltas = (effects: readonly BrokerEffect[]) =>
    effects.flatMap((effect) =>
      effect.type === 'broadcast' && effect.message.type === 'delta' ? [effect.message.changes.length] : [],
    );
  const say = (verb: Parameters<BrokerState['handle']>[0] & { type: 'said' }, nowMs: number) =>
    deltas(broker.handle(verb, nowMs));
  expect(say({ type: 'said', client, verb: sub('a') }, 1_000)).toEqual([1]);
  expect(say({ type: 'said', client, verb: sub('b') }, 1_005)).toEqual([]);
  expect(say({ type: 'said', client, verb: sub('c') }, 1_010)).toEqual([]);
  expect(deltas(broker.handle({ type: 'wake' }, 1_020))).toEqual([2]);
  expect(say({ type: 'said', client, verb: sub('d', 7) }, 1_030)).toEqual([]);
  const unsub = { type: 'unsub', sid: 'd' as never, max: undefined } as const;
  expect(say({ type: 'said', client, verb: unsub }, 1_031)).toEqual([]);
  // Somebody waits for it.
  expect(deltas(broker.handle({ type: 'wake' }, 1_040))).toEqual([0]);
});

it('takes the subscriptions of a client that has gone out by and by, and none of them hears, counts or is chosen meanwhile', () => {
  const broker = state();
  const gone = 2 as ClientId;
  const say = (who: ClientId, verb: Extract<BrokerEvent, { type: 'said' }>['verb']) =>
    broker.handle({ type: 'said', client: who, verb }, 0);
  const sub = (who: ClientId, sid: string, pattern: string, queue?: string) =>
    say(who, {
      ...{ type: 'sub', sid: sid as SubscriptionId, pattern: pattern as Pattern },
      ...{ queue, ack: undefined, slow: undefined },
    });
  broker.handle({ type: 'opened', client: gone, kin: undefined }, 0);
  for (let i = 0; i < 20_000; i++)
    sub(gone, `${i}`, i % 2 === 0 ? `many.${i}` : 'work', i % 4 === 1 ? 'crew' : undefined);
  sub(client, 'mine', 'work', 'crew');
  say(gone, { type: 'close', reason: '' });
  expect(broker.nextWakeAt).toBe(0);
  for (let ack = 1; ack <= 8; ack++) {
    const told = say(client, { ...pub, reply: undefined, ack });
    expect(told).toMatchObject([
      { type: 'tell', client, verb: { type: 'msg', sid: 'mine' } },
      { type: 'tell', client, verb: { type: 'ack', outcome: { subscriptions: 1, failure: undefined } } },
    ]);
  }
  for (let turn = 0; broker.nextWakeAt === 0; turn++) {
    expect(turn).toBeLessThan(10);
    broker.handle({ type: 'wake' }, 0);
  }
  broker.handle({ type: 'wake' }, 20);
  expect(broker.known.entries()).toMatchObject([{ pattern: 'work', queue: 'crew', count: 1 }]);
});

const outcomes = (effects: readonly BrokerEffect[]) =>
  effects.flatMap((effect) =>
    effect.type === 'tell' && effect.verb.type === 'ack' ? effect.verb.outcome : [],
  );

it('waits for a member that never says what became of a message for thirty seconds, for the next ones for five, and thirty again once it has spoken', () => {
  const broker = state();
  meets(broker, near);
  const publish = (nowMs: number) => {
    const said = { type: 'said', client, verb: { ...pub, reply: undefined, ack: 1 } } as const;
    return seqOf(broker.handle(said, nowMs));
  };
  const toldAtMs = (fromMs: number) => {
    for (let nowMs = fromMs; nowMs <= fromMs + 60_000; nowMs += 100) {
      const [outcome] = outcomes(broker.handle({ type: 'wake' }, nowMs));
      if (outcome) return { failure: outcome.failure, reason: outcome.reason, afterMs: nowMs - fromMs };
    }
    return 'never';
  };
  const reason = '1 node did not say in time what became of it there';
  const late = publish(0);
  expect(broker.nextWakeAt).toBeLessThanOrEqual(30_000);
  expect(toldAtMs(0)).toEqual({ failure: 'partial', reason, afterMs: 30_000 });
  publish(40_000);
  expect(toldAtMs(40_000)).toEqual({ failure: 'partial', reason, afterMs: 5_000 });
  expect(broker.trackedBytes(client)).toBe(0);
  const result = { seq: late, subscriptions: 1, dropped: 0, missing: [] };
  broker.handle({ type: 'heard', from: near, message: { type: 'result', result } }, 50_000);
  publish(50_000);
  expect(toldAtMs(50_000)).toMatchObject({ afterMs: 30_000 });
});

it('waits in full twice for a member that answers just once in a while, and then for five seconds until it has earned more', () => {
  const broker = state();
  meets(broker, near);
  const waits: number[] = [];
  let nowMs = 0;
  for (let i = 0; i < 8; i++) {
    const said = { type: 'said', client, verb: { ...pub, reply: undefined, ack: 1 } } as const;
    const seq = seqOf(broker.handle(said, nowMs));
    const sinceMs = nowMs;
    while (outcomes(broker.handle({ type: 'wake' }, nowMs)).length === 0) nowMs += 100;
    waits.push(nowMs - sinceMs);
    const result = { seq, subscriptions: 1, dropped: 0, missing: [] };
    broker.handle({ type: 'heard', from: near, message: { type: 'result', result } }, nowMs);
    if (i === 6) nowMs += 300_000;
  }
  expect(waits).toEqual([30_000, 30_000, 5_000, 5_000, 5_000, 5_000, 5_000, 30_000]);
});

it('says within thirty seconds that a member does not know of a subscription, and of the next ones within five, until it has', () => {
  const broker = state();
  meets(broker, near);
  let sids = 0;
  const readyAfterMs = (fromMs: number): readonly [number, string | undefined] => {
    const sid = `${++sids}` as SubscriptionId;
    const ack = sids;
    const verb = {
      type: 'sub',
      sid,
      pattern: `p${sids}` as Pattern,
      queue: undefined,
      ack,
      slow: undefined,
    } as const;
    broker.handle({ type: 'said', client, verb }, fromMs);
    for (let nowMs = fromMs; nowMs <= fromMs + 60_000; nowMs += 100) {
      const [outcome] = outcomes(broker.handle({ type: 'wake' }, nowMs));
      if (outcome) return [nowMs - fromMs, outcome.reason];
    }
    return [Number.NaN, undefined];
  };
  const reason = (s: number): string => `1 node did not say within ${s} s that they know of it`;
  expect(readyAfterMs(0)).toEqual([30_000, reason(30)]);
  expect(readyAfterMs(40_000)).toEqual([5_000, reason(5)]);
  expect(broker.nextWakeAt).toBeGreaterThan(45_000);
});

it('a page that slept hears what was said meanwhile before it takes anybody for silent', () => {
  for (const isHeard of [true, false]) {
    const broker = state();
    meets(broker, near);
    const said = { type: 'said', client, verb: { ...pub, reply: undefined, ack: 1 } } as const;
    const seq = seqOf(broker.handle(said, 0));
    const verb = { type: 'sub', sid: '1' as SubscriptionId, pattern: 'p' as Pattern } as const;
    const sub = { ...verb, queue: undefined, ack: 2, slow: undefined };
    const told = [
      ...broker.handle({ type: 'said', client, verb: sub }, 0),
      ...broker.handle({ type: 'wake' }, 100),
    ];
    const [edition] = told.flatMap((effect) =>
      effect.type === 'broadcast' && effect.message.type === 'delta' ? effect.message.edition : [],
    );
    if (!edition) throw new Error('it has told nobody what it wants');
    expect(outcomes(broker.handle({ type: 'wake' }, 45_000))).toEqual([]);
    const result = { seq, subscriptions: 1, dropped: 0, missing: [] };
    const heard = [
      { type: 'heard', from: near, message: { type: 'result', result } },
      { type: 'heard', from: near, message: { type: 'seen', edition } },
    ] as const;
    const answers = isHeard ? heard.flatMap((event) => outcomes(broker.handle(event, 45_050))) : [];
    expect(answers.map(({ failure }) => failure)).toEqual(isHeard ? [undefined, undefined] : []);
    expect(broker.nextWakeAt).toBeGreaterThanOrEqual(45_050);
    const late = outcomes(broker.handle({ type: 'wake' }, 47_000));
    expect(late.map(({ failure }) => failure).sort()).toEqual(isHeard ? [] : ['partial', 'partial']);
  }
});

it('keeps a message for a Node whose interest is not known for thirty seconds, and counts it when it gives it up', () => {
  const broker = state();
  broker.handle({ type: 'joined', node: near }, 0);
  broker.handle({ type: 'said', client, verb: { ...pub, reply: undefined, ack: undefined } }, 1_000);
  broker.handle({ type: 'wake' }, 30_999);
  expect(broker.trackedBytes(client)).toBeGreaterThan(0);
  broker.handle({ type: 'wake' }, 31_000);
  expect([broker.trackedBytes(client), broker.counters.unsent]).toEqual([0, 1]);
});

it('gives what a queue group gets to members that say what became of it while there are any', () => {
  const broker = state();
  meets(broker, near);
  meets(broker, far);
  const said = { type: 'said', client, verb: { ...pub, reply: undefined, ack: undefined } } as const;
  expect(targets(broker.handle(said, 0))).toEqual([near]);
  broker.handle({ type: 'wake' }, 30_000);
  expect(targets(broker.handle(said, 30_000))).toEqual([far]);
  broker.handle({ type: 'left', node: far }, 30_000);
  expect(targets(broker.handle(said, 30_000))).toEqual([near]);
});

it('does not wait for the others that hear a request once somebody has it', () => {
  const broker = state();
  broker.handle({ type: 'joined', node: near }, 0);
  broker.handle({ type: 'joined', node: far }, 0);
  for (const from of [near, far]) {
    const changes = [{ pattern: 'work' as Pattern, queue: undefined, count: 1 }];
    const table = {
      edition: { epoch: 1, version: 1 },
      wantsSeen: false,
      isFirst: true,
      isLast: true,
      changes,
    };
    broker.handle({ type: 'heard', from, message: { type: 'table', ...table } }, 0);
  }
  const said = { type: 'said', client, verb: { ...pub, reply: 'inbox' as Subject, ack: undefined } } as const;
  const result = { seq: seqOf(broker.handle(said, 0)), subscriptions: 1, dropped: 0, missing: [] };
  expect(broker.trackedBytes(client)).toBeGreaterThan(0);
  broker.handle({ type: 'heard', from: far, message: { type: 'result', result } }, 10);
  expect(broker.trackedBytes(client)).toBe(0);
});

it('gives to another member what a Node says is lost, also where that Node is not waited for as long any more', () => {
  const broker = state();
  meets(broker, near);
  const said = { type: 'said', client, verb: { ...pub, reply: undefined, ack: 1 } } as const;
  broker.handle(said, 0);
  broker.handle({ type: 'wake' }, 30_000);
  expect(targets(broker.handle(said, 40_000))).toEqual([near]);
  meets(broker, far);
  broker.handle({ type: 'heard', from: near, message: { type: 'gap', after: 0 } }, 42_000);
  expect(outcomes(broker.handle({ type: 'wake' }, 45_000))).toEqual([]);
  expect(targets(broker.handle({ type: 'wake' }, 47_000))).toEqual([far]);
});

it('says what became of a message when each of the queue groups has it that a Node which left had it for', () => {
  const broker = state();
  const joins = (node: NodeId, ...queues: string[]) => {
    broker.handle({ type: 'joined', node }, 0);
    const changes = queues.map((queue) => ({ pattern: 'work' as Pattern, queue, count: 1 }));
    const edition = { epoch: 1, version: 1 };
    const message = {
      type: 'table',
      edition,
      wantsSeen: false,
      isFirst: true,
      isLast: true,
      changes,
    } as const;
    broker.handle({ type: 'heard', from: node, message }, 0);
  };
  joins(near, 'cooks', 'waiters');
  broker.handle({ type: 'said', client, verb: { ...pub, reply: undefined, ack: 1 } }, 0);
  joins(far, 'waiters');
  const sub = {
    type: 'sub',
    sid: 'mine' as SubscriptionId,
    pattern: 'work' as Pattern,
    queue: 'cooks',
  } as const;
  broker.handle({ type: 'said', client, verb: { ...sub, ack: undefined, slow: undefined } }, 0);
  const left = broker.handle({ type: 'left', node: near }, 0);
  expect([targets(left), outcomes(left)]).toEqual([[far], []]);
  const result = { seq: seqOf(left), subscriptions: 1, dropped: 0, missing: [] };
  const heard = { type: 'heard', from: far, message: { type: 'result', result } } as const;
  expect(outcomes(broker.handle(heard, 0))).toMatchObject([
    { subscriptions: 2, nodes: 2, failure: undefined },
  ]);
});
