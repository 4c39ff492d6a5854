/** Test support: rooms on real Nodes in virtual time. */
import type { Random } from '../src/runtime/index.ts';
import { type Disk, type DiskPlace, Shelf } from '../src/services/disk/index.ts';
import { MemoryClaims, MemoryDisk } from '../src/services/disk/memory.testing.ts';
import type { Plain, Reducer, Room, Rooms } from '../src/services/rooms/index.ts';
import { createRooms } from '../src/services/rooms/index.ts';
import type { NodeId } from '../src/wire/index.ts';
import { FarmWorld, type Tab } from './farm-world.ts';

export interface RoomTab extends Tab {
  readonly id: NodeId;
  readonly rooms: Rooms;
  readonly place: DiskPlace | undefined;
}

/** What outlives its tabs. */
export class Device {
  readonly disk = new MemoryDisk();
  readonly #claims = new MemoryClaims();

  /** As one tab sees it, until it is closed: what it has begun happens, and it does not hear of it any more. */
  place(timers: Tab['host']): DiskPlace {
    const claims = this.#claims.tab();
    const { disk } = this;
    let isOpen = true;
    const heard = <T>(result: Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        result.then(
          (value) => isOpen && resolve(value),
          (error: unknown) => isOpen && reject(error),
        );
      });
    const seen: Disk = {
      keys: (prefix) => heard(disk.keys(prefix)),
      get: (key) => heard(disk.get(key)),
      set: (records) => heard(disk.set(records)),
      del: (keys) => heard(disk.del(keys)),
    };
    const shelf = new Shelf(seen, timers, async () => Number.POSITIVE_INFINITY);
    return {
      ...{ shelf, claims },
      close() {
        isOpen = false;
        claims.close();
      },
    };
  }
}

export class RoomWorld extends FarmWorld {
  /** Opens a tab that can have rooms. @param skewMs how wrong its clock is */
  addTab(skewMs = 0, device?: Device): RoomTab {
    const tab = this.add();
    const { node, identity, host, random } = tab;
    const place = device?.place(host);
    const rooms = createRooms({
      ...{ node, identity, clock: host, timers: host, random: random as Random },
      wallClock: { now: () => 1_000_000_000 + host.now() + skewMs },
      cryptography: this.cryptography,
      ...(place && { place }),
    });
    return { ...tab, id: node.id, rooms, place };
  }

  /** The tab is closed, or crashes: without a word, and its browser takes back what it held. */
  endTab({ id, place }: RoomTab): void {
    this.kill(id);
    place?.close();
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
    await this.runUntil(() =>
      rooms.every((room) => room.members.filter(({ isHere }) => isHere).length === tabs.length),
    );
    return rooms;
  }
}
