/** Givers that let trickle what they are asked for, as long as anybody waits: whoever catches up must not feel it while somebody else has it. */
import type { RoomNet } from './room-net.ts';
import type { SimRoom } from './sim-room.ts';
import { chatter, people, type Scenario, split } from './stories.ts';

/** Until another is asked as well, for some questions in a row: those for a snapshot wait for longer. */
const PATIENCE_MS = 30_000;

export const tricklerStories: Readonly<Record<string, Scenario>> = {
  'half of those who give let it trickle': {
    play(net) {
      const rooms = people(net, 4);
      chatter(net, 8_000, 20);
      net.runFor(12_000);
      for (const room of rooms.slice(0, 2)) net.tricklers.add(room.id);
      mustFollow(net, net.add(), rooms);
    },
  },
  'somebody lets trickle a snapshot of long ago, that nobody else has': {
    play(net) {
      const rooms = people(net, 4);
      chatter(net, 8_000, 20);
      net.runFor(14_000);
      const [, , , old] = rooms;
      if (!old) return;
      const others = rooms.slice(0, 3);
      split(net, [old], others);
      net.tricklers.add(old.id);
      chatter(net, 12_000, 25, () => others);
      net.runFor(20_000);
      const newcomer = net.add([old]);
      net.runFor(1_000);
      for (const room of others) net.connect(newcomer, room);
      mustFollow(net, newcomer, others);
      net.kill(old);
    },
  },
};

function mustFollow(net: RoomNet, newcomer: SimRoom, others: readonly SimRoom[]): void {
  net.runFor(PATIENCE_MS);
  const [first] = others;
  if (first && newcomer.state.stateHash !== first.state.stateHash)
    net.problems.push('who lets trickle what it gives holds up a newcomer');
}
