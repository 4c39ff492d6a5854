/** What befalls a room whose writers take back what they wrote: all at once, while it is closed, and while somebody is taken out. */
import { uniform } from '../../src/runtime/index.ts';
import { isRoomWithout } from './boots.ts';
import type { RoomNet } from './room-net.ts';
import type { SimRoom } from './sim-room.ts';
import { chatter, join, people, type Scenario, split } from './stories.ts';

/** Now and then somebody takes something back, or wants it back again. */
function doubt(net: RoomNet, durationMs: number, everyMs: number): void {
  const until = net.now() + durationMs;
  const next = (): void => {
    if (net.now() >= until) return;
    const room = net.pick(net.alive);
    // Several steps at once, and often back and forth.
    for (let i = net.between(0, 3); i > 0; i--) net.undo(room, uniform(net.random) < 0.4);
    net.after(net.between(0, 2 * everyMs), next);
  };
  next();
}

export const undoStories: Readonly<Record<string, Scenario>> = {
  'several take back what they wrote at once, while it is closed and messages vanish': {
    play(net) {
      people(net, 4);
      chatter(net, 12_000, 80);
      doubt(net, 14_000, 60);
      net.runFor(net.between(0, 5_000));
      net.isLost = () => uniform(net.random) < 0.05;
      net.runFor(6_000);
      net.isLost = undefined;
      net.add();
      net.runFor(8_000);
      isRoomWithout(net, []);
    },
  },
  'they take back what they wrote in a partition, and somebody is taken out meanwhile': {
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 5);
      const [left, right] = [rooms.slice(0, 3), rooms.slice(3)];
      chatter(net, 20_000, 60);
      doubt(net, 24_000, 80);
      net.runFor(net.between(2_000, 6_000));
      split(net, left, right);
      net.runFor(net.between(0, 4_000));
      const gone = net.pick(rooms.slice(1));
      net.boot(rooms[0], gone);
      net.runFor(net.between(0, 8_000));
      join(net, left, right);
      net.runFor(20_000);
      isRoomWithout(net, [gone]);
    },
  },
  'they take back what they wrote on two sides, each with an administrator': {
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 4);
      const other: SimRoom = net.add(rooms, { isAdmin: true });
      const [left, right] = [rooms.slice(0, 2), [...rooms.slice(2), other]];
      chatter(net, 20_000, 90);
      doubt(net, 24_000, 120);
      net.runFor(net.between(2_000, 8_000));
      split(net, left, right);
      net.runFor(net.between(3_000, 6_000));
      net.handle(other, { type: 'administer' });
      net.runFor(net.between(5_000, 15_000));
      join(net, left, right);
      net.runFor(15_000);
      isRoomWithout(net, []);
    },
  },
};
