import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import type { Pattern } from './contract.ts';
import { InterestExchange } from './interest-exchange.ts';
import type { BrokerMessage, Edition } from './interest-messages.ts';
import { PeerInterests } from './peer-interests.ts';

const other = newNodeId(seededRandom(1));

function exchange() {
  const sent: BrokerMessage[] = [];
  const peers = new PeerInterests();
  const made = new InterestExchange({
    peers,
    random: seededRandom(2),
    send: (_: NodeId, message) => sent.push(message),
    broadcast: () => {},
    order: () => 0,
    met: () => {},
    gone: () => {},
    life: () => {},
    refused: () => {},
  });
  const known = (): string[] => [...peers.entries()].map(({ pattern }) => pattern);
  return { made, peers, sent, known };
}

const table = (edition: Edition, ...patterns: string[]): Extract<BrokerMessage, { type: 'table' }> => ({
  type: 'table',
  ...{ edition, wantsSeen: true, isFirst: true, isLast: true },
  changes: patterns.map((text) => ({ pattern: text as Pattern, queue: undefined, count: 1 })),
});

it('a table that was on its way when its Node told of something new is not the last word', () => {
  const { made, peers, sent } = exchange();
  const [before, now] = [0, 1].map((version) => ({ epoch: 7, version })) as [Edition, Edition];
  made.joined(other, 0);
  made.heard(other, table(before), 10);
  // It says that there is more: what it told of it meanwhile, which was missed, comes with the next table.
  made.heard(other, { type: 'hello', edition: now, wantsTable: false }, 20);
  expect(sent.at(-1)).toMatchObject({ type: 'hello', wantsTable: true });
  made.heard(other, table(before), 30);
  made.heard(other, table(now, 'news'), 40);
  expect([...peers.entries()].map(({ pattern }) => pattern)).toEqual(['news']);
  expect(sent.at(-1)).toEqual({ type: 'seen', edition: now });
  expect([...made.unmet]).toEqual([]);
});

const [none, first, second, third] = [0, 1, 2, 3].map((version) => ({ epoch: 7, version })) as [
  Edition,
  Edition,
  Edition,
  Edition,
];

const delta = (edition: Edition, pattern: string): Extract<BrokerMessage, { type: 'delta' }> => ({
  ...{ type: 'delta', edition, order: 0, wantsSeen: true, changes: table(edition, pattern).changes },
});

/** It has met us, and has told so much before. */
const hello = (edition: Edition): Extract<BrokerMessage, { type: 'hello' }> => ({
  ...{ type: 'hello', edition, wantsTable: true },
});

it('of a Node of which all that it has told is here, from the first change on, nobody waits for the table', () => {
  const { made, peers, sent, known } = exchange();
  made.joined(other, 0);
  made.heard(other, hello(none), 5);
  expect([known(), [...made.unmet]]).toEqual([[], []]);
  made.heard(other, delta(first, 'a'), 10);
  expect(known()).toEqual(['a']);
  expect(sent.at(-1)).toEqual({ type: 'seen', edition: first });
  // The answer to our question, which was on its way.
  made.heard(other, table(first, 'a'), 20);
  made.heard(other, delta(second, 'b'), 30);
  expect([known(), [...made.unmet]]).toEqual([['a', 'b'], []]);

  made.missed(other, 40);
  made.heard(other, delta(third, 'c'), 50);
  expect([known(), [...made.unmet]]).toEqual([[], [other]]);
  expect(peers.sizeOf(other)).toBe(0);
});

it('what a Node had told before it met us comes whole before it counts as known, for that may be ready', () => {
  const { made, known } = exchange();
  made.joined(other, 0);
  made.heard(other, delta(first, 'a'), 10);
  made.heard(other, hello(second), 20);
  expect([known(), [...made.unmet]]).toEqual([[], [other]]);
  made.heard(other, delta(second, 'b'), 30);
  expect([known(), [...made.unmet]]).toEqual([['a', 'b'], []]);
  // Of another life, or with one missing, it is not whole.
  const again = exchange();
  again.made.joined(other, 0);
  again.made.heard(other, delta({ epoch: 6, version: 1 }, 'old'), 10);
  again.made.heard(other, hello(first), 20);
  again.made.heard(other, delta(third, 'c'), 30);
  expect([again.known(), [...again.made.unmet]]).toEqual([[], [other]]);
  again.made.heard(other, table(third, 'a', 'b', 'c'), 40);
  expect([again.known(), [...again.made.unmet]]).toEqual([['a', 'b', 'c'], []]);
});

it('who has said something is waited for half a minute, and not for ever: its goodbye may have come before that word', () => {
  const { made } = exchange();
  made.joined(other, 0);
  made.heard(other, table(none), 10);
  made.heard(other, { type: 'bye' }, 20);
  expect([...made.unmet]).toEqual([]);
  made.heard(other, hello(first), 30);
  const reached = { type: 'hello', edition: none, wantsTable: true } as const;
  for (let nowMs = 40; nowMs < 30_000; nowMs += 500) {
    made.sent(other, reached, true, nowMs);
    made.wake(nowMs);
    expect([...made.unmet]).toEqual([other]);
  }
  made.wake(30_040);
  expect([...made.unmet]).toEqual([]);
  expect(made.nextWakeAt).toBeGreaterThan(30_040);
});

it('who speaks and never tells what it wants is waited for a minute, and after that no more, whatever it says', () => {
  const { made, known } = exchange();
  made.joined(other, 0);
  const word = (version: number) => made.heard(other, delta({ epoch: 6, version }, 'a'), 10_000 * version);
  for (let version = 2; version < 6; version++) {
    word(version);
    made.wake(10_000 * version + 5_000);
    expect([...made.unmet]).toEqual([other]);
  }
  expect(made.nextWakeAt).toBeLessThanOrEqual(60_000);
  made.wake(60_000);
  expect([...made.unmet]).toEqual([]);
  word(7);
  expect([...made.unmet]).toEqual([]);
  made.heard(other, table({ epoch: 6, version: 7 }, 'b'), 80_000);
  expect(known()).toEqual(['b']);
});

it('who was waited for in vain once, and has told what it wants since, is waited for again when something is missed', () => {
  const { made, known } = exchange();
  made.joined(other, 0);
  made.heard(other, delta(second, 'a'), 10);
  made.wake(60_000);
  made.heard(other, table(second, 'a'), 61_000);
  expect([known(), [...made.unmet]]).toEqual([['a'], []]);
  made.missed(other, 62_000);
  expect([...made.unmet]).toEqual([other]);
});

it('nothing is kept for who is not known for nearly a minute time and again, whatever it tells between', () => {
  const { made } = exchange();
  made.joined(other, 0);
  const isUnmet: boolean[] = [];
  for (let i = 0; i < 5; i++) {
    isUnmet.push(made.unmet.has(other));
    made.wake(50_000 * (i + 1));
    made.heard(other, table({ epoch: 6, version: i + 1 }, 'a'), 50_000 * (i + 1));
    made.heard(other, hello({ epoch: 6, version: i + 2 }), 50_000 * (i + 1));
  }
  expect(isUnmet).toEqual([true, true, false, false, false]);
});
