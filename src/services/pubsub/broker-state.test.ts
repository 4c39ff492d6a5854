import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import type { BrokerEffect } from './broker-events.ts';
import { BrokerState } from './broker-state.ts';
import type { ClientId } from './client-state.ts';
import type { Pattern, Subject } from './contract.ts';

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

it('prefers the queue member with the shortest path, and takes the other when it is gone', () => {
  const broker = state();
  meets(broker, far);
  meets(broker, near);
  const said = { type: 'said', client, verb: { ...pub, reply: undefined, ack: undefined } } as const;
  for (let i = 0; i < 5; i++) expect(targets(broker.handle(said, 0))).toEqual([near]);
  expect(targets(broker.handle({ type: 'left', node: near }, 0))).toEqual(Array(5).fill(far));
});

it('asks for the whole when a change does not follow on what it holds', () => {
  const broker = state();
  meets(broker, near);
  const edition = { epoch: 1, version: 3 };
  const message = { type: 'delta', edition, wantsSeen: false, changes: [] } as const;
  expect(broker.handle({ type: 'heard', from: near, message }, 0)).toMatchObject([
    { type: 'send', to: near, message: { type: 'hello', wantsTable: true } },
  ]);
  expect(broker.interests()).toEqual([]);
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
