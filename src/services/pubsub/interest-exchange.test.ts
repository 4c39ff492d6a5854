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
  return { made, peers, sent };
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

it('what a Node tells first is the whole of its interest: nobody waits for its table', () => {
  const { made, peers, sent } = exchange();
  const [first, second] = [1, 2].map((version) => ({ epoch: 7, version })) as [Edition, Edition];
  const delta = (edition: Edition, pattern: string): Extract<BrokerMessage, { type: 'delta' }> => ({
    ...{ type: 'delta', edition, order: 0, wantsSeen: true, changes: table(edition, pattern).changes },
  });
  const known = (): string[] => [...peers.entries()].map(({ pattern }) => pattern);
  made.joined(other, 0);
  made.heard(other, delta(first, 'a'), 10);
  expect([known(), [...made.unmet]]).toEqual([['a'], []]);
  expect(sent.at(-1)).toEqual({ type: 'seen', edition: first });
  // The answer to our question, which was on its way.
  made.heard(other, table(first, 'a'), 20);
  made.heard(other, delta(second, 'b'), 30);
  expect([known(), [...made.unmet]]).toEqual([['a', 'b'], []]);

  made.missed(other, 40);
  made.heard(other, delta({ epoch: 7, version: 3 }, 'c'), 50);
  expect([known(), [...made.unmet]]).toEqual([[], [other]]);
});
