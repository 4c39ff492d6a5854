/**
 * The rooms of one Node: finds who else has them, and brings what arrives to the room it is about. Who has a room is said by marks that
 * only its members understand (keys.ts): to all when it is opened, and to each Node that joins.
 */

import { quickenCryptography } from '../../../mesh/index.curve.ts';
import {
  type Cryptography,
  type Identity,
  type MeshNode,
  type MeshStream,
  realCryptography,
} from '../../../mesh/index.ts';
import {
  CancelledError,
  type Clock,
  concatBytes,
  log,
  messageOf,
  type Random,
  type Timers,
} from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import type { DiskPlace } from '../../disk/index.ts';
import {
  DEFAULT_ROOM_LIMITS,
  type KeepRoomOptions,
  type KeptRoom,
  type NewRoomOptions,
  type OpenRoomOptions,
  type Plain,
  type Reducer,
  type Room,
  type RoomId,
  type Rooms,
} from '../contract.ts';
import { Keyring } from '../epochs.ts';
import {
  NOBODY_HAS_IT,
  RoomClosedError,
  RoomOpenError,
  RoomReducerError,
  RoomUnavailableError,
} from '../errors.ts';
import { keepsOnly } from '../fold.ts';
import { makeGenesis } from '../genesis.ts';
import { keysOf, type ReadKeys, ROOM_SECRET_BYTES, readKeysOf } from '../keys.ts';
import { parseRoomLink } from '../link.ts';
import { decodeMarks, decodePresence, Envelope, MAX_MARKS_SAID, type Presence } from '../messages.ts';
import type { Digest } from './ask-for-piece.ts';
import { type Entry, entryOf, envelopeOf } from './entry.ts';
import { keptGenesis, keysOfRoom } from './kept-genesis.ts';
import { type KeptKeys, keptKeys } from './kept-keys.ts';
import { LiveRoom } from './live-room.ts';
import { Opening } from './opening.ts';

/** What rooms are made of. */
export interface RoomsDependencies {
  readonly node: MeshNode;
  /** The Node's own: its key signs what is written here. */
  readonly identity: Identity;
  readonly clock: Clock;
  readonly wallClock: Clock;
  readonly timers: Timers;
  /** Fit for secrets, but in tests. */
  readonly random: Random;
  /** What links have in front: the network's invite, or a page's address with it. Default: nothing. */
  readonly invite?: string;
  /** Where rooms are kept on this device. Default: in memory only. Closing it is up to whoever made it, after the rooms. */
  readonly place?: DiskPlace;
  /** Default: the real one. */
  readonly cryptography?: Cryptography;
  /** SHA-256 of what is large. Default: that of `cryptography`, which is slower than a browser's own. */
  readonly digest?: Digest;
}

/** Then somebody who has it would have said so, mostly, and whoever waits wants to know. */
const LOOKING_MS = 3_000;

/** Once a Node. Ends with it, or before. */
export function createRooms(dependencies: RoomsDependencies): Rooms {
  return new NodeRooms(dependencies);
}

class NodeRooms implements Rooms {
  readonly #dependencies: RoomsDependencies;
  readonly #cryptography: Cryptography;
  readonly #stream: MeshStream;
  readonly #bulk: MeshStream;
  readonly #open = new Map<RoomId, LiveRoom<Plain, Plain>>();
  readonly #opening = new Map<RoomId, Opening>();
  readonly #unsubscribe: readonly (() => void)[];
  #isClosed = false;

