/** Test support: rooms on real Nodes in virtual time. */
import type { Random } from '../src/runtime/index.ts';
import type { Plain, Reducer, Room, Rooms } from '../src/services/rooms/index.ts';
import { createRooms } from '../src/services/rooms/index.ts';
import type { NodeId } from '../src/wire/index.ts';
import { FarmWorld, type Tab } from './farm-world.ts';

export interface RoomTab extends Tab {
  readonly id: NodeId;
  readonly rooms: Rooms;
}

export class RoomWorld extends FarmWorld {
  /** Opens a tab that can have rooms. @param skewMs how wrong its clock is */
  addTab(skewMs = 0): RoomTab {
    const tab = this.add();
    const { node, identity, host, random } = tab;
    const rooms = createRooms({
      ...{ node, identity, clock: host, timers: host, random: random as Random },
      wallClock: { now: () => 1_000_000_000 + host.now() + skewMs },
      cryptography: this.cryptography,
    });
    return { ...tab, id: node.id, rooms };
  }

  /** What a promise comes to while time runs. */
  async settled<T>(promise: Promise<T>, limitMs?: number): Promise<T> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    promise.then(over, over);
    await this.runUntil(() => isOver, limitMs);
    return promise;
  }

  /** A room with all of these in it. */
  async room<State extends Plain, Update extends Plain>(
    tabs: readonly RoomTab[],
    reducer: Reducer<State, Update>,
    initial: State,
    limits = {},
  ): Promise<Room<State, Update>[]> {
    const rooms: Room<State, Update>[] = [];
    for (const tab of tabs) {
      const link = rooms[0]?.links.write;
      const opened = link
        ? tab.rooms.open(link, { reducer })
        : tab.rooms.create({ reducer, initial, limits });
      rooms.push(await this.settled(opened));
    }
    await this.runUntil(() => rooms.every((room) => room.members().length === tabs.length));
    return rooms;
  }
}
