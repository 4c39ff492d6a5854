/**
 * One room on many Nodes in virtual time, driven without promises: real RoomStates, and between them a mesh that keeps its word while two
 * Nodes are connected (in order, nothing lost) and forgets what was on its way when they part. A scenario parts, kills and freezes.
 */
import { simulatedCryptography } from '../../src/mesh/identity/cryptography.testing.ts';
import { identityFrom } from '../../src/mesh/index.ts';
import { toHex } from '../../src/runtime/index.ts';
import {
  type AuthorId,
  DEFAULT_ROOM_LIMITS,
  type DeviceId,
  type Plain,
  type RoomLimits,
} from '../../src/services/rooms/contract.ts';
import { Keyring } from '../../src/services/rooms/epochs.ts';
import { keepsOnly } from '../../src/services/rooms/fold.ts';
import { type Genesis, makeGenesis } from '../../src/services/rooms/genesis.ts';
import { keysOf, type RoomKeys } from '../../src/services/rooms/keys.ts';
import type { RoomEvent } from '../../src/services/rooms/room-events.ts';
import { RoomState } from '../../src/services/rooms/room-state.ts';
import type { RoomReducer } from '../../src/services/rooms/states.ts';
import { Undoing } from '../../src/services/rooms/undoing.ts';
import type { NodeId } from '../../src/wire/index.ts';
import { Lives } from '../lives.ts';
import { noting } from './noting.ts';
import { perform } from './performing.ts';
import type { SimRoom } from './sim-room.ts';
import { Truth } from './truth.ts';

/** Until one end notices that the other is gone. */
const DETECT_MS = 3_000;
/** As long as somebody waits for an answer of which something comes, nearly. */
const TRICKLE_MS = 110_000;
/** What is smaller than that is only the beginning. */
const TRICKLED_BYTES = 2_000;

export interface Newcomer {
  /** What it believes that they are. */
  readonly limits?: RoomLimits;
  readonly isAdmin?: boolean;
  /** Its link is of later keys. */
  readonly keyring?: Keyring;
  /** It has made the room. */
  readonly isMaker?: boolean;
  readonly reducer?: RoomReducer;
}

export class RoomNet extends Lives<SimRoom, RoomEvent> {
  readonly cryptography = simulatedCryptography();
  readonly keys: RoomKeys;
  readonly genesis: Genesis;
  /** Found while it ran. */
  readonly problems: string[] = [];
  /** What else is to be looked at when the network is at rest. */
  readonly atRest: (() => readonly string[])[] = [];
  /** A message of which it says so vanishes: worse than any mesh. */
  isLost: (() => boolean) | undefined;
  latencyMs: (from: NodeId, to: NodeId) => number = () => 5;
  /** Whose only Link carries so many bytes a second, from all others together. */
  readonly narrow = new Map<NodeId, number>();
  /** Answers in place of a room that is not honest. */
  readonly liars = new Map<NodeId, () => readonly Uint8Array[]>();
  /** Who lets what it is asked for trickle. */
  readonly tricklers = new Set<NodeId>();
  readonly truth: Truth;
  /** Who was taken out: its writes are refused, and it is shown. */
  readonly booted = new Set<NodeId>();
  /** What somebody took back at some time, and perhaps wanted back again. */
  readonly takenBack = new Set<Plain>();
  readonly #written = new Map<NodeId, readonly string[]>();
  /** Whether the first to open the room administers it. */
  hasMaker = false;
  #tokens = 0;
  readonly #freeAtMs = new Map<string, number>();

  constructor(seed: number, limits: Partial<RoomLimits> = {}) {
    super(seed);
    this.keys = keysOf('admin', this.random.bytes(32), this.cryptography);
    const beginning = {
      reducer: noting.name,
      initial: [],
      limits: { ...DEFAULT_ROOM_LIMITS, maxBytes: 100_000, ...limits },
    };
    this.genesis = makeGenesis(beginning, this.keys, this.cryptography);
    this.truth = new Truth(this.genesis);
  }

  /** A Node that has just opened the room, connected to all that are there. */
  add(connectTo: readonly SimRoom[] = this.alive, newcomer: Newcomer = {}): SimRoom {
    const isFirst = this.nodes.length === 0 && this.hasMaker;
    const { limits = this.genesis.limits, isMaker = isFirst, isAdmin = isMaker, reducer = noting } = newcomer;
    const identity = identityFrom(this.random.bytes(32), this.cryptography);
    const deviceSecret = this.random.bytes(32);
    const keyring = newcomer.keyring ?? new Keyring(this.genesis, this.keysFor(isAdmin), this.cryptography);
    const state = new RoomState({
      ...{ self: identity.id, identity, cryptography: this.cryptography },
      genesis: { ...this.genesis, limits },
      ...{ keyring, isMaker, deviceSecret },
      session: 1,
      reducer,
    });
    const room: SimRoom = {
      ...{ id: identity.id, identity, state, links: new Set(), pending: new Map(), blamed: new Map() },
      ...{ heldBack: new Set(), had: new Set(), final: [], isBroken: false, isRemoved: false },
      ...{ keyring, deviceSecret, undoing: new Undoing() },
      isBlind: reducer === keepsOnly,
      ...{ isAlive: true, waiting: undefined, wakeAtMs: Number.POSITIVE_INFINITY },
    };
    this.nodes.push(room);
    for (const other of connectTo) this.connect(room, other);
    return room;
  }

  /** It has the room without knowing what it is about. */
  addKeeper(): SimRoom {
    return this.add(this.alive, { reducer: keepsOnly });
  }

  keysFor(isAdmin: boolean): RoomKeys {
    const { writeSecret = new Uint8Array() } = this.keys;
    return isAdmin ? this.keys : keysOf('write', writeSecret, this.cryptography);
  }

