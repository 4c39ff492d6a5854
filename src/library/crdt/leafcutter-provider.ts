/**
 * A Yjs document in a room: every editor that speaks Yjs, with write control, removal, a disk and finality. What is changed here goes to the room
 * as soon as the last has gone, together; what the room comes to goes into the document. Cursors and names (`awareness`) are a latest channel: they
 * are gone with their Node, and stay while it does, however long it rests.
 */
import {
  Awareness,
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from 'y-protocols/awareness';
import {
  applyUpdate,
  Doc,
  encodeStateAsUpdate,
  encodeStateVector,
  equalSnapshots,
  mergeUpdates,
  snapshot,
} from 'yjs';
import { Emitter, type Timers } from '../../runtime/index.ts';
import {
  type LatestChannel,
  MAX_UPDATE_BYTES,
  type Member,
  type Room,
  RoomTooLargeError,
} from '../../services/rooms/index.ts';
import { MAX_BEGUN_BYTES, type YjsState, type YjsUpdate } from './yjs-reducer.ts';

/** A room that holds a Yjs document: one with `yjsReducer`. */
export type YjsRoom = Room<YjsState, YjsUpdate>;
type Node = Member['node'];
/** `connecting`: nobody else is here; `disconnected`: the room is closed, has stopped, or this device was taken out. */
export type ProviderStatus = 'connecting' | 'connected' | 'disconnected';

/** What one may listen to with `provider.on`. */
export interface ProviderEvents {
  status: { readonly status: ProviderStatus };
  /** All is here that the others had when it was opened. */
  synced: boolean;
  /** What was changed here has not gone into the room: what the document shows of it, nobody else sees. */
  refused: { readonly error: Error };
}

/** How a document and a room are tied. */
export interface ProviderOptions {
  /** Default: its own. */
  readonly awareness?: Awareness;
  /** Default: the real ones. */
  readonly timers?: Timers;
}

/** Beside it an update has a part's frame. */
const PART_BYTES = MAX_UPDATE_BYTES - 1024;
/** Others forget a client that has not spoken for thirty seconds: whose Node is here is not to be forgotten. */
const RESTS_MS = 10_000;
const CHANNEL = 'yjs-awareness';

/** Ties a Yjs document to a room for as long as it is not destroyed: what is written into one comes into the other. */
export class LeafcutterProvider {
  readonly room: YjsRoom;
  readonly doc: Doc;
  readonly awareness: Awareness;
  readonly events = new Emitter<ProviderEvents>();
  readonly #channel: LatestChannel;
  readonly #offs: (() => void)[] = [];
  #pending: Uint8Array[] = [];
  #sending: Promise<void> | undefined;
  /** The room lacks something of the document: whatever follows on that would show nowhere. */
  #isAhead = false;
  #whole: Uint8Array | undefined;
  #seen = new WeakSet<Uint8Array>();
  /** Of each client that others show, whose it is. */
  readonly #nodes = new Map<number, Node>();
  #isSynced = false;
  #status: ProviderStatus;

  constructor(room: YjsRoom, doc: Doc, { awareness, timers }: ProviderOptions = {}) {
    this.room = room;
    this.doc = doc;
    this.awareness = awareness ?? new Awareness(doc);
    // Its own has no other name for it.
    if (!awareness) keepsNothingAlive(this.awareness._checkInterval);
    this.#channel = room.latest(CHANNEL);
    this.#status = this.#statusNow;
    const isBegun = doc.store.clients.size > 0;
    this.#take();
    const changed = (update: Uint8Array, origin: unknown): void => {
      if (origin !== this) this.#push(update);
    };
    doc.on('update', changed);
    const said = ({ added, updated, removed }: Changes, origin: unknown): void => {
      if (origin !== this) this.#say([...added, ...updated, ...removed]);
    };
    this.awareness.on('update', said);
    this.#offs.push(
      () => doc.off('update', changed),
      () => this.awareness.off('update', said),
      room.events.on('changed', () => this.#take()),
      room.events.on('overtaken', ({ error }) => {
        this.events.emit('refused', { error });
        this.#catchUp();
      }),
      room.events.on('sync', () => this.#tell()),
      room.events.on('removed', () => this.#tell()),
      room.events.on('stopped', () => this.#tell()),
      room.events.on('closed', () => this.#tell()),
      this.#channel.subscribe(({ node, key, value }) => {
        if (node !== this.#self) this.#heard(node, Number(key), value);
      }),
      every(RESTS_MS, timers, () => this.#keepWhoIsHere()),
    );
    for (const { node, key, value } of this.#channel.values()) {
      if (node !== this.#self) this.#heard(node, Number(key), value);
    }
    if (this.awareness.getLocalState()) this.#say([doc.clientID]);
    if (isBegun && this.#lacking()) this.#catchUp();
    void this.#sync();
  }

  get synced(): boolean {
    return this.#isSynced;
  }

  get status(): ProviderStatus {
    return this.#status;
  }

  /** Resolves when what has been changed here is safe, as `room.update` says it, or was refused. */
  async flush(): Promise<void> {
    while (this.#sending) await this.#sending;
  }

  /** Lets go of the document; the room stays open. What was changed is still sent. */
  destroy(): void {
    removeAwarenessStates(this.awareness, [this.doc.clientID], 'destroyed');
    for (const client of [...this.#nodes.keys()]) this.#isGone(client);
    for (const off of this.#offs.splice(0)) off();
    this.#status = 'disconnected';
    this.events.emit('status', { status: 'disconnected' });
  }

  get #self(): string | undefined {
    return this.room.members.find(({ isSelf }) => isSelf)?.node;
  }

  get #statusNow(): ProviderStatus {
    const { type } = this.room.sync;
    if (this.room.isClosed || type === 'stopped' || type === 'removed') return 'disconnected';
    return type === 'alone' ? 'connecting' : 'connected';
  }

  async #sync(): Promise<void> {
    try {
      await this.room.synced();
      this.#isSynced = true;
      this.events.emit('synced', true);
    } catch {
      this.#tell();
    }
  }

  #tell(): void {
    const status = this.#statusNow;
    if (status === this.#status || this.#offs.length === 0) return;
    this.#status = status;
    this.events.emit('status', { status });
  }

  /** What the room has come to, as far as it has not been seen. */
  #take(): void {
    const { whole, tail } = this.room.state;
    const updates: Uint8Array[] = whole === this.#whole ? [] : [whole];
    this.#whole = whole;
    for (const update of tail) if (!this.#seen.has(update)) updates.push(update);
    for (const update of updates) this.#seen.add(update);
    // One at a time: what Yjs cannot take of one must not keep the others out.
    for (const update of updates) applyUpdate(this.doc, update, this);
  }

  #push(update: Uint8Array): void {
    this.#pending.push(update);
    this.#sending ??= this.#sendAll();
  }

  #catchUp(): void {
    this.#isAhead = true;
    this.#sending ??= this.#sendAll();
  }

  /** What the document has and the room has not; undefined: nothing. */
  #lacking(): Uint8Array | undefined {
    const { whole, tail } = this.room.state;
    const there = new Doc();
    for (const update of [whole, ...tail]) applyUpdate(there, update);
    const isSame = equalSnapshots(snapshot(there), snapshot(this.doc));
    const lacking = isSame ? undefined : encodeStateAsUpdate(this.doc, encodeStateVector(there));
    there.destroy();
    return lacking;
  }

  async #sendAll(): Promise<void> {
    await Promise.resolve(); // what is changed in one turn goes together
    do {
      const changed = this.#pending.splice(0);
      const update = this.#isAhead ? this.#lacking() : mergeUpdates(changed);
      try {
        this.#isAhead = false;
        if (update) await this.#send(update);
      } catch (error) {
        // It goes with the next change.
        this.#isAhead = true;
        this.events.emit('refused', { error: error as Error });
      }
    } while (this.#pending.length > 0);
    this.#sending = undefined;
  }

  /** In parts where it must be: not begun where it cannot end, and taken back where it does not. */
  async #send(update: Uint8Array): Promise<void> {
    if (update.length <= PART_BYTES) {
      await this.room.update(update);
      return;
    }
    const { maxBytes } = this.room.beginning.limits;
    const limitBytes = Math.min(MAX_BEGUN_BYTES, maxBytes);
    if (update.length > limitBytes || bytesOf(this.room.state) + update.length > maxBytes)
      throw new RoomTooLargeError('change', update.length, limitBytes);
    const sent = await Promise.allSettled(partsOf(update).map((part) => this.room.update(part)));
    const failed = sent.find((one) => one.status === 'rejected');
    if (!failed) return;
    if (!this.room.isClosed) await this.room.update({ part: new Uint8Array(), isFirst: true, isLast: false });
    throw failed.reason;
  }

  #say(clients: readonly number[]): void {
    if (!clients.includes(this.doc.clientID) || this.room.isClosed) return;
    const isThere = this.awareness.getLocalState() !== null;
    try {
      const value = isThere ? encodeAwarenessUpdate(this.awareness, [this.doc.clientID]) : undefined;
      this.#channel.set(`${this.doc.clientID}`, value);
    } catch (error) {
      this.events.emit('refused', { error: error as Error });
    }
  }

  /** A Node speaks for its own clients: whom another has shown, it can neither change nor take away. */
  #heard(node: Node, client: number, value: unknown): void {
    if (!Number.isSafeInteger(client) || client === this.doc.clientID) return;
    if ((this.#nodes.get(client) ?? node) !== node) return;
    if (!(value instanceof Uint8Array)) {
      this.#isGone(client);
    } else if (isOf(client, value)) {
      this.#nodes.set(client, node);
      try {
        applyAwarenessUpdate(this.awareness, value, this);
      } catch {
        // It is none: whoever shows it shows nothing.
      }
    }
  }

  #isGone(client: number): void {
    this.#nodes.delete(client);
    removeAwarenessStates(this.awareness, [client], this);
    // Else it would be seen again only when it has said something new.
    this.awareness.meta.delete(client);
  }

  #keepWhoIsHere(): void {
    for (const { key, value } of this.#channel.values()) {
      const meta = this.awareness.meta.get(Number(key));
      if (meta && value !== undefined) meta.lastUpdated = Date.now();
    }
  }
}

interface Changes {
  readonly added: readonly number[];
  readonly updated: readonly number[];
  readonly removed: readonly number[];
}

/** Whether an awareness update is about that client alone: how many there are, then which, as numbers of seven bits a byte. */
function isOf(client: number, update: Uint8Array): boolean {
  let named = 0;
  for (let i = 1, factor = 1; i < update.length; i++, factor *= 128) {
    const byte = update[i] ?? 0;
    named += (byte & 127) * factor;
    if (byte < 128) return update[0] === 1 && named === client;
  }
  return false;
}

/** Of the document, as the room has it. */
function bytesOf({ whole, tail, begun }: YjsState): number {
  return [whole, ...tail, ...Object.values(begun)].reduce((sum, { length }) => sum + length, 0);
}

function partsOf(update: Uint8Array): readonly YjsUpdate[] {
  if (update.length <= PART_BYTES) return [update];
  const count = Math.ceil(update.length / PART_BYTES);
  return Array.from({ length: count }, (_, i) => ({
    part: update.slice(i * PART_BYTES, (i + 1) * PART_BYTES),
    isFirst: i === 0,
    isLast: i === count - 1,
  }));
}

/** In Node a timer keeps the process: a mesh that is closed is to end it. */
function keepsNothingAlive(timer: unknown): void {
  (timer as { unref?(): void }).unref?.();
}

function every(ms: number, timers: Timers | undefined, act: () => void): () => void {
  if (!timers) {
    const timer = setInterval(act, ms);
    keepsNothingAlive(timer);
    return () => clearInterval(timer);
  }
  let cancel = timers.after(ms, function again() {
    act();
    cancel = timers.after(ms, again);
  });
  return () => cancel();
}
