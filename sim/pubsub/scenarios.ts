/** What befalls a network of Brokers, one story each. Every one of them ends with a network at rest; what must be true then is in check.ts. */
import { integerBelow } from '../../src/runtime/index.ts';
import type { ClientId } from '../../src/services/pubsub/client-state.ts';
import { CLIENT_WINDOW_BYTES } from '../../src/services/pubsub/contract.ts';
import type { BrokerNet } from './broker-net.ts';
import { leaveUnmet, misbehave, takeWithoutAnswer } from './hostile.ts';
import { PATTERNS, type People as PeopleOf } from './people.ts';
import { Silence } from './silence.ts';
import type { SimBroker } from './sim-broker.ts';

type People = PeopleOf<SimBroker>;

/** Plays what happens, and returns when it is over. */
export type Scenario = (net: BrokerNet, people: People) => void;

const SLOW_BYTES = 64 * 1024;
const FIRST_CLIENT = 1 as ClientId;

function begin(net: BrokerNet, people: People, least = 3, most = 6): readonly SimBroker[] {
  const count = least + integerBelow(net.random, most - least + 1);
  const nodes = Array.from({ length: count }, () => people.add());
  net.runFor(500);
  return nodes;
}

function busy(net: BrokerNet, people: People, forMs: number, everyMs = 40): void {
  const endMs = net.now() + forMs;
  while (net.now() < endMs) {
    people.doSomething();
    net.runFor(net.between(0, 2 * everyMs));
  }
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  'subscriptions come and go under 20 % loss': (net, people) => {
    net.loss = 0.2;
    begin(net, people);
    busy(net, people, 8_000);
  },

  'publisher, subscriber and queue member are killed at any step': (net, people) => {
    begin(net, people, 5, 8);
    for (let round = 0; round < 3; round++) {
      busy(net, people, net.between(0, 3_000));
      if (net.alive.length > 2) net.kill(net.pick(net.alive));
    }
    busy(net, people, 2_000);
  },

  'a partition, with publishers on both sides': (net, people) => {
    const nodes = begin(net, people, 4, 6);
    busy(net, people, 2_000);
    const left = nodes.filter((_, i) => i % 2 === 0);
    const right = nodes.filter((_, i) => i % 2 === 1);
    net.part(left, right);
    busy(net, people, 500 * 40 ** net.between(0, 1));
    net.heal();
    busy(net, people, 2_000);
  },

  '64 join at once, each publishing when its subscription is ready': (net, people) => {
    const nodes = Array.from({ length: 64 }, () => people.add());
    for (const node of nodes) {
      net.after(net.between(0, 300), () => {
        const { entry } = people.subscribe(node, 'all.*');
        const speak = (): void => {
          if (entry.readyAtMs === Number.POSITIVE_INFINITY) net.after(10, speak);
          else people.publish(node, 'all.hello', true);
        };
        speak();
      });
    }
    net.runFor(4_000);
  },

  'Nodes stand still, and come back': (net, people) => {
    begin(net, people, 4, 6);
    for (let round = 0; round < 3; round++) {
      busy(net, people, 1_000);
      const victim = net.pick(net.alive);
      net.freeze(victim);
      busy(net, people, 100 * 200 ** net.between(0, 1));
      net.thaw(victim);
    }
    busy(net, people, 1_000);
  },

  'Nodes come, and some are gone before they are known': (net, people) => {
    begin(net, people, 2, 4);
    for (let round = 0; round < 8; round++) {
      const newcomer = people.add();
      busy(net, people, net.between(50, 250), 10);
      if (integerBelow(net.random, 3) > 0) net.kill(newcomer);
      busy(net, people, 300);
    }
  },

  'who comes is answered late, and is taken for one without a Broker': (net, people) => {
    net.silence = new Silence(net.ledger);
    begin(net, people, 2, 4);
    net.loss = 0.8;
    for (let round = 0; round < 4; round++) {
      people.add();
      busy(net, people, net.between(1_000, 6_000), 100);
    }
    net.loss = 0;
    busy(net, people, 2_000);
  },

  'interest flaps a hundred times a second': (net, people) => {
    const [flapping] = begin(net, people);
    if (!flapping) return;
    for (let i = 0; i < 200; i++) {
      const one = people.subscribe(flapping, net.pick(PATTERNS));
      if (i % 3 === 0) people.doSomething();
      net.runFor(10);
      people.end(one);
    }
  },

  'one sees the other leave, and it comes back': (net, people) => {
    const nodes = begin(net, people, 3, 5);
    for (let round = 0; round < 5; round++) {
      busy(net, people, 600);
      const [a, b] = [net.pick(nodes), net.pick(nodes)];
      if (a !== b) net.miss(a, b.id);
      busy(net, people, net.between(0, 3_000));
      net.reunite();
    }
  },

  'one reader among 50 does not read': (net, people) => {
    const [publisher, stopped, ...others] = Array.from({ length: 51 }, () => people.add());
    if (!publisher || !stopped) return;
    net.runFor(500);
    const slow = people.subscribe(stopped, 'a.*', undefined, { mode: 'drop', maxBytes: SLOW_BYTES });
    for (const other of others) people.subscribe(other, 'a.>');
    net.runFor(500);
    stopped.client.isReading = false;
    for (let i = 0; i < 500; i++) {
      people.publish(publisher, 'a.b', i % 10 === 0, 1024);
      net.runFor(net.between(0, 4));
      const { pendingBytes = 0 } = stopped.state.stats(FIRST_CLIENT) ?? {};
      if (pendingBytes > SLOW_BYTES + CLIENT_WINDOW_BYTES + 2048)
        net.ledger.problems.push(`${pendingBytes} bytes wait for one who does not read`);
    }
    net.runFor(1_000);
    stopped.client.read();
    people.publish(publisher, 'a.b');
    net.runFor(1_000);
    net.ledger.checkSlow(slow.entry);
  },

  'of two doors one dies with 100 clients, who come back at the other': (net, people) => {
    begin(net, people, 2, 4);
    const [dying, staying] = [people.add(), people.add()];
    net.runFor(500);
    const clients = (at: SimBroker): void => {
      for (let i = 0; i < 100; i++)
        people.subscribe(at, net.pick(PATTERNS), i % 4 === 0 ? 'crew' : undefined);
    };
    clients(dying);
    clients(staying);
    busy(net, people, net.between(0, 1_000));
    net.kill(dying);
    busy(net, people, net.between(0, 2_000));
    clients(staying);
    busy(net, people, 1_000);
  },

  'a Node wants more than it may tell': (net, people) => {
    const [crowded, other] = begin(net, people, 3, 3);
    if (!crowded || !other) return;
    net.ledger.mayBeInVain = true;
    for (let i = 0; i < 5_000; i++) crowded.client.sub(`many${i}`, `many.${i % 70}.${i}.end`);
    people.subscribe(crowded, 'many.3.*.end');
    net.runFor(500);
    for (let i = 0; i < 40; i++) people.publish(other, `many.${i % 5}.${i}.end`, true);
    busy(net, people, 1_000);
    for (let i = 200; i < 5_000; i++) crowded.client.unsub(`many${i}`);
    busy(net, people, 1_000);
  },

  'a member floods, forges and repeats interest': (net, people) => {
    begin(net, people, 4, 6);
    const hostile = net.add();
    misbehave(net, hostile);
    busy(net, people, 4_000);
  },

  'a member says a word now and then, and never what it wants': (net, people) => {
    begin(net, people, 3, 5);
    const hostile = net.add();
    net.runFor(100);
    leaveUnmet(net, hostile);
    busy(net, people, 8_000);
  },

  'a member wants everything, and never says that it has it': (net, people) => {
    begin(net, people, 3, 5);
    const hostile = net.add();
    net.runFor(100);
    takeWithoutAnswer(net, hostile);
    busy(net, people, 8_000);
  },
};
