/**
 * The rooms of one Node: finds who else has them, and brings what arrives to the room it is about. Who has a room is said by marks that
 * only its members understand (keys.ts): to all when it is opened, and to each Node that joins.
 */

import type { Cryptography } from '../../../mesh/index.ts';
import { type Identity, type MeshNode, type MeshStream, nobleCryptography } from '../../../mesh/index.ts';
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
import { RoomClosedError, RoomOpenError, RoomReducerError, RoomUnavailableError } from '../errors.ts';
import { keepsOnly } from '../fold.ts';
import { checkKeys, type Genesis, makeGenesis } from '../genesis.ts';
import { keysOf, MARK_BYTES, ROOM_SECRET_BYTES, type RoomKeys, readKeysOf } from '../keys.ts';
import { formatRoomLink, linkFor, parseRoomLink } from '../link.ts';
import { Envelope } from '../messages.ts';
import { keptGenesis, keysOfRoom } from './kept-genesis.ts';
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
}

/** Marks of one message: more rooms than a page has open. */
const MAX_MARKS = 256;

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
    const { node, cryptography = nobleCryptography } = dependencies;
    this.#dependencies = dependencies;
    this.#cryptography = cryptography;
    this.#stream = node.stream('rooms');
    this.#bulk = node.stream('rooms/bulk', { lane: 'bulk' });
    this.#unsubscribe = [
      this.#stream.receive('look', ({ from, body }) => this.#looks(from, body)),
      this.#stream.receive('here', ({ from, body }) => this.#isHere(from, body, false)),
      this.#stream.receive('here?', ({ from, body }) => this.#isHere(from, body, true)),
      this.#stream.receive('heads', ({ from, body }) =>
        this.#roomOf(from, body)?.received(from, 'heads', body),
      ),
      this.#stream.receive('updates', ({ from, body }) =>
        this.#roomOf(from, body)?.received(from, 'updates', body),
      ),
      this.#stream.receive('latest', ({ from, body }) =>
        this.#roomOf(from, body)?.received(from, 'latest', body),
      ),
      this.#stream.receive('hold', ({ from, body }) =>
        this.#roomOf(from, body)?.handle({ type: 'hold', from }),
      ),
      this.#bulk.serve('ask', ({ from, body }) => this.#roomOf(from, body)?.asked(body) ?? new Uint8Array()),
      this.#bulk.serve(
        'piece',
        ({ from, body }) => this.#roomOf(from, body)?.askedForPiece(body) ?? new Uint8Array(),
      ),
      this.#stream.receive('role', ({ from, body }) =>
        this.#roomOf(from, body)?.received(from, 'role', body),
      ),
      this.#bulk.serve('genesis', ({ from, body }) => {
        const room = this.#roomOf(from, body);
        return room?.envelope.close('genesis', room.genesis.bytes) ?? new Uint8Array();
      }),
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
    const room = this.#enter(genesis, keys, this.#envelopeOf(keys), reducer, [], secret === undefined);
    await room.load();
    return room;
  }

  open<State extends Plain, Update extends Plain>(
    link: string,
    { reducer, ...options }: OpenRoomOptions<State, Update>,
  ): Promise<Room<State, Update>> {
    return this.#openWith(reducer, link, options);
  }

  keep(link: string, options: KeepRoomOptions = {}): Promise<KeptRoom> {
    return this.#openWith(undefined, link, options);
  }

  /** @param reducer undefined: to keep it only */
  async #openWith<State extends Plain, Update extends Plain>(
    reducer: Reducer<State, Update> | undefined,
    link: string,
    { signal, timeoutMs }: KeepRoomOptions,
  ): Promise<Room<State, Update>> {
    if (this.#isClosed) throw new RoomClosedError();
    if (signal?.aborted) throw new CancelledError('opening the room');
    const { id, keys } = parseRoomLink(link, this.#cryptography);
    if (this.#open.has(id) || this.#opening.has(id)) {
      throw new RoomOpenError();
    }
    const envelope = this.#envelopeOf(keys);
    const { timers } = this.#dependencies;
    const opening = new Opening({ id, envelope, timers, cryptography: this.#cryptography, bulk: this.#bulk });
    this.#opening.set(id, opening);
    const abort = (): void => opening.fail(new CancelledError('opening the room'));
    signal?.addEventListener('abort', abort, { once: true });
    const cancelTimeout =
      timeoutMs === undefined
        ? undefined
        : timers.after(timeoutMs, () => opening.fail(new RoomUnavailableError(id, timeoutMs)));
    void this.#lookOnDisk(opening, keys);
    this.#broadcast('look', envelope.ownMark);
    try {
      const genesis = await opening.genesis;
      checkKeys(genesis, keys, this.#cryptography);
      if (reducer && genesis.reducer !== reducer.name)
        throw new RoomReducerError(genesis.reducer, reducer.name);
      const room = this.#enter<State, Update>(genesis, keys, envelope, reducer, opening.holders);
      this.#opening.delete(id);
      await room.load();
      if (room.isClosed) throw new RoomClosedError();
      return room;
    } finally {
      cancelTimeout?.();
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
    genesis: Genesis,
    keys: RoomKeys,
    envelope: Envelope,
    reducer: Reducer<State, Update> | undefined,
    holders: Iterable<NodeId>,
    isMaker = false,
  ): LiveRoom<State, Update> {
    const { node, identity, clock, wallClock, timers, random, place, invite = '' } = this.#dependencies;
    const { id } = genesis;
    const room = new LiveRoom<State, Update>({
      ...{ self: node.id, identity, genesis, clock, wallClock, timers, envelope },
      ...{ stream: this.#stream, bulk: this.#bulk, cryptography: this.#cryptography, place, random },
      keys: readKeysOf(keys.readKey, this.#cryptography),
      writeSecret: keys.writeSecret,
      adminSecret: keys.adminSecret,
      isMaker,
      session: random.uint32(),
      // Its name says that these are the states and updates of the room.
      reducer: (reducer as unknown as Reducer<Plain, Plain> | undefined) ?? keepsOnly,
      links: {
        read: formatRoomLink(invite, id, 'read', keys.readKey),
        write: linkFor(invite, id, keys, 'write'),
        admin: linkFor(invite, id, keys, 'admin'),
      },
      onClosed: () => this.#open.delete(id),
    });
    this.#open.set(id, room as unknown as LiveRoom<Plain, Plain>);
    for (const holder of holders) room.handle({ type: 'peer', node: holder });
    this.#broadcast('here?', envelope.ownMark);
    return room;
  }

  /** What this device keeps is there at once, whoever is here. */
  async #lookOnDisk(opening: Opening, { readKey }: RoomKeys): Promise<void> {
    const { place } = this.#dependencies;
    const keys = readKeysOf(readKey, this.#cryptography);
    const genesis = place && (await keptGenesis(place.shelf, opening.id, keys, this.#cryptography));
    if (genesis) opening.found(genesis);
  }

  #envelopeOf(keys: RoomKeys): Envelope {
    const readKeys = readKeysOf(keys.readKey, this.#cryptography);
    return new Envelope(this.#dependencies.node.id, readKeys, this.#cryptography);
  }

  #meet(node: NodeId): void {
    const held = [...this.#open.values()].filter(({ isHeld }) => isHeld);
    const open = held.map(({ envelope }) => envelope.ownMark);
    const sought = [...this.#opening.values()].map(({ envelope }) => envelope.ownMark);
    if (open.length > 0) this.#tell(node, 'here?', concatBytes(...open.slice(0, MAX_MARKS)));
    if (sought.length > 0) this.#tell(node, 'look', concatBytes(...sought.slice(0, MAX_MARKS)));
  }

  #lose(node: NodeId): void {
    for (const room of this.#open.values()) room.handle({ type: 'left', node });
    for (const opening of this.#opening.values()) opening.gone(node);
  }

  #looks(from: NodeId, marks: Uint8Array): void {
    for (const mark of marksOf(marks)) {
      const room = this.#roomOf(from, mark);
      if (room?.isHeld) this.#tell(from, 'here', room.envelope.ownMark);
    }
  }

  #isHere(from: NodeId, marks: Uint8Array, isQuestion: boolean): void {
    for (const mark of marksOf(marks)) {
      const room = this.#roomOf(from, mark);
      room?.handle({ type: 'peer', node: from });
      if (room?.isHeld && isQuestion) this.#tell(from, 'here', room.envelope.ownMark);
      for (const opening of this.#opening.values()) {
        if (opening.envelope.isFrom(from, mark)) opening.here(from);
      }
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

function marksOf(bytes: Uint8Array): readonly Uint8Array[] {
  const count = Math.min(MAX_MARKS, Math.floor(bytes.length / MARK_BYTES));
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * MARK_BYTES, (i + 1) * MARK_BYTES));
}
