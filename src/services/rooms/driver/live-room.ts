/** A room that is open here, as an application holds it: between its state (room-state.ts) and what performs what that decides (performing.ts). */
import type { MeshStream } from '../../../mesh/index.ts';
import {
  Alarm,
  CancelledError,
  type Clock,
  Emitter,
  type Random,
  type Timers,
} from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import type { DiskPlace } from '../../disk/index.ts';
import { encodePlain } from '../canonical.ts';
import type {
  LatestChannel,
  Member,
  Other,
  Plain,
  Presence,
  Room,
  RoomBase,
  RoomBeginning,
  RoomDisk,
  RoomEvents,
  RoomFinality,
  RoomHistory,
  RoomId,
  RoomLinks,
  RoomPace,
  RoomSync,
  RoomUpdate,
  UpdateHash,
} from '../contract.ts';
import { RoomClosedError, RoomNotAdminError, RoomReadOnlyError } from '../errors.ts';
import type { Genesis } from '../genesis.ts';
import { ROOM_SECRET_BYTES } from '../keys.ts';
import { linksOf } from '../link.ts';
import type { Envelope } from '../messages.ts';
import { settle } from '../plain.ts';
import { rightsOf } from '../rights.ts';
import type { RoomEvent } from '../room-events.ts';
import type { RoomStateOptions } from '../room-parts.ts';
import { RoomState } from '../room-state.ts';
import { shownOf, type Undoes } from '../update.ts';
import type { Digest } from './ask-for-piece.ts';
import { Hearing } from './hearing.ts';
import type { KeptLog } from './kept-log.ts';
import { keptRoom } from './kept-room.ts';
import { LiveHistory } from './live-history.ts';
import { LiveLatest } from './live-latest.ts';
import { Outbox } from './outbox.ts';
import { Performing } from './performing.ts';
import { Voice } from './voice.ts';
import { Waiting } from './waiting.ts';

export interface LiveRoomOptions extends RoomStateOptions {
  readonly envelope: Envelope;
  /** What links have in front. */
  readonly invite: string;
  /** As in `Rooms.keep`. */
  readonly isPassing: boolean;
  readonly clock: Clock;
  readonly wallClock: Clock;
  readonly timers: Timers;
  /** Heads, updates, and who is there. */
  readonly stream: MeshStream;
  /** Where it is kept. Undefined: in memory only. */
  readonly place: DiskPlace | undefined;
  readonly random: Random;
  readonly digest: Digest;
  /** What is asked for. */
  readonly bulk: MeshStream;
  onClosed(): void;
}

export class LiveRoom<State extends Plain, Payload extends Plain> implements Room<State, Payload> {
  readonly id: RoomId;
  readonly genesis: Genesis;
  readonly envelope: Envelope;
  readonly events = new Emitter<RoomEvents>();
  /** What other Nodes say to it. */
  readonly hearing: Hearing;
  readonly #options: LiveRoomOptions;
  readonly #state: RoomState;
  readonly #alarm: Alarm;
  readonly #outbox: Outbox;
  readonly #performing: Performing;
  readonly #waiting = new Waiting();
  readonly #latest: LiveLatest;
  readonly #undo: LiveHistory;
  readonly #kept: KeptLog | undefined;
  #isClosed = false;
  #saidSync = '';

