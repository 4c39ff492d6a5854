/** What befalls a room. Each is played with many seeds; what must hold whatever happens is in check.ts. */
import { integerBelow, uniform } from '../../src/runtime/index.ts';
import { bootStories } from './boots.ts';
import { crowd } from './crowd.ts';
import { finalStories } from './final.ts';
import { flood } from './flood.ts';
import { hostile } from './hostile.ts';
import type { SimRoom } from './sim-room.ts';
import { chatter, join, people, type Scenario, split } from './stories.ts';
import { tricklerStories } from './tricklers.ts';
import { undoStories } from './undos.ts';

export const scenarios: Readonly<Record<string, Scenario>> = {
  'everybody writes at once': {
    play(net) {
      people(net, 2 + integerBelow(net.random, 6));
      chatter(net, 2_000, 12);
      net.runFor(3_000);
    },
  },
  'somebody joins at every step': {
    play(net) {
      people(net, 1);
      chatter(net, 6_000, 35);
      for (let i = 0; i < 5; i++) {
        net.runFor(net.between(0, 1_500));
        net.add();
      }
    },
  },
  'the giver dies in the middle, again and again': {
    play(net) {
      const rooms = people(net, 5);
      chatter(net, 3_000, 12);
      net.runFor(6_000);
      const late = net.add(rooms);
      for (let i = 0; i < 3; i++) {
        net.runFor(net.between(0, 200));
        net.kill(net.pick(net.alive.filter((room) => room !== late)));
      }
    },
  },
  'two halves write on both sides, and meet again': {
    play(net) {
      const rooms = people(net, 6);
      const half = 1 + integerBelow(net.random, 5);
      const [left, right] = [rooms.slice(0, half), rooms.slice(half)];
      chatter(net, 15_000, 90);
      for (let i = 0; i < 3; i++) {
        net.runFor(net.between(0, 3_000));
        split(net, left, right);
        net.runFor(net.between(0, 6_000));
        join(net, left, right);
      }
    },
  },
  'everyone is away in turn, and one has the last copy': {
    play(net) {
      const rooms = people(net, 4);
      chatter(net, 20_000, 80);
      for (const room of rooms) {
        net.runFor(net.between(500, 3_000));
        split(net, [room], rooms);
        net.runFor(net.between(500, 5_000));
        join(net, [room], rooms);
        net.freeze(room);
        net.runFor(net.between(0, 2_000));
        net.thaw(room);
      }
      const last = net.pick(rooms);
      net.runFor(5_000);
      for (const room of rooms) if (room !== last) net.kill(room);
      net.add();
    },
  },
  'messages vanish that a mesh would bring': {
    play(net) {
      people(net, 4);
      net.isLost = () => uniform(net.random) < 0.1;
      chatter(net, 5_000, 20);
      net.runFor(8_000);
      net.isLost = undefined;
    },
  },
  'the cap is reached by several at once': {
    limits: { maxBytes: 300 },
    play(net) {
      people(net, 4);
      chatter(net, 2_000, 10);
      net.runFor(2_000);
    },
  },
  'a chain of Nodes that are not all connected': {
    play(net) {
      const rooms: SimRoom[] = [];
      for (let i = 0; i < 5; i++) rooms.push(net.add(rooms.slice(-1)));
      net.latencyMs = () => net.between(1, 60);
      chatter(net, 3_000, 30);
      net.runFor(3_000);
    },
  },
  'one author writes ten times as fast as it may': {
    limits: { updatesPerSecond: 10 },
    play(net) {
      const rooms = people(net, 4);
      net.runFor(1_000);
      flood(net, rooms, 4_000);
      net.runFor(4_001);
    },
  },
  'twelve writers together write more than the Link of one member takes': {
    limits: { updatesPerSecond: 3, maxBytes: 4_000_000 },
    play(net) {
      crowd(net, people(net, 12), 16_000);
      net.runFor(16_001);
    },
  },
  'a writer lies in every way that it can': {
    play(net) {
      const rooms = people(net, 4);
      hostile(net, rooms);
      chatter(net, 6_000, 40, () => rooms.filter(({ isAlive }) => isAlive));
      net.runFor(10_000);
    },
  },
  ...finalStories,
  ...bootStories,
  ...undoStories,
  ...tricklerStories,
};
