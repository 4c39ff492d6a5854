/** A room that is open here: performs what its RoomState decides, and is what an application holds. */
import type { MeshStream } from '../../../mesh/index.ts';
import {
  Alarm,
  CancelledError,
  type Clock,
  Emitter,
  log,
  messageOf,
  type Random,
  type Timers,
} from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import type { DiskPlace } from '../../disk/index.ts';
import type {
  LatestChannel,
  Other,
  Plain,
  Presence,
  Room,
  RoomBeginning,
  RoomDisk,
  RoomEvents,
  RoomId,
  RoomLinks,
  RoomMember,
  RoomSync,
  RoomUpdate,
  UpdateHash,
} from '../contract.ts';
import { RoomClosedError, RoomReadOnlyError } from '../errors.ts';
import type { Genesis } from '../genesis.ts';
import { decodeHeads, decodeKnown, type Envelope, encodeAnswer, encodeHeads } from '../messages.ts';
import { rightsOf } from '../rights.ts';
import type { RoomEffect, RoomEvent } from '../room-events.ts';
import { RoomState, type RoomStateOptions } from '../room-state.ts';
import type { Update } from '../update.ts';
import { askForPiece } from './ask-for-piece.ts';
import { genesisRecord } from './kept-genesis.ts';
import { KeptLog } from './kept-log.ts';
import { LiveLatest } from './live-latest.ts';
import { Outbox } from './outbox.ts';
import { reach } from './reach.ts';
import { Waiting } from './waiting.ts';

export interface LiveRoomOptions extends RoomStateOptions {
  readonly envelope: Envelope;
  readonly links: RoomLinks;
  readonly clock: Clock;
  readonly wallClock: Clock;
  readonly timers: Timers;
  /** Heads, updates, and who is there. */
  readonly stream: MeshStream;
  /** Where it is kept. Undefined: in memory only. */
  readonly place: DiskPlace | undefined;
  readonly random: Random;
  /** What is asked for. */
  readonly bulk: MeshStream;
  onClosed(): void;
}

export class LiveRoom<State extends Plain, Payload extends Plain> implements Room<State, Payload> {
  readonly id: RoomId;
  readonly genesis: Genesis;
  readonly links: RoomLinks;
  readonly envelope: Envelope;
  readonly events = new Emitter<RoomEvents>();
  readonly #options: LiveRoomOptions;
  readonly #state: RoomState;
  readonly #alarm: Alarm;
  readonly #outbox: Outbox;
  readonly #waiting = new Waiting();
  readonly #latest: LiveLatest;
  readonly #kept: KeptLog | undefined;
  #isClosed = false;
  #saidSync = '';

