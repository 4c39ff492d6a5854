/** A member that says whatever it likes in its own name: interest that it has not, editions of the past and future, answers to nothing. */
import { integerBelow } from '../../src/runtime/index.ts';
import type { Pattern } from '../../src/services/pubsub/contract.ts';
import type { BrokerMessage } from '../../src/services/pubsub/interest-messages.ts';
import type { BrokerNet } from './broker-net.ts';
import type { SimBroker } from './sim-broker.ts';

const EVERY_MS = 15;
const FOR_MS = 4_000;
/** More often than a Broker that has been heard is given up. */
const A_WORD_EVERY_MS = 12_000;

export function misbehave(net: BrokerNet, hostile: SimBroker): void {
  hostile.isLying = true;
  net.ledger.mayBeInVain = true;
  net.ledger.died(hostile.id); // no promise is made of it
  const said: BrokerMessage[] = [];
  const endMs = net.now() + FOR_MS;
  const speak = (): void => {
    if (net.now() > endMs) return;
    const message = integerBelow(net.random, 3) === 0 && said.length > 0 ? net.pick(said) : invented(net);
    said.push(message);
    for (const { id } of net.alive) {
      if (id === hostile.id) continue;
      const lane = integerBelow(net.random, 2) === 0 ? 'cast' : 'one';
      const event = { type: 'heard', from: hostile.id, message } as const;
      net.send({ from: hostile, to: id, lane, event, settled: undefined });
    }
    net.after(net.between(0, 2 * EVERY_MS), speak);
  };
  speak();
}

/** Says a word now and then, which is no table, and never what became of a message. */
export function leaveUnmet(net: BrokerNet, hostile: SimBroker): void {
  fallSilent(net, hostile);
  const speak = (): void => {
    const edition = { epoch: 1, version: 2 + integerBelow(net.random, 3) };
    tellAll(net, hostile, { type: 'delta', edition, order: 0, wantsSeen: false, changes: [] });
    net.after(net.between(0, 2 * A_WORD_EVERY_MS), speak);
  };
  speak();
}

/** Wants everything, and never says what became of it. */
export function takeWithoutAnswer(net: BrokerNet, hostile: SimBroker): void {
  fallSilent(net, hostile);
  const edition = { epoch: 1, version: 1 };
  const changes = [{ pattern: '>' as Pattern, queue: undefined, count: 1 }];
  tellAll(net, hostile, { type: 'table', edition, wantsSeen: false, isFirst: true, isLast: true, changes });
}

function fallSilent(net: BrokerNet, hostile: SimBroker): void {
  hostile.isLying = true;
  hostile.isMute = true;
  net.ledger.mayBeInVain = true;
  net.ledger.died(hostile.id); // no promise is made of it
}

function tellAll(net: BrokerNet, hostile: SimBroker, message: BrokerMessage): void {
  for (const { id } of net.alive) {
    const event = { type: 'heard', from: hostile.id, message } as const;
    if (id !== hostile.id) net.send({ from: hostile, to: id, lane: 'cast', event, settled: undefined });
  }
}

function invented(net: BrokerNet): BrokerMessage {
  const edition = { epoch: integerBelow(net.random, 3), version: integerBelow(net.random, 50) };
  const dice = (): boolean => integerBelow(net.random, 2) === 0;
  const changes = Array.from({ length: integerBelow(net.random, 200) }, (_, i) => ({
    pattern: net.pick(['>', 'work.*', 'a', `forged.${i}.${integerBelow(net.random, 1_000)}`]) as Pattern,
    // Who forges membership of a group gets what is meant for the group; that is what a member may do, and no promise is made of it.
    queue: dice() ? undefined : 'forged',
    count: integerBelow(net.random, 1_000),
  }));
  const results = { seq: 1 + integerBelow(net.random, 50), subscriptions: 3, dropped: 0, missing: ['crew'] };
  const messages: readonly BrokerMessage[] = [
    { type: 'delta', edition, order: integerBelow(net.random, 2 ** 32), wantsSeen: dice(), changes },
    { type: 'table', edition, wantsSeen: dice(), isFirst: dice(), isLast: dice(), changes },
    { type: 'hello', edition, wantsTable: dice() },
    { type: 'seen', edition },
    { type: 'bye' },
    { type: 'result', result: results },
  ];
  return net.pick(messages);
}
