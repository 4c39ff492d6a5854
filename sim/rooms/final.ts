/** What befalls finality: who makes checkpoints dies, is parted from the others, hands on, or lies; and newcomers who get snapshots. */
import { integerBelow, uniform } from '../../src/runtime/index.ts';
import { CheckpointCodec } from '../../src/services/rooms/checkpoint-codec.ts';
import { draftCheckpoint } from '../../src/services/rooms/closing.ts';
import { Keyring } from '../../src/services/rooms/epochs.ts';
import { History } from '../../src/services/rooms/history.ts';
import { noting } from './noting.ts';
import type { RoomNet } from './room-net.ts';
import type { SimRoom } from './sim-room.ts';
import { chatter, join, people, type Scenario, split } from './stories.ts';

/** Longer than anything is open while somebody is there to close it. */
const CLOSED_MS = 15_000;

/** At rest all is closed, by an administrator that is there. */
function allIsFinal(net: RoomNet): void {
  net.atRest.push(() =>
    net.alive.flatMap(({ state }) => {
      if (state.finality.type === 'none') return ['nothing is final'];
      return state.heads.length > 0 ? ['what is open is not closed'] : [];
    }),
  );
}

export const finalStories: Readonly<Record<string, Scenario>> = {
  'checkpoints race with writes': {
    play(net) {
      net.hasMaker = true;
      people(net, 2 + integerBelow(net.random, 5));
      chatter(net, 15_000, 30);
      net.runFor(15_000);
      allIsFinal(net);
    },
  },
  'somebody joins at every step, and history is closed': {
    play(net) {
      net.hasMaker = true;
      people(net, 2);
      chatter(net, 30_000, 40);
      for (let i = 0; i < 6; i++) {
        net.runFor(net.between(0, 6_000));
        net.add();
      }
      allIsFinal(net);
    },
  },
  'two administrators are parted, each makes checkpoints, and they meet': {
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 3);
      const other = net.add(rooms, { isAdmin: true });
      const half = integerBelow(net.random, 3);
      const [left, right] = [rooms.slice(0, 1 + half), [...rooms.slice(1 + half), other]];
      chatter(net, 40_000, 60);
      net.runFor(net.between(0, 8_000));
      split(net, left, right);
      net.runFor(net.between(3_000, 10_000));
      net.handle(other, { type: 'administer' });
      net.runFor(net.between(0, 20_000));
      join(net, left, right);
      net.runFor(CLOSED_MS);
      allIsFinal(net);
    },
  },
  'three administrators take the role of one that is lost at once': {
    play(net) {
      net.hasMaker = true;
      const [maker] = people(net, 2);
      const others = Array.from({ length: 3 }, () => net.add(net.alive, { isAdmin: true }));
      chatter(net, 25_000, 60);
      net.runFor(net.between(3_000, 12_000));
      if (maker) net.kill(maker);
      net.runFor(net.between(0, 4_000));
      for (const other of others) net.handle(other, { type: 'administer' });
      net.runFor(CLOSED_MS);
      allIsFinal(net);
    },
  },
  'the role is handed on, back and forth': {
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 3);
      const admins = [net.pick(rooms.slice(0, 1)), net.add(rooms, { isAdmin: true })];
      chatter(net, 30_000, 60);
      for (let i = 0; i < 4; i++) {
        net.runFor(net.between(3_000, 9_000));
        net.handle(net.pick(admins), { type: 'administer' });
      }
      allIsFinal(net);
      net.atRest.push(() =>
        net.alive.flatMap(({ state: { finality } }) =>
          finality.type === 'final' && finality.breaks.length > 0 ? ['a role that is handed on breaks'] : [],
        ),
      );
    },
  },
  'the giver of a snapshot dies in the middle, again and again': {
    limits: { maxBytes: 4_000_000, updatesPerSecond: 1_000, bytesPerSecond: 10_000_000 },
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 5);
      const large = 'y'.repeat(50_000);
      for (let i = 0; i < 40; i++) {
        net.write(net.pick(rooms), `${i}${large}`);
        net.runFor(net.between(0, 400));
      }
      net.runFor(CLOSED_MS);
      const late = net.add(rooms);
      for (let i = 0; i < 3; i++) {
        net.runFor(net.between(0, 800));
        net.kill(net.pick(net.alive.filter((room) => room !== late && room !== rooms[0])));
        net.write(net.pick(net.alive), `small${i}`);
      }
      allIsFinal(net);
    },
  },
  'an administrator makes two checkpoints with one number': {
    play(net) {
      const honest = people(net, 4);
      const liar = net.add(honest, { isAdmin: true });
      net.liars.set(liar.id, () => []);
      chatter(net, 10_000, 60, () => honest);
      net.runFor(2_000);
      for (const _ of Array.from({ length: 4 })) {
        twoOf(net, liar, honest);
        net.runFor(net.between(0, 3_000));
      }
      net.kill(liar);
    },
  },
  'an administrator makes two chains of checkpoints, longer than what one says of those before it': {
    play(net) {
      const honest = people(net, 4);
      const [left, right] = [honest.slice(0, 2), honest.slice(2)];
      const liar = net.add(honest, { isAdmin: true });
      net.liars.set(liar.id, () => []);
      split(net, left, right);
      net.runFor(3_000);
      chatter(net, 12_000, 100, () => honest);
      const most = 17 + integerBelow(net.random, 12);
      const count = { left: integerBelow(net.random, most), right: most };
      for (let i = 0; i < most; i++) {
        net.runFor(net.between(200, 500));
        if (i < count.left) oneOf(net, liar, left);
        if (i < count.right) oneOf(net, liar, right);
      }
      net.runFor(net.between(0, 1_000));
      join(net, left, right);
      net.runFor(2_000);
      net.kill(liar);
    },
  },
  'nobody has the reducer but one, and a keeper has the last copy': {
    play(net) {
      net.hasMaker = true;
      const rooms = people(net, 2);
      const keepers = [net.addKeeper(), net.addKeeper()];
      chatter(net, 25_000, 40, () => rooms);
      net.runFor(30_000);
      for (const room of rooms) net.kill(room);
      net.runFor(net.between(0, 5_000));
      net.kill(net.pick(keepers));
      net.add();
    },
  },
};

