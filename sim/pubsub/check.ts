/** What must be true of a network of Brokers whatever befell it, once it is at rest. */
import { BrokerNet } from './broker-net.ts';
import { People } from './people.ts';
import { scenarios } from './scenarios.ts';

/** After the last fault: members miss and meet, questions are asked again, and a `ready` that waits for somebody who says nothing. */
const REST_MS = 60_000;

export interface Outcome {
  readonly problems: readonly string[];
  readonly events: number;
}

export function play(name: string, seed: number): Outcome {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`there is no scenario "${name}"`);
  const net = new BrokerNet(seed);
  const people = new People(net);
  scenario(net, people);
  net.loss = 0;
  for (const node of net.alive) net.thaw(node);
  net.heal();
  net.runFor(REST_MS);
  net.ledger.conclude();
  const problems = [...net.ledger.problems, ...people.conclude(), ...disagreements(net)];
  return { problems, events: net.events };
}

/** P6: everyone's table of everyone is the truth. */
function disagreements(net: BrokerNet): readonly string[] {
  const problems: string[] = [];
  const told = (node: (typeof net.alive)[number], about: string): string =>
    node.state.known
      .entries()
      .filter((entry) => entry.node === about)
      .map(({ pattern, queue, count }) => `${pattern} ${queue} ${count}`)
      .sort()
      .join('\n');
  for (const node of net.alive) {
    if (node.state.known.entries().some(({ node: about }) => !net.node(about))) {
      problems.push('the interest of one that is gone is remembered');
    }
    for (const other of net.alive) {
      if (other !== node && !other.isLying && told(node, other.id) !== told(other, other.id)) {
        problems.push('a table is not the truth');
      }
    }
  }
  return problems;
}
