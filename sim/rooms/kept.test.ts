/**
 * Devices, some of them with two tabs, whose tabs are closed and crash at any moment, in the middle of a write as well, whose disks fill up, and that are opened again:
 * what `update` called safe while a tab was alone is never lost, and in the end all have the same.
 */
import { expect, it } from 'vitest';
import { integerBelow, type Random, seededRandom, setLogSink } from '../../src/runtime/index.ts';
import type { Room } from '../../src/services/rooms/index.ts';
import { noting } from '../../src/services/rooms/room.testing.ts';
import { quietVirtualTime } from '../quiet-virtual-time.testing.ts';
import { Device, type RoomTab, RoomWorld } from '../room-world.testing.ts';

quietVirtualTime();

const { ROOM_SEEDS, ROOM_SEED } = process.env;
const seeds =
  ROOM_SEED === undefined
    ? Array.from({ length: Number(ROOM_SEEDS ?? 3) }, (_, i) => i)
    : [Number(ROOM_SEED)];
const STEPS = 40;
const SLOWEST_WRITE_MS = 300;

type Notes = Room<readonly string[], string>;

interface Owner {
  readonly device: Device;
  tab: RoomTab | undefined;
  room: Notes | undefined;
}

class Story {
  readonly world: RoomWorld;
  readonly random: Random;
  readonly owners: readonly Owner[];
  /** What an `update` that was alone has called safe. */
  readonly safe: string[] = [];
  #link = '';
  #count = 0;

  constructor(seed: number) {
    this.world = new RoomWorld(seed);
    this.random = seededRandom(seed + 7_000);
    // Of every second seed two of the tabs are one browser's.
    const shared = new Device();
    this.owners = Array.from({ length: 3 }, (_, i) => ({
      device: i < 2 && seed % 2 === 1 ? shared : new Device(),
      tab: undefined,
      room: undefined,
    }));
    for (const { device } of this.owners) {
      device.disk.before = (operation) => (operation === 'set' ? this.#slow() : undefined);
    }
  }

  async play(): Promise<void> {
    const [first] = this.owners;
    if (!first) return;
    first.tab = this.world.addTab(0, first.device);
    await this.world.meet();
    const made = first.tab.rooms.create({
      reducer: noting,
      initial: [],
      limits: { updatesPerSecond: 1_000 },
    });
    first.room = await this.world.settled(made);
    this.#link = first.room.links.write ?? '';
    await this.world.runUntil(() => first.room?.disk.type === 'kept');
    for (let step = 0; step < STEPS; step++) await this.#step(this.#pick(this.owners));
    for (const { device } of this.owners) device.disk.capacityBytes = Number.POSITIVE_INFINITY;
    // Who has never had it gets it from who has: one round is not enough.
    for (const owner of [...this.owners, ...this.owners]) if (!owner.room) await this.#begin(owner);
    const isKept = ({ room }: Owner): boolean =>
      room?.disk.type === 'kept' || room?.disk.type === 'elsewhere';
    await this.world.runUntil(() => this.owners.every(isKept));
    const hashes = (): Set<string | undefined> => new Set(this.owners.map(({ room }) => room?.stateHash));
    await this.world.runUntil(() => hashes().size === 1);
  }

  lost(): readonly string[] {
    const state = this.owners[0]?.room?.state ?? [];
    return this.safe.filter((text) => !state.includes(text));
  }

  async #step(owner: Owner): Promise<void> {
    const { room } = owner;
    const act = integerBelow(this.random, 10);
    if (!room) {
      if (act < 3) await this.#begin(owner);
    } else if (act < 5) for (let i = 0; i <= integerBelow(this.random, 6); i++) this.#write(room);
    else if (act < 8) this.#end(owner);
    else
      owner.device.disk.capacityBytes =
        act === 8 ? owner.device.disk.usedBytes + 600 : Number.POSITIVE_INFINITY;
    await this.world.runFor(integerBelow(this.random, 2_000));
  }

  #write(room: Notes): void {
    const text = `${this.#count++}`;
    const isAlone = room.sync.type === 'alone';
    const settled = (): void => {
      if (isAlone && room.sync.type === 'alone' && room.disk.type !== 'trouble') this.safe.push(text);
    };
    room.update(text).then(settled, () => {});
  }

  #end(owner: Owner): void {
    if (owner.tab) this.world.endTab(owner.tab);
    owner.tab = undefined;
    owner.room = undefined;
  }

  /** By its own disk, or by another who is here; when neither has it, later. */
  async #begin(owner: Owner): Promise<void> {
    owner.tab = this.world.addTab(0, owner.device);
    await this.world.meet();
    const opening = owner.tab.rooms.open(this.#link, { reducer: noting, timeoutMs: 5_000 });
    owner.room = await this.world.settled(opening.catch(() => undefined));
    if (!owner.room) this.#end(owner);
  }

  #slow(): Promise<void> {
    return new Promise((resolve) => {
      this.world.network.scheduler.after(integerBelow(this.random, SLOWEST_WRITE_MS), resolve);
    });
  }

  #pick<T>(items: readonly T[]): T {
    const item = items[integerBelow(this.random, items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}

it('what a device called safe is there after any crash, and all have it in the end', {
  timeout: 3_600_000,
}, async () => {
  setLogSink(() => {});
  let safe = 0;
  for (const seed of seeds) {
    const story = new Story(seed);
    await story.play().catch((error: unknown) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
    expect(story.lost(), `seed ${seed}`).toEqual([]);
    safe += story.safe.length;
  }
  expect(safe).toBeGreaterThan(seeds.length);
});
