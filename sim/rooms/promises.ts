/** What a room promises while a simulation runs: that what is final stays (R7), and that an update that is called safe is elsewhere, too (R5). */
import type { NodeId } from '../../src/wire/index.ts';
import type { SimRoom } from './sim-room.ts';
import type { Truth } from './truth.ts';

/** All that there is. */
export interface SeenNet {
  readonly nodes: readonly SimRoom[];
  readonly liars: ReadonlyMap<NodeId, unknown>;
  readonly truth: Truth;
  /** Found while it ran. */
  readonly problems: string[];
}

/** R7. */
export function checkFinal(net: SeenNet, room: SimRoom): void {
  const { tip } = room.state;
  const final = tip ? net.truth.orderAt(tip) : [];
  const isSame = room.final.every((hash, i) => final[i] === hash);
  if (!isSame && !room.isBroken) net.problems.push('R7: what was final has changed');
  room.final = final;
  for (const hash of final) room.had.add(hash);
  room.isBroken = false;
}

/** R5: when an update settles, another Node has it, or there is none that is known. */
export function checkSafe(net: SeenNet, room: SimRoom, hash: string | undefined): void {
  if (hash === undefined || room.state.peers.length === 0) return;
  // Who says falsely that it has an update is worth as much as who has it and is gone at once.
  if (room.state.peers.some((peer) => net.liars.has(peer))) return;
  const same = [hash, ...finalCopiesOf(net, room, hash)];
  const isElsewhere = net.nodes.some((other) => other !== room && same.some((one) => other.had.has(one)));
  if (!isElsewhere) net.problems.push(`an update was called safe that nobody else had`);
}

/** What its author had to write again may have been closed as it was at first: the same words in the same place. */
function finalCopiesOf(net: SeenNet, { state: { tip } }: SimRoom, hash: string): readonly string[] {
  const { updates } = net.truth;
  const final = tip ? net.truth.orderAt(tip) : [];
  const update = updates.get(hash);
  return final.filter((one) => {
    const copy = updates.get(one);
    const isThere = copy?.writer === update?.writer && copy?.number === update?.number;
    return isThere && copy?.payload === update?.payload;
  });
}
