/** What befalls a room from which somebody is taken out: while all write, in a partition, twice at once, an administrator's own device. */
import { Keyring } from '../../src/services/rooms/epochs.ts';
import { keysOf, lowered } from '../../src/services/rooms/keys.ts';
import type { RoomNet } from './room-net.ts';
import type { SimRoom } from './sim-room.ts';
import { chatter, join, people, type Scenario, split } from './stories.ts';

/** Until a role is taken from who does not answer, a rotation made, and all have it. */
const TURNED_MS = 20_000;

/** R3, and what was allowed is there, once. @param booted whom somebody who is there took out for good */
export function isRoomWithout(net: RoomNet, booted: readonly SimRoom[]): void {
  net.atRest.push(() => {
    const problems: string[] = [];
    for (const gone of booted) {
      if (gone.isAlive && !gone.isRemoved) problems.push('who was taken out has not been told');
    }
    const [first] = net.alive.filter((room) => !room.isRemoved && !room.isBlind);
    if (!first) return ['nobody is left in the room'];
    const texts = first.state.state as readonly string[];
    if (new Set(texts).size !== texts.length) problems.push('an update is there twice');
    for (const text of net.writtenBy(net.alive.filter((room) => !room.isRemoved))) {
      if (!text.startsWith('!') && !net.takenBack.has(text) && !texts.includes(text))
        problems.push('what an allowed author wrote is lost');
    }
    for (const gone of booted) problems.push(...afterRotation(net, first, gone));
    return problems;
  });
}

/** Each took the other out: one rotation counts for all, whoever's that is. */
function isOneOfTwoOut(net: RoomNet, one: SimRoom, other: SimRoom): void {
  const gone = [one, other].filter((room) => room.isRemoved);
  if (gone.length !== 1) net.problems.push(`${gone.length} of two that took each other out are out`);
  isRoomWithout(net, gone);
}

/** R3: nothing of it is in the room but what was in a rotation's past. */
function afterRotation(net: RoomNet, { state }: SimRoom, gone: SimRoom): readonly string[] {
  const author = net.authorOf(gone);
  const { tip } = state;
  const past = tip ? net.truth.pastOfRemoval(tip, net.deviceOf(gone)) : undefined;
  if (!past) return ['whoever was to be taken out has not been'];
  const all = tip ? [...net.truth.orderAt(tip), ...state.updates.map(({ hash }) => hash)] : [];
  const isLate = all.some((hash) => net.truth.updates.get(hash)?.author === author && !past.has(hash));
  return isLate ? ['R3: an update of who was taken out applies'] : [];
}

export const bootStories: Readonly<Record<string, Scenario>> = {
  'somebody is taken out while all write': {
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 4);
      chatter(net, 15_000, 30);
      net.runFor(net.between(500, 8_000));
      const gone = net.pick(rooms.slice(1));
      net.boot(rooms[0], gone);
      net.runFor(TURNED_MS);
      isRoomWithout(net, [gone]);
    },
  },
  'one after the other is taken out, and others come with new links': {
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 5);
      chatter(net, 30_000, 60);
      net.runFor(net.between(500, 5_000));
      for (const gone of rooms.slice(1, 4)) {
        net.boot(rooms[0], gone);
        net.runFor(net.between(100, 6_000));
        addByNewLink(net, rooms[0]);
      }
      net.runFor(TURNED_MS);
      isRoomWithout(net, rooms.slice(1, 4));
    },
  },
  'somebody is taken out in a partition, and writes on the other side': {
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 6);
      const [left, right] = [rooms.slice(0, 3), rooms.slice(3)];
      chatter(net, 25_000, 60);
      net.runFor(net.between(4_000, 8_000));
      split(net, left, right);
      net.runFor(net.between(0, 4_000));
      const gone = net.pick(rooms.slice(1));
      net.boot(rooms[0], gone);
      net.runFor(net.between(0, 10_000));
      join(net, left, right);
      net.runFor(TURNED_MS);
      isRoomWithout(net, [gone]);
    },
  },
  'an administrator takes out a device of its own, which makes the checkpoints': {
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 4);
      const other = net.add(rooms, { isAdmin: true });
      const [lost] = rooms;
      chatter(net, 15_000, 40);
      net.runFor(net.between(3_000, 8_000));
      if (!lost) return;
      net.boot(other, lost);
      net.runFor(TURNED_MS);
      isRoomWithout(net, [lost]);
    },
  },
  'two administrators take somebody out at once': {
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 5);
      const other = net.add(rooms, { isAdmin: true });
      chatter(net, 20_000, 40);
      net.runFor(net.between(3_000, 8_000));
      const [, first, second] = rooms as [SimRoom, SimRoom, SimRoom];
      net.boot(rooms[0], first);
      net.runFor(net.between(0, 300));
      net.boot(other, second);
      net.runFor(2 * TURNED_MS);
      isRoomWithout(net, [first, second]);
    },
  },
  'two administrators take each other out at once': {
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 4);
      const [one] = rooms as [SimRoom];
      const other = net.add(rooms, { isAdmin: true });
      chatter(net, 20_000, 40);
      net.runFor(net.between(3_000, 8_000));
      net.boot(one, other);
      net.runFor(net.between(0, 300));
      net.boot(other, one);
      net.runFor(2 * TURNED_MS);
      isOneOfTwoOut(net, one, other);
    },
  },
  'two administrators in a partition take somebody out, each another': {
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 5);
      const other = net.add(rooms, { isAdmin: true });
      const [left, right] = [rooms.slice(0, 2), [...rooms.slice(2), other]];
      chatter(net, 30_000, 60);
      net.runFor(net.between(6_000, 9_000));
      split(net, left, right);
      net.runFor(4_000);
      const [first, second] = [net.pick(rooms.slice(1, 3)), net.pick(rooms.slice(3))];
      net.boot(rooms[0], first);
      net.boot(other, second);
      net.runFor(net.between(12_000, 20_000));
      join(net, left, right);
      net.runFor(2 * TURNED_MS);
      isRoomWithout(net, [first, second]);
    },
  },
  'a member is away during the rotation, and finds its keys when it is back': {
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 4);
      chatter(net, 20_000, 50);
      net.runFor(net.between(4_000, 8_000));
      const [, gone, away] = rooms as [SimRoom, SimRoom, SimRoom];
      split(net, [away], rooms);
      net.runFor(net.between(0, 5_000));
      net.boot(rooms[0], gone);
      net.runFor(net.between(2_000, 8_000));
      join(net, [away], rooms);
      net.runFor(TURNED_MS);
      isRoomWithout(net, [gone]);
      net.atRest.push(() => (away.isRemoved ? ['a member that was away is not let in'] : []));
    },
  },
};

/** A writer with a link that was made just now. */
function addByNewLink(net: RoomNet, by: SimRoom | undefined): void {
  if (!by) return;
  const { current } = by.keyring;
  const secret = lowered(current.secrets, 'write');
  if (!secret) return;
  const { genesis, cryptography } = net;
  const secrets = keysOf('write', secret, cryptography);
  const keyring = new Keyring(genesis, secrets, cryptography, by.keyring.lineOf(current.id));
  net.add(
    net.alive.filter((room) => !room.isRemoved),
    { keyring },
  );
}