/** Each to some of the others, for what these have. */
function twoOf(net: RoomNet, liar: SimRoom, others: readonly SimRoom[]): void {
  const seen = net.pick(others);
  const made = [0, 1].map((which) => checkpointFor(net, liar, seen, which));
  for (const to of others) give(net, liar, to, made[uniform(net.random) < 0.5 ? 0 : 1]);
}

/** To all of them, for what the first of them has. */
function oneOf(net: RoomNet, liar: SimRoom, side: readonly SimRoom[]): void {
  const [first] = side;
  const made = first && checkpointFor(net, liar, first, 0);
  for (const to of side) give(net, liar, to, made);
}

function checkpointFor(
  net: RoomNet,
  liar: SimRoom,
  { state: { history: seen } }: SimRoom,
  depth: number,
): Uint8Array | undefined {
  const { keys, genesis, cryptography } = net;
  const keyring = new Keyring(genesis, keys, cryptography);
  const codec = new CheckpointCodec(keyring, net.random.bytes(32), cryptography);
  const author = net.authorOf(liar);
  const history = new History({
    ...{ reducer: noting, initial: genesis.initial, maxBytes: 1e6, maxHistoryBytes: 1e6, cryptography },
    keyring,
  });
  if (seen.base) return undefined;
  for (const item of seen.items) net.truth.give(item.hash, history);
  const isTaking = !history.tip || history.tip.next !== author;
  const draft = draftCheckpoint(
    history,
    { next: author, isTaking, members: [], removed: undefined },
    cryptography,
  );
  const adminSecret = keys.adminSecret ?? new Uint8Array();
  const made = draft && codec.write({ ...draft, depth: draft.depth + depth }, liar.identity, adminSecret);
  const read = made && codec.read(made);
  if (typeof read === 'object' && !('type' in read)) net.truth.learn(read);
  return made;
}

function give(net: RoomNet, liar: SimRoom, to: SimRoom, item: Uint8Array | undefined): void {
  if (!item) return;
  net.send(liar, to.id, 300, (at) => net.handle(at, { type: 'updates', from: liar.id, updates: [item] }));
}
