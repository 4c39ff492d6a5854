/** Performs in a simulation what the state of a room decides: what it says travels, what it promises is looked at (promises.ts), and the rest is noted. */
import type { EpochId } from '../../src/services/rooms/contract.ts';
import type { RoomEffect } from '../../src/services/rooms/room-events.ts';
import type { NodeId } from '../../src/wire/index.ts';
import { checkFinal, checkSafe, type SeenNet } from './promises.ts';
import { ask, type RequestNet } from './requests.ts';
import type { SimRoom } from './sim-room.ts';

/** The network that it goes over. */
export interface PerformingNet extends RequestNet, Omit<SeenNet, 'liars'> {
  readonly alive: readonly SimRoom[];
  latencyMs(from: NodeId, to: NodeId): number;
  /** The first hears which keys the other has. */
  meet(room: SimRoom, other: SimRoom, delayMs: number): void;
}

export function perform(net: PerformingNet, room: SimRoom, effect: RoomEffect): void {
  switch (effect.type) {
    case 'spread':
      for (const to of effect.to) {
        const arrive = (at: SimRoom): void =>
          net.handle(at, { type: 'updates', from: room.id, updates: [effect.item] });
        say(net, room, to, effect.item.length, arrive, effect.keys);
      }
      return;
    case 'tell':
    case 'thank':
      for (const to of effect.to) {
        const type = effect.type === 'tell' ? 'heads' : 'thanks';
        say(net, room, to, 100, (at) => net.handle(at, { type, from: room.id, heads: effect.heads }));
      }
      return;
    case 'hold':
      net.send(room, effect.to, 10, (at) => net.handle(at, { type: 'hold', from: room.id }));
      return;
    case 'heldBack':
      room.heldBack.add(effect.node === room.id ? effect.by : effect.node);
      return;
    case 'ask':
    case 'askPiece':
    case 'askTurns':
      ask(net, room, effect);
      return;
    case 'settled':
      checkSafe(net, room, effect.hash);
      room.pending.delete(effect.token);
      return;
    case 'written':
      room.undoing.written(effect.token, effect.update);
      return;
    case 'moved':
      room.undoing.moved(effect.from, effect.to);
      return;
    case 'overtaken':
      room.undoing.overtaken(effect.update);
      if (effect.token !== undefined) room.pending.delete(effect.token);
      return;
    case 'failed':
      room.undoing.failed(effect.token);
      room.pending.delete(effect.token);
      return;
    case 'refused':
      if (effect.from !== undefined) room.blamed.set(effect.from, effect.reason);
      return;
    case 'stopped':
      net.problems.push(`R6: a room stopped: ${effect.reason}`);
      return;
    case 'store':
      room.had.add(effect.update.hash);
      net.truth.updates.set(effect.update.hash, effect.update);
      return;
    case 'keep':
      net.truth.learn(effect.checkpoint);
      return;
    case 'broken':
      room.isBroken = true;
      return;
    case 'final':
      checkFinal(net, room);
      return;
    case 'askRole':
      net.send(room, effect.to, 100, (at) =>
        net.handle(at, { type: 'role', from: room.id, request: effect.request }),
      );
      return;
    case 'greet': {
      const other = net.nodes.find(({ id }) => id === effect.to);
      if (other && room.links.has(effect.to)) net.meet(other, room, net.latencyMs(room.id, effect.to));
      return;
    }
    case 'announce':
      for (const other of net.alive) {
        if (!room.links.has(other.id)) continue;
        net.meet(other, room, net.latencyMs(room.id, other.id));
        net.meet(room, other, 2 * net.latencyMs(room.id, other.id));
      }
      return;
    case 'introduce':
      say(net, room, effect.to, 300, (at) =>
        net.handle(at, { type: 'members', from: room.id, introductions: effect.introductions }),
      );
      return;
    case 'removed':
      room.isRemoved = true;
      return;
    case 'met':
    case 'parted':
    case 'turned':
    case 'members':
    case 'rebased':
    case 'changed':
    case 'paced':
      return;
  }
}

/** What is sealed with keys that it does not have, it does not understand. */
function say(
  net: PerformingNet,
  from: SimRoom,
  to: NodeId,
  bytes: number,
  arrive: (room: SimRoom) => void,
  keys: EpochId = from.keyring.current.id,
): void {
  net.send(from, to, bytes, (room) => {
    if (room.keyring.holds(keys)) arrive(room);
  });
}
