/** What must be true of a room whatever befell it: while it runs, and once the network is at rest. */

import { encodePlain } from '../../src/services/rooms/canonical.ts';
import type { Plain } from '../../src/services/rooms/contract.ts';
import { comesBefore } from '../../src/services/rooms/dag.ts';
import type { Update } from '../../src/services/rooms/update.ts';
import { noting } from './noting.ts';
import { hashOfState, RoomNet, type SimRoom } from './room-net.ts';
import { type Scenario, scenarios } from './scenarios.ts';

/** The longest wait of any of them after the last fault: a request that is not answered, a rest, a beat. */
const REST_MS = 60_000;
/** While it runs, all is looked at so often. */
const LOOK_MS = 250;

export function play(name: string, seed: number): readonly string[] {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`there is no scenario "${name}"`);
  const net = new RoomNet(seed, scenario.limits);
  let isOver = false;
  const look = (): void => {
    net.problems.push(...net.alive.flatMap((room) => always(net, room)), ...disagreements(net));
    if (!isOver) net.after(LOOK_MS, look);
  };
  look();
  scenario.play(net);
  isOver = true;
  for (const room of net.alive) net.thaw(room);
  net.runFor(REST_MS);
  look();
  net.problems.push(...atRest(net, scenario), ...net.atRest.flatMap((look) => look()));
  return [...new Set(net.problems)];
}

/** R2, R4. */
function always(net: RoomNet, { state }: SimRoom): readonly string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  let before: Update | undefined;
  for (const update of state.updates) {
    if (update.parents.some((parent) => !seen.has(parent)))
      problems.push('R2: an update is in without its parents');
    if (before && !comesBefore(before, update)) problems.push('R1: the updates are not in order');
    seen.add(update.hash);
    before = update;
  }
  const bytes = encodePlain(state.state).length;
  if (bytes > net.genesis.limits.maxBytes) problems.push(`R4: the state has ${bytes} bytes`);
  return problems;
}

/** R1: who has the same has the same state. */
function disagreements(net: RoomNet): readonly string[] {
  const byHeads = new Map<string, string>();
  for (const room of net.alive) {
    const heads = room.state.heads.join();
    const hash = hashOfState(net, room);
    if ((byHeads.get(heads) ?? hash) !== hash) return ['R1: the same updates, and other states'];
    byHeads.set(heads, hash);
  }
  return [];
}

function atRest(net: RoomNet, { limits }: Scenario): readonly string[] {
  const problems: string[] = [];
  const [first] = net.alive;
  if (!first) return ['nobody is left'];
  for (const room of net.alive) {
    const { heads, sync } = room.state;
    if (heads.join() !== first.state.heads.join()) problems.push('R5: what one has has not reached all');
    if (room.pending.size > 0) problems.push(`R10: these do not settle: ${[...room.pending.values()]}`);
    if (sync.type === 'behind') problems.push('R5: somebody is behind for ever');
    // A cap that is reached makes no-ops of what honest Nodes write; all else is a lie.
    const isFalse = [...room.blamed].some((id) => !net.liars.has(id));
    if (limits?.maxBytes === undefined && isFalse) problems.push('an honest Node was blamed');
  }
  const expected = sequentially(first.state.updates, net.genesis.limits.maxBytes);
  if (JSON.stringify(first.state.state) !== JSON.stringify(expected)) {
    problems.push('R1: the state is not that of a sequential reduce');
  }
  return problems;
}

function sequentially(updates: readonly Update[], maxBytes: number): Plain {
  const seen = new Set<string>();
  let state: Plain = [];
  for (const { author, number, payload, hash, claimedAtMs } of updates) {
    const name = `${author} ${number}`;
    try {
      const next = noting.reduce(state, payload, { hash, author, claimedAtMs });
      if (!seen.has(name) && encodePlain(next).length <= maxBytes) state = next;
    } catch {
      // A no-op.
    }
    seen.add(name);
  }
  return state;
}