  authorOf({ identity }: SimRoom): AuthorId {
    return toHex(identity.publicKey) as AuthorId;
  }

  connect(a: SimRoom, b: SimRoom): void {
    if (a === b || !a.isAlive || !b.isAlive || a.links.has(b.id)) return;
    a.links.add(b.id);
    b.links.add(a.id);
    this.meet(a, b, 1);
    this.meet(b, a, 1);
  }

  /** What is on its way is lost; each notices in its own time. */
  disconnect(a: SimRoom, b: SimRoom): void {
    if (!a.links.delete(b.id)) return;
    b.links.delete(a.id);
    for (const [at, gone] of [[a, b] as const, [b, a] as const]) {
      this.after(this.between(0, DETECT_MS), () => {
        if (!at.links.has(gone.id)) this.deliver(at, () => this.handle(at, { type: 'left', node: gone.id }));
      });
    }
  }

  /** It leaves no word. */
  kill(room: SimRoom): void {
    room.isAlive = false;
    for (const other of this.alive) this.disconnect(other, room);
  }

  freeze(room: SimRoom): void {
    room.waiting ??= [];
  }

  thaw(room: SimRoom): void {
    const waiting = room.waiting ?? [];
    room.waiting = undefined;
    for (const run of waiting) if (room.isAlive) run();
  }

  write(room: SimRoom, text: string): void {
    this.deliver(room, () => {
      const token = ++this.#tokens;
      room.pending.set(token, text);
      this.#written.set(room.id, [...(this.#written.get(room.id) ?? []), text]);
      // Clocks are wrong by days: nobody may care.
      const claimedAtMs = Math.floor(this.between(0, 1e12));
      this.handle(room, { type: 'write', token, payload: text, claimedAtMs });
    });
  }

  /** Its newest update, as if it had not been written; or that one again. */
  undo(room: SimRoom, isRedo = false): void {
    this.deliver(room, () => {
      const { undoing, state } = room;
      const undoes = isRedo ? undoing.nextRedo : undoing.next;
      if (!undoes || state.isFinal(undoes)) return;
      const author = this.authorOf(room);
      for (const update of state.updates)
        if (update.author === author && update.number === undoes.number) this.takenBack.add(update.payload);
      const token = ++this.#tokens;
      room.pending.set(token, isRedo ? 'redo' : 'undo');
      undoing.ask(token, isRedo);
      this.handle(room, { type: 'write', token, payload: null, claimedAtMs: 0, undoes });
    });
  }

  /** What these have written. */
  writtenBy(rooms: readonly SimRoom[]): readonly string[] {
    return rooms.flatMap(({ id }) => this.#written.get(id) ?? []);
  }

  deviceOf(room: SimRoom): DeviceId {
    return toHex(this.cryptography.agreementKey(room.deviceSecret)) as DeviceId;
  }

  /** One takes another out. */
  boot(by: SimRoom | undefined, gone: SimRoom): void {
    if (!by) return;
    this.booted.add(gone.id);
    this.deliver(by, () => {
      const token = ++this.#tokens;
      by.pending.set(token, 'boot');
      const device = this.deviceOf(gone);
      this.handle(by, { type: 'boot', token, device, secret: this.random.bytes(32) });
    });
  }

  sync(room: SimRoom): void {
    this.deliver(room, () => {
      const token = ++this.#tokens;
      room.pending.set(token, 'sync');
      this.handle(room, { type: 'sync', token });
    });
  }

  handle(room: SimRoom, event: RoomEvent): void {
    if (!room.isAlive) return;
    for (const effect of room.state.handle(event, this.now())) perform(this, room, effect);
    this.wakeLater(room);
  }

  /** To another, later, in order but for what is bulk, which has an order of its own; never when they part meanwhile. */
  send(from: SimRoom, to: NodeId, bytes: number, arrive: (room: SimRoom) => void, isBulk = false): void {
    const target = this.nodes.find(({ id }) => id === to);
    if (!target || !from.links.has(to) || this.isLost?.()) return;
    const narrow = this.narrow.get(to);
    const lane = this.#laneOf(from.id, to, isBulk);
    // 1 MB/s: a piece of 256 KiB takes a quarter of a second.
    const isTrickling = isBulk && bytes > TRICKLED_BYTES && this.tricklers.has(from.id);
    const takesMs = isTrickling ? TRICKLE_MS : (1000 * bytes) / (narrow ?? 1_000_000);
    const atMs = Math.max(this.now() + this.latencyMs(from.id, to), this.#freeAtMs.get(lane) ?? 0) + takesMs;
    this.#freeAtMs.set(lane, atMs);
    this.after(atMs - this.now(), () => {
      if (target.isAlive && target.links.has(from.id)) this.deliver(target, () => arrive(target));
    });
  }

  /** Something of what is bulk is on its way to that one. */
  isComing(from: NodeId, to: NodeId): boolean {
    return (this.#freeAtMs.get(this.#laneOf(from, to, true)) ?? 0) > this.now();
  }

  #laneOf(from: NodeId, to: NodeId, isBulk: boolean): string {
    return this.narrow.has(to) ? `${to} ${isBulk}` : `${from} ${to} ${isBulk}`;
  }

  /** It hears which keys the other has. */
  meet(room: SimRoom, other: SimRoom, delayMs: number): void {
    const held = other.keyring.held.map(({ id }) => id);
    this.after(delayMs, () =>
      this.deliver(room, () => {
        if (!room.links.has(other.id)) return;
        const epochs = held.map((id) => (room.keyring.holds(id) ? id : undefined));
        this.handle(room, { type: 'peer', node: other.id, epochs });
      }),
    );
  }
}