  constructor(dependencies: RoomsDependencies) {
    const { node, cryptography = realCryptography } = dependencies;
    quickenCryptography();
    this.#dependencies = dependencies;
    this.#cryptography = cryptography;
    this.#stream = node.stream('rooms');
    this.#bulk = node.stream('rooms/bulk', { lane: 'bulk' });
    this.#unsubscribe = [
      this.#stream.receive('look', ({ from, body }) => this.#looks(from, body)),
      this.#stream.receive('here', ({ from, body }) => this.#isHere(from, body, false)),
      this.#stream.receive('here?', ({ from, body }) => this.#isHere(from, body, true)),
      this.#stream.receive('heads', ({ from, body }) =>
        this.#roomOf(from, body)?.hearing.received(from, 'heads', body),
      ),
      this.#stream.receive('thanks', ({ from, body }) =>
        this.#roomOf(from, body)?.hearing.received(from, 'thanks', body),
      ),
      this.#stream.receive('updates', ({ from, body }) =>
        this.#roomOf(from, body)?.hearing.received(from, 'updates', body),
      ),
      this.#stream.receive('latest', ({ from, body }) =>
        this.#roomOf(from, body)?.hearing.received(from, 'latest', body),
      ),
      this.#stream.receive('message', ({ from, body }) => this.#roomOf(from, body)?.hearing.said(from, body)),
      this.#stream.receive('hold', ({ from, body }) =>
        this.#roomOf(from, body)?.handle({ type: 'hold', from }),
      ),
      this.#stream.receive('role', ({ from, body }) =>
        this.#roomOf(from, body)?.hearing.received(from, 'role', body),
      ),
      this.#stream.receive('members', ({ from, body }) =>
        this.#roomOf(from, body)?.hearing.received(from, 'members', body),
      ),
      ...(['ask', 'piece', 'turns', 'genesis'] as const).map((what) =>
        this.#bulk.serve(
          what,
          ({ from, body }) => this.#roomOf(from, body)?.hearing.asked(from, what, body) ?? new Uint8Array(),
        ),
      ),
      node.events.on('joined', ({ id }) => this.#meet(id)),
      node.events.on('left', ({ id }) => this.#lose(id)),
    ];
    void this.#followUntilClosed();
  }

  async create<State extends Plain, Update extends Plain>(
    options: NewRoomOptions<State, Update>,
  ): Promise<Room<State, Update>> {
    if (this.#isClosed) throw new RoomClosedError();
    if (options.signal?.aborted) throw new CancelledError('making the room');
    const { reducer, initial, limits, secret } = options;
    if (secret && secret.length !== ROOM_SECRET_BYTES)
      throw new RangeError(`a room's secret has ${ROOM_SECRET_BYTES} bytes`);
    const drawn = secret ?? this.#dependencies.random.bytes(ROOM_SECRET_BYTES);
    const keys = keysOf('admin', drawn, this.#cryptography);
    const beginning = { reducer: reducer.name, initial, limits: { ...DEFAULT_ROOM_LIMITS, ...limits } };
    const genesis = makeGenesis(beginning, keys, this.#cryptography);
    if (this.#open.has(genesis.id) || this.#opening.has(genesis.id)) throw new RoomOpenError();
    const keyring = new Keyring(genesis, keys, this.#cryptography);
    const deviceSecret = this.#dependencies.random.bytes(ROOM_SECRET_BYTES);
    const entry = { genesis, keyring, deviceSecret, rotations: [] };
    const room = this.#enter(entry, reducer, [], { isMaker: secret === undefined });
    await room.load();
    return room;
  }

  async open<State extends Plain, Update extends Plain>(
    link: string,
    { reducer, ...options }: OpenRoomOptions<State, Update>,
  ): Promise<Room<State, Update>> {
    // Programs in JavaScript forget it, and would have a room whose state never changes.
    if (typeof reducer?.reduce !== 'function')
      throw new TypeError(
        'a room is opened with its reducer: { reducer: { name, reduce } }; without it, keep(link)',
      );
    return this.#openWith(reducer, link, options);
  }

  keep(link: string, options: KeepRoomOptions = {}): Promise<KeptRoom> {
    return this.#openWith(undefined, link, options);
  }

  /** @param reducer undefined: to keep it only */
  async #openWith<State extends Plain, Update extends Plain>(
    reducer: Reducer<State, Update> | undefined,
    link: string,
    { signal, timeoutMs, onLooking, isPassing = false }: KeepRoomOptions,
  ): Promise<Room<State, Update>> {
    if (this.#isClosed) throw new RoomClosedError();
    if (signal?.aborted) throw new CancelledError('opening the room');
    const { id, keys } = parseRoomLink(link, this.#cryptography);
    if (this.#open.has(id) || this.#opening.has(id)) {
      throw new RoomOpenError();
    }
    const { timers, node, place } = this.#dependencies;
    const readKeys = readKeysOf(keys.readKey, this.#cryptography);
    const envelope = envelopeOf(node.id, readKeys, this.#cryptography);
    const opening = new Opening({ id, envelope, timers, cryptography: this.#cryptography, bulk: this.#bulk });
    this.#opening.set(id, opening);
    const abort = (): void => opening.fail(new CancelledError('opening the room'));
    signal?.addEventListener('abort', abort, { once: true });
    const cancelTimeout =
      timeoutMs === undefined
        ? undefined
        : timers.after(timeoutMs, () => opening.fail(new RoomUnavailableError(id, timeoutMs)));
    const cancelLooking = timers.after(LOOKING_MS, () => {
      if (opening.holders.size === 0) onLooking?.(NOBODY_HAS_IT);
    });
    const kept = place && keptKeys(place.shelf, id, readKeys, this.#cryptography);
    void this.#lookOnDisk(opening, readKeys, kept);
    this.#broadcast('look', envelope.ownMark);
    try {
      const opened = await opening.opened;
      const { random } = this.#dependencies;
      const entry = entryOf(opened, keys, await kept, random, this.#cryptography);
      const { genesis } = entry;
      if (reducer && genesis.reducer !== reducer.name)
        throw new RoomReducerError(genesis.reducer, reducer.name);
      const room = this.#enter<State, Update>(entry, reducer, opening.holders, { isPassing });
      this.#opening.delete(id);
      await room.load();
      if (room.isClosed) throw new RoomClosedError();
      return room;
    } finally {
      cancelTimeout?.();
      cancelLooking();
      signal?.removeEventListener('abort', abort);
      this.#opening.delete(id);
    }
  }

  async forget(link: string): Promise<void> {
    const { id } = parseRoomLink(link, this.#cryptography);
    if (this.#open.has(id) || this.#opening.has(id)) throw new RoomOpenError();
    const { place } = this.#dependencies;
    if (place) await place.shelf.remove(await place.shelf.keys(keysOfRoom(id).all));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const off of this.#unsubscribe) off();
    for (const opening of this.#opening.values()) opening.fail(new RoomClosedError());
    for (const room of [...this.#open.values()]) room.close();
    this.#stream.close();
    this.#bulk.close();
  }

  #enter<State extends Plain, Update extends Plain>(
    { genesis, keyring, deviceSecret, rotations }: Entry,
    reducer: Reducer<State, Update> | undefined,
    holders: Iterable<readonly [NodeId, Presence]>,
    { isMaker = false, isPassing = false }: { readonly isMaker?: boolean; readonly isPassing?: boolean },
  ): LiveRoom<State, Update> {
    const { node, identity, clock, wallClock, timers, random, place, invite = '' } = this.#dependencies;
    const { id } = genesis;
    const envelope = new Envelope(node.id, keyring, this.#cryptography, isPassing);
    const room = new LiveRoom<State, Update>({
      ...{ self: node.id, identity, genesis, clock, wallClock, timers, envelope },
      ...{ stream: this.#stream, bulk: this.#bulk, cryptography: this.#cryptography, place, random },
      digest: this.#dependencies.digest ?? (async (bytes) => this.#cryptography.sha256(bytes)),
      ...{ keyring, deviceSecret, rotations, isMaker, isPassing, invite },
      session: random.uint32(),
      // Its name says that these are the states and updates of the room.
      reducer: (reducer as unknown as Reducer<Plain, Plain> | undefined) ?? keepsOnly,
      onClosed: () => this.#open.delete(id),
    });
    this.#open.set(id, room as unknown as LiveRoom<Plain, Plain>);
    for (const [holder, { marks, isPassing }] of holders) {
      const epochs = marks.map((mark) => envelope.epochOf(holder, mark)?.id);
      room.handle({ type: 'peer', node: holder, epochs, isPassing });
    }
    this.#broadcast('here?', envelope.presence);
    return room;
  }

  /** What this device keeps is there at once, whoever is here. */
  async #lookOnDisk(
    opening: Opening,
    readKeys: ReadKeys,
    kept: Promise<KeptKeys | undefined> | undefined,
  ): Promise<void> {
    const { place } = this.#dependencies;
    if (!place) return;
    const given = (await kept)?.secrets.flatMap((secrets) => secrets ?? []) ?? [];
    const readable = [readKeys, ...given.map(({ readKey }) => readKeysOf(readKey, this.#cryptography))];
    try {
      const genesis = await keptGenesis(place.shelf, opening.id, readable, this.#cryptography);
      if (genesis) opening.found(genesis);
    } catch (error) {
      opening.fail(error as Error);
    }
  }

  #meet(node: NodeId): void {
    const held = [...this.#open.values()].filter(({ isHeld }) => isHeld);
    const sought = [...this.#opening.values()].map(({ envelope }) => envelope.ownMark);
    for (const { envelope } of held) this.#tell(node, 'here?', envelope.presence);
    if (sought.length > 0) this.#tell(node, 'look', concatBytes(...sought.slice(0, MAX_MARKS_SAID)));
  }

  #lose(node: NodeId): void {
    for (const room of this.#open.values()) room.handle({ type: 'left', node });
    for (const opening of this.#opening.values()) opening.gone(node);
  }

  #looks(from: NodeId, marks: Uint8Array): void {
    for (const mark of decodeMarks(marks)) {
      const room = this.#roomOf(from, mark);
      if (room?.isHeld) this.#tell(from, 'here', room.envelope.presence);
    }
  }

  #isHere(from: NodeId, body: Uint8Array, isQuestion: boolean): void {
    const presence = decodePresence(body);
    const { marks, isPassing } = presence;
    for (const room of this.#open.values()) {
      const epochs = marks.map((mark) => room.envelope.epochOf(from, mark)?.id);
      if (epochs.every((epoch) => epoch === undefined)) continue;
      room.handle({ type: 'peer', node: from, epochs, isPassing });
      if (room.isHeld && isQuestion) this.#tell(from, 'here', room.envelope.presence);
    }
    for (const opening of this.#opening.values()) {
      if (marks.some((mark) => opening.envelope.isFrom(from, mark))) opening.here(from, presence);
    }
  }

  #roomOf(from: NodeId, message: Uint8Array): LiveRoom<Plain, Plain> | undefined {
    for (const room of this.#open.values()) if (room.envelope.isFrom(from, message)) return room;
    return undefined;
  }

  /** Iterators end with their Node: nothing else says that it has closed. */
  async #followUntilClosed(): Promise<void> {
    for await (const { from, body } of this.#stream.messages('gone')) {
      this.#roomOf(from, body)?.handle({ type: 'left', node: from });
      for (const opening of this.#opening.values()) {
        if (opening.envelope.isFrom(from, body)) opening.gone(from);
      }
    }
    this.close();
  }

  #broadcast(name: string, body: Uint8Array): void {
    this.#stream.broadcast(name, body).catch(lost);
  }

  #tell(to: NodeId, name: string, body: Uint8Array): void {
    this.#stream.send(to, name, body).catch(lost);
  }
}

/** Who joins is told again. */
function lost(error: unknown): void {
  log('debug', `a word about rooms was lost: ${messageOf(error)}`);
}