  constructor(options: LiveRoomOptions) {
    const { genesis, keyring, envelope, clock, timers, stream } = options;
    this.id = genesis.id;
    this.genesis = genesis;
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
      keys: () => keyring.current.id,
      close: (updates, keys) => envelope.closeUpdates(updates, keys),
    });
    this.#undo = new LiveHistory({
      isFinal: (place) => this.#state.isFinal(place),
      write: (undoes, begun, signal) => this.#write({ payload: null, undoes }, signal, begun),
    });
    const port = {
      state: this.#state,
      events: this.events,
      handle: (event: RoomEvent) => this.handle(event),
    };
    this.#kept = options.place && keptRoom(options.place, options, port);
    this.#latest = new LiveLatest({
      ...{ self: options.self, envelope, stream, clock, timers, events: this.events },
      ...{ session: options.session, rate: genesis.limits },
      ...rightsOf(options),
      peers: () => this.#state.peers,
    });
    this.#performing = new Performing({
      ...{ ...port, envelope, keyring, bulk: options.bulk, voice: new Voice(stream, envelope) },
      ...{ outbox: this.#outbox, latest: this.#latest, undo: this.#undo, waiting: this.#waiting },
      ...{ kept: this.#kept, isPassing: options.isPassing, digest: options.digest },
    });
    this.hearing = new Hearing({
      ...{ ...port, envelope, genesis, keyring, latest: this.#latest, digest: options.digest },
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

  get pace(): RoomPace {
    return this.#state.pace;
  }

  get finality(): RoomFinality {
    return this.#state.finality;
  }

  get disk(): RoomDisk {
    return this.#kept?.disk ?? { type: 'memory' };
  }

  /** It goes on here: others may count on this Node. */
  get isHeld(): boolean {
    return !this.#isClosed && !this.#state.isEnded;
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
    return this.#state.updates.map(shownOf);
  }

  at(hash: UpdateHash): State | undefined {
    return this.#state.at(hash) as State | undefined;
  }

  get links(): RoomLinks {
    const { keyring, invite } = this.#options;
    return linksOf(invite, this.id, keyring.current.secrets);
  }

  get members(): readonly Member[] {
    return this.#state.members;
  }

  async boot(
    { device, node }: Pick<Member, 'device' | 'node'>,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const known = device ?? this.members.find((member) => member.node === node)?.device;
    const secret = this.#options.random.bytes(ROOM_SECRET_BYTES);
    await this.#wait('the removal', signal, (token) =>
      this.handle({ type: 'boot', token, device: known, secret }),
    );
  }

  headsOf(node: NodeId): readonly UpdateHash[] | undefined {
    return this.#state.headsOf(node);
  }

  administer(): void {
    if (!this.#options.keyring.current.secrets.adminSecret) throw new RoomNotAdminError();
    if (this.#isClosed) throw new RoomClosedError();
    this.handle({ type: 'administer' });
  }

  get base(): RoomBase<State> | undefined {
    const { base } = this.#state.history;
    return (
      base && {
        checkpoint: base.checkpoint.number,
        updates: base.checkpoint.count,
        state: base.state as State,
      }
    );
  }

  async synced({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    await this.#wait('waiting for the room', signal, (token) => this.handle({ type: 'sync', token }));
  }

  update(payload: Payload, { signal }: { readonly signal?: AbortSignal } = {}): Promise<UpdateHash> {
    return this.#write({ payload }, signal, () => undefined);
  }

  async #write(
    said: { readonly payload: Plain; readonly undoes?: Undoes },
    signal: AbortSignal | undefined,
    begun: (token: number) => void,
  ): Promise<UpdateHash> {
    if (!this.#options.keyring.current.secrets.writeSecret) throw new RoomReadOnlyError();
    const claimedAtMs = Math.max(0, Math.floor(this.#options.wallClock.now()));
    const hash = await this.#wait('the update', signal, (token) => {
      begun(token);
      this.handle({ type: 'write', token, claimedAtMs, ...said });
    });
    if (hash === undefined) throw new RoomClosedError();
    return hash;
  }

  get history(): RoomHistory {
    return this.#undo;
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

  async send(to: NodeId, message: Plain): Promise<void> {
    const body = encodePlain(settle(message));
    if (this.#isClosed) throw new RoomClosedError();
    await this.#options.stream.send(to, 'message', this.envelope.close('message', body));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#alarm.stop();
    this.#latest.close();
    this.#kept?.close();
    this.#outbox.clear();
    this.#waiting.rejectAll(new RoomClosedError());
    this.#performing.sayGone();
    this.#options.onClosed();
    this.events.emit('closed', undefined);
  }

  handle(event: RoomEvent): void {
    if (this.#isClosed) return;
    for (const effect of this.#state.handle(event, this.#options.clock.now()))
      this.#performing.perform(effect);
    this.#alarm.at(this.#state.nextWakeAt);
    this.#tellSync();
  }

  /** Reads what this device keeps of it. */
  async load(): Promise<void> {
    await this.#kept?.open();
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
