/**
 * Givers that let trickle what they are asked for, as long as anybody waits: whoever catches up must not feel it while somebody else has it. And
 * who says for ever that it has more and gives nothing: the room must be closed all the same, and it can be taken out.
 */
import { toHex } from '../../src/runtime/index.ts';
import { NO_CHECKPOINT } from '../../src/services/rooms/checkpoint.ts';
import type { CheckpointHash, UpdateHash } from '../../src/services/rooms/contract.ts';
import type { RoomNet } from './room-net.ts';
import type { SimRoom } from './sim-room.ts';
import { chatter, people, type Scenario, split } from './stories.ts';

/** Until another is asked as well, for some questions in a row: those for a snapshot wait for longer. */
const PATIENCE_MS = 30_000;
const LIE_EVERY_MS = 300;
/** Until what was written is final although somebody lies: twice what an answer is waited for. */
const CLOSED_MS = 60_000;

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
  ...Object.fromEntries(
    (['gives nothing', 'does not answer', 'lets it trickle'] as const).map((how) => [
      `somebody says for ever that it has more, and ${how}`,
      { play: (net: RoomNet) => lies(net, how) },
    ]),
  ),
};

function lies(net: RoomNet, how: 'gives nothing' | 'does not answer' | 'lets it trickle'): void {
  net.hasMaker = true;
  const rooms = people(net, 3);
  const [maker] = rooms;
  const liar = net.add();
  const lie = (tip: CheckpointHash): void => {
    for (const { id } of rooms) {
      const [head, other] = [0, 1].map(() => toHex(net.random.bytes(32)));
      const checkpoint = net.random.bytes(1)[0] === 0 ? (other as CheckpointHash) : tip;
      const heads = { heads: [head as UpdateHash], count: 1e6, isQuestion: false, checkpoint };
      net.send(liar, id, 100, (at) => net.handle(at, { type: 'heads', from: liar.id, heads }));
    }
  };
  net.liars.set(liar.id, () => (how === 'gives nothing' ? [] : [new Uint8Array(3_000)]));
  if (how === 'lets it trickle') net.tricklers.add(liar.id);
  const untilMs = net.now() + 2 * CLOSED_MS;
  const act = (): void => {
    if (net.now() >= untilMs || !liar.isAlive) return;
    lie(maker?.state.tip?.hash ?? NO_CHECKPOINT);
    net.after(LIE_EVERY_MS, act);
  };
  net.after(1_000, act);
  if (how === 'does not answer') net.after(900, () => net.freeze(liar));
  chatter(net, 8_000, 50, () => rooms);
  net.runFor(CLOSED_MS);
  if (!maker?.state.tip || maker.state.heads.length > 0)
    net.problems.push('a liar keeps a room from being closed');
  net.boot(maker, liar);
  net.runFor(CLOSED_MS);
  if ((maker?.pending.size ?? 1) > 0) net.problems.push('a liar keeps itself from being taken out');
  net.kill(liar);
}

function mustFollow(net: RoomNet, newcomer: SimRoom, others: readonly SimRoom[]): void {
  net.runFor(PATIENCE_MS);
  const [first] = others;
  if (first && newcomer.state.stateHash !== first.state.stateHash)
    net.problems.push('who lets trickle what it gives holds up a newcomer');
}