  constructor(options: LiveRoomOptions) {
    const { genesis, links, envelope, clock, timers, stream } = options;
    this.id = genesis.id;
    this.genesis = genesis;
    this.links = links;
    this.envelope = envelope;
    this.#options = options;
    this.#state = new RoomState(options);
    this.#alarm = new Alarm(clock, timers, () => {
      this.handle({ type: 'wake' });
      return this.#state.nextWakeAt;
    });
    this.#outbox = new Outbox({
      stream,
      peers: () => this.#state.peers,
      close: (updates) => envelope.closeUpdates(updates),
    });
    this.#kept = options.place && this.#keptIn(options.place);
    this.#latest = new LiveLatest({
      ...{ self: options.self, envelope, stream, clock, timers, events: this.events },
      ...{ session: options.firstNumber, rate: genesis.limits },
      ...rightsOf(options),
      peers: () => this.#state.peers,
    });
  }

  get presence(): Presence {
    return this.#latest.presence;
  }

  get others(): readonly Other[] {
    return this.#latest.others;
  }

  get state(): State {
    return this.#state.state as State;
  }

  get stateHash(): string {
    return this.#state.stateHash;
  }

  get heads(): readonly UpdateHash[] {
    return this.#state.heads;
  }

  get sync(): RoomSync {
    return this.#state.sync;
  }

  get disk(): RoomDisk {
    return this.#kept?.disk ?? { type: 'memory' };
  }

  /** It goes on here: others may count on this Node. */
  get isHeld(): boolean {
    return !this.#isClosed && !this.#state.isStopped;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  getSnapshot(): State {
    return this.state;
  }

  get beginning(): RoomBeginning {
    const { reducer, initial, limits } = this.genesis;
    return { reducer, initial, limits };
  }

  updates(): readonly RoomUpdate[] {
    return this.#state.updates.map(updateOf);
  }

  at(hash: UpdateHash): State | undefined {
    return this.#state.at(hash) as State | undefined;
  }

  members(): readonly RoomMember[] {
    const others = this.#state.peers.map((node) => ({ node, isSelf: false }));
    return [{ node: this.#options.self, isSelf: true }, ...others];
  }

  async synced({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    await this.#wait('waiting for the room', signal, (token) => this.handle({ type: 'sync', token }));
  }

  async update(payload: Payload, { signal }: { readonly signal?: AbortSignal } = {}): Promise<UpdateHash> {
    if (!this.#options.writeSecret) throw new RoomReadOnlyError();
    const claimedAtMs = Math.max(0, Math.floor(this.#options.wallClock.now()));
    const hash = await this.#wait('the update', signal, (token) =>
      this.handle({ type: 'write', token, payload, claimedAtMs }),
    );
    if (hash === undefined) throw new RoomClosedError();
    return hash;
  }

  subscribe<T>(selector: (state: State) => T, callback: (selected: T) => void): () => void {
    let selected = selector(this.state);
    return this.events.on('changed', () => {
      const next = selector(this.state);
      if (Object.is(next, selected)) return;
      selected = next;
      callback(next);
    });
  }

  latest(name: string): LatestChannel {
    return this.#latest.channel(name);
  }

  broadcast(event: Plain): void {
    this.#latest.broadcast(event);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#alarm.stop();
    this.#latest.close();
    this.#kept?.close();
    this.#outbox.clear();
    this.#waiting.rejectAll(new RoomClosedError());
    this.#sayGone();
    this.#options.onClosed();
  }

  handle(event: RoomEvent): void {
    if (this.#isClosed) return;
    for (const effect of this.#state.handle(event, this.#options.clock.now())) this.#perform(effect);
    this.#alarm.at(this.#state.nextWakeAt);
    if (event.type === 'peer' || event.type === 'left') this.#latest.handle(event);
    this.#tellSync();
  }

  /** Reads what this device keeps of it. */
  async load(): Promise<void> {
    await this.#kept?.open();
  }

  /** A message about this room: its mark has been looked at. */
  received(from: NodeId, name: 'heads' | 'updates' | 'latest', message: Uint8Array): void {
    if (name === 'latest') {
      this.#latest.received(from, message);
      return;
    }
    const updates = name === 'updates' ? this.envelope.openUpdates(message) : undefined;
    const body = name === 'heads' ? this.envelope.open('heads', message) : undefined;
    const heads = body && decodeHeads(body);
    if (updates) this.handle({ type: 'updates', from, updates });
    else if (heads) this.handle({ type: 'heads', from, heads });
    else this.events.emit('refused', { from, reason: 'a message about the room is malformed' });
  }

  /** Answers who asks for what it misses; with nothing when the question cannot be read. */
  asked(message: Uint8Array): Uint8Array {
    const body = this.envelope.open('ask', message);
    const known = body && decodeKnown(body);
    if (!known) return new Uint8Array();
    return this.envelope.close('answer', encodeAnswer(this.#state.pieceFor(known)));
  }

  #perform(effect: RoomEffect): void {
    const { stream } = this.#options;
    switch (effect.type) {
      case 'spread':
        this.#outbox.push(effect.update);
        return;
      case 'tell':
        this.#tell(effect.to, this.envelope.close('heads', encodeHeads(effect.heads)));
        return;
      case 'store':
        this.#kept?.store(effect.update.hash, effect.update.bytes);
        this.events.emit('update', updateOf(effect.update));
        return;
      case 'hold':
        stream.send(effect.to, 'hold', this.envelope.ownMark).catch(lost);
        return;
      case 'heldBack':
        this.events.emit('heldBack', { node: effect.node, by: effect.by });
        return;
      case 'ask':
        void this.#ask(effect.to, effect.known);
        return;
      case 'settled':
        this.#waiting.resolve(effect.token, effect.hash);
        return;
      case 'failed':
        this.#waiting.reject(effect.token, effect.error);
        return;
      case 'stopped':
        // Nobody is to wait for a Node that takes nothing any more.
        this.#sayGone();
        this.events.emit('stopped', { reason: effect.reason });
        return;
      case 'changed':
        this.events.emit('changed', undefined);
        return;
      case 'refused':
        this.events.emit('refused', { from: effect.from, reason: effect.reason });
        return;
    }
  }

  #keptIn(place: DiskPlace): KeptLog {
    const { genesis, keys, cryptography, random, timers } = this.#options;
    const kept: KeptLog = new KeptLog({
      ...{ place, id: this.id, random, timers, cryptography },
      genesis: genesisRecord(genesis, keys, cryptography),
      updates: () => this.#state.updates,
      loaded: (updates) => this.handle({ type: 'loaded', updates }),
      stored: (stored) => this.handle({ type: 'disk', isKeeping: kept.isKeeping, stored }),
      changed: (disk) => {
        this.handle({ type: 'disk', isKeeping: kept.isKeeping, stored: [] });
        this.events.emit('disk', disk);
      },
    });
    return kept;
  }

  /** A word to one Node goes straight to it, and not over the tree by which several are reached. */
  #tell(to: readonly NodeId[], message: Uint8Array): void {
    const { stream } = this.#options;
    const [only] = to;
    if (only === undefined || to.length > 1) void reach(stream, () => to, 'heads', message);
    else stream.send(only, 'heads', message).catch(lost);
  }

  #sayGone(): void {
    void reach(this.#options.stream, () => this.#state.peers, 'gone', this.envelope.ownMark);
  }

  async #ask(to: NodeId, known: readonly UpdateHash[]): Promise<void> {
    const answer = await askForPiece(this.#options.bulk, this.envelope, to, known);
    this.handle({ type: 'answered', from: to, answer });
  }

  async #wait(
    what: string,
    signal: AbortSignal | undefined,
    begin: (token: number) => void,
  ): Promise<UpdateHash | undefined> {
    if (this.#isClosed) throw new RoomClosedError();
    if (signal?.aborted) throw new CancelledError(what);
    return this.#waiting.wait(what, signal, begin, (token) => this.handle({ type: 'cancel', token }));
  }

  #tellSync(): void {
    if (!this.events.hasListeners('sync')) return;
    const { sync } = this.#state;
    const said = JSON.stringify(sync);
    if (said === this.#saidSync) return;
    this.#saidSync = said;
    this.events.emit('sync', sync);
  }
}

function updateOf({ hash, author, claimedAtMs, parents, payload }: Update): RoomUpdate {
  return { hash, author, claimedAtMs, parents, update: payload };
}

/** Whoever does not hear it now does with the next. */
function lost(error: unknown): void {
  log('debug', `a word about a room was lost: ${messageOf(error)}`);
}
