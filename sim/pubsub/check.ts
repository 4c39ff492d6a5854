/** What must be true of a network of Brokers whatever befell it, once it is at rest. */
import type { NodeId } from '../../src/wire/index.ts';
import { BrokerNet } from './broker-net.ts';
import { People } from './people.ts';
import { scenarios } from './scenarios.ts';
import type { SimBroker } from './sim-broker.ts';

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
  const tables = new Map(net.alive.map((node) => [node.id, told(node)]));
  for (const node of net.alive) {
    const table = tables.get(node.id);
    for (const about of table?.keys() ?? []) {
      if (!net.node(about)) problems.push('the interest of one that is gone is remembered');
    }
    // Who asks nobody knows of nobody.
    if (node.isMute) continue;
    for (const other of net.alive) {
      if (other.isLying) continue;
      const truth = tables.get(other.id)?.get(other.id);
      if (table?.get(other.id) !== truth) problems.push('a table is not the truth');
    }
  }
  return problems;
}

/** What a Node knows of each Node, itself included. */
function told({ state }: SimBroker): ReadonlyMap<NodeId, string> {
  const lines = new Map<NodeId, string[]>();
  for (const { node, pattern, queue, count } of state.known.entries()) {
    const line = `${pattern} ${queue} ${count}`;
    const before = lines.get(node);
    if (before) before.push(line);
    else lines.set(node, [line]);
  }
  return new Map([...lines].map(([node, each]) => [node, each.sort().join('\n')]));
}
