/**
 * The farm on one Node: the face that page, render and terminal use. A thin driver of FarmState (farm-state.ts) over the mesh; docs/farm.md
 * has the whole idea.
 */

import type { Member, MeshNode, MeshStream, Received, RequestOptions } from '../mesh/index.ts';
import { type Clock, Emitter, log, messageOf, type Random, type Timers } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import type { JobArchive, JobId, JobKind, JobView, JobWish, ResultStore } from './contract.ts';
import { LEASE_MS } from './coordinator.ts';
import { deviceInfoOf } from './device-info.ts';
import { Archiver } from './driver/archiver.ts';
import { Driver } from './driver/driver.ts';
import { LogReader } from './driver/log-reader.ts';
import { JobRefusedError, JobUnattendedError } from './errors.ts';
import { describeJob, type JobRequest } from './job-request.ts';
import { type ReadableLog, readableLog } from './log/job-log.ts';
import { makeStore } from './make-store.ts';
import { decodeMessage, encodeMessage, FARM_MESSAGES } from './message-codec.ts';
import { FARM, type FarmMessage } from './messages.ts';
import {
  decodePart,
  decodeResult,
  encodePart,
  encodeResult,
  FARM_PARTS,
  FARM_RESULTS,
  PART,
  RESULT,
} from './payload.ts';
import { encodeRoll, ROLL_CALL, rollOf } from './roll-call/roll-codec.ts';
import { AttributedStore } from './trust/attributed-store.ts';
import { Liars } from './trust/liars.ts';

/** What a Farm tells of, by the name of the event. */
export interface FarmEvents {
  /** A Job became known, or its view is another now. At most once a turn per Job. */
  changed: { readonly id: JobId };
  /** It is known no more: forgotten here, or pushed out by newer ones. */
  removed: { readonly id: JobId };
  /** This Node takes no part in the Job, and why; for the person. */
  refused: { readonly id: JobId; readonly reason: string };
}

/** Several results and parts are on their way at a time: nobody waits for one of them. */
const UNHURRIED = { timeoutMs: LEASE_MS, isAwaited: false };

/** What a Farm is made of. */
export interface FarmDependencies {
  readonly node: MeshNode;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Whose work is checked again is drawn with it: fit for secrets (`systemRandom`), but in tests. */
  readonly random: Random;
  /** More can be registered. */
  readonly kinds?: readonly JobKind[];
  /**
   * Registers a kind that comes late; a Job of it is not known before. Rejects where it cannot come now: asked again with the Job's next
   * beat, or, of one on the disk, after some seconds.
   */
  readonly bringKind?: (name: string) => Promise<void>;
  /** Where Jobs outlive the tab; none: they live as long as one Node of the mesh. */
  readonly archive?: JobArchive;
  /** ms since 1970. */
  readonly wallClock: Clock;
}

/** The Jobs of a mesh: those this Node asks for, works on, leads or keeps. */
export class Farm {
  readonly events = new Emitter<FarmEvents>();
  readonly #node: MeshNode;
  readonly #clock: Clock;
  readonly #wallClock: Clock;
  readonly #kinds: Map<string, JobKind>;
  readonly #bringKind: FarmDependencies['bringKind'];
  readonly #steering: MeshStream;
  readonly #results: MeshStream;
  readonly #parts: MeshStream;
  readonly #driver: Driver;
  readonly #archiver: Archiver | undefined;
  readonly #loaded: Promise<void> | undefined;
  readonly #logReader: LogReader;
  readonly #unsubscribe: (() => void)[];
  readonly #wishes = new Map<number, (isFulfilled: boolean) => void>();
  /** Jobs whose `changed` is told at the end of this turn. */
  readonly #changed = new Set<JobId>();
  #wishCount = 0;
  #isClosed = false;

  constructor(dependencies: FarmDependencies) {
    const { node, clock, timers, random, kinds = [], archive, wallClock } = dependencies;
    this.#node = node;
    this.#clock = clock;
    this.#wallClock = wallClock;
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]));
    this.#bringKind = dependencies.bringKind;
    this.#steering = node.stream(FARM);
    this.#results = node.stream(FARM_RESULTS, { lane: 'bulk' });
    this.#parts = node.stream(FARM_PARTS, { lane: 'bulk' });
    const { id: self } = node;
    this.#driver = new Driver(
      { self, clock, wallClock, timers, random, kinds: this.#kinds },
      {
        tell: (to, message) => this.#tell(to, message),
        broadcast: (message) => this.#broadcast(message),
        sendResult: (to, result) => this.#results.send(to, RESULT, encodeResult(result), UNHURRIED),
        sendPart: async (to, { bytes, ...part }) =>
          this.#parts.send(to, PART, encodePart({ ...part, bytes: await bytes }), UNHURRIED),
        changed: (id) => this.#hasChanged(id),
        removed: (id) => this.#removed(id),
        refused: (id, reason) => this.events.emit('refused', { id, reason }),
        logTold: (id) => this.#logReader.told(id),
        wishSettled: (token, isFulfilled) => this.#wishes.get(token)?.(isFulfilled),
      },
    );
    this.#logReader = new LogReader(timers, (id) => this.#driver.handle({ type: 'read-log', id }));
    this.#unsubscribe = this.#subscribe();
    for (const member of node.members()) this.#met(member);
    this.#archiver = archive && this.#makeArchiver(archive, timers);
    this.#loaded = this.#archiver?.load();
  }

  /** One more kind of Job that this Node can work on, also of Jobs that it has heard of. */
  register(kind: JobKind): void {
    this.#kinds.set(kind.name, kind);
    this.#driver.handle({ type: 'kind', name: kind.name });
  }

  get workerCount(): number {
    return this.#driver.state.workerCount;
  }

  /** Takes effect at once; Tasks in hand go back to whoever coordinates their Jobs. */
  setWorkers(count: number): void {
    this.#driver.handle({ type: 'workers', count });
  }

  /** Every Job that is known here, the oldest first. Snapshots: ask again after `changed`. */
  jobs(): readonly JobView[] {
    return this.#driver.state.views(this.#clock.now());
  }

  view(id: JobId): JobView | undefined {
    return this.#driver.state.view(id, this.#clock.now());
  }

  /** The results, where this Node coordinates the Job or keeps its second copy. */
  store(id: JobId): ResultStore | undefined {
    return this.#driver.state.store(id);
  }

  /**
   * Whether something in that part is still to be checked elsewhere, where this Node coordinates: it may be taken back. What is not in
   * doubt may be taken back, too, when it turns out later that its maker's results were wrong.
   */
  isInDoubt(id: JobId, part: number): boolean {
    return this.#driver.state.isInDoubt(id, part);
  }

  /**
   * Starts a Job, coordinates it here at first, and tells the mesh. Its store is there at once (`store(id)`).
   * @throws JobRefusedError when the JobKind is unknown here or cannot keep such a store, LeafcutterError `bad-job`
   */
  submit(request: JobRequest): JobId {
    const kind = this.#kinds.get(request.kind);
    if (!kind) throw new JobRefusedError(`nothing here can do work of the kind "${request.kind}"`);
    const description = describeJob(
      request,
      this.#node.id,
      this.#wallClock.now(),
      (id) => this.view(id) !== undefined,
    );
    const store = kind.store(description);
    this.#driver.handle({ type: 'submit', description, store });
    return description.id;
  }

  /**
   * Asks whoever coordinates the Job; resolves when the Job is so. What is so already, or can never be (the Job is over),
   * resolves at once. @throws JobUnattendedError when nobody answered in time: try again
   */
  wish(id: JobId, wish: JobWish): Promise<void> {
    const token = this.#wishCount++;
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(new JobUnattendedError());
        return;
      }
      this.#wishes.set(token, (isFulfilled) => {
        this.#wishes.delete(token);
        if (isFulfilled) resolve();
        else reject(new JobUnattendedError());
      });
      this.#driver.handle({ type: 'wish', id, wish, token });
    });
  }

  /** Which Jobs that member leads (roll-codec.ts): `callRoll` asks everyone. @throws as `MeshStream.request` */
  askRoll(member: NodeId, options: RequestOptions): Promise<Uint8Array> {
    return this.#steering.request(member, ROLL_CALL, new Uint8Array(), options);
  }

  /** Whether that member leads that Job: if so, it becomes known here. */
  askAbout(member: NodeId, id: JobId): void {
    this.#tell(member, { type: 'ask', id, isNew: false });
  }

  /** What happened to the Job. @throws JobUnattendedError when nobody answered in time and nothing is known of it here */
  async readLog(id: JobId): Promise<ReadableLog> {
    const known = () => this.view(id)?.log ?? [];
    await this.#logReader.read(id).catch((error: unknown) => {
      if (known().length === 0) throw error;
    });
    return readableLog(known());
  }

  /**
   * Forgets a Job here and on this device's disk. What others have stays theirs; a running one goes on where it can: cancel it
   * first if it should not.
   */
  forget(id: JobId): void {
    this.#driver.handle({ type: 'forget', id });
  }

  /** Resolves when what has changed lies on this device's disk, where it has one, or could not be kept. Never rejects. */
  async saved(): Promise<void> {
    await this.#archiver?.flush();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const off of this.#unsubscribe) off();
    this.#driver.close();
    this.#archiver?.close();
    for (const settle of [...this.#wishes.values()]) settle(false);
    this.#logReader.close();
    this.#steering.close();
    this.#results.close();
    this.#parts.close();
    this.events.clear();
  }

  #subscribe(): (() => void)[] {
    const { events } = this.#node;
    return [
      ...FARM_MESSAGES.map((type) =>
        this.#steering.receive(type, (received) => this.#receive(type, received)),
      ),
      this.#steering.serve(ROLL_CALL, async () => {
        await this.#loaded; // what lies on the disk is among them
        return encodeRoll(rollOf(this.jobs(), this.#node.members().length));
      }),
      this.#results.receive(RESULT, ({ from, body }) => {
        const result = decodeResult(body);
        if (result) this.#driver.handle({ type: 'result', from, result });
      }),
      this.#parts.receive(PART, ({ from, body }) => {
        const part = decodePart(body);
        if (part) this.#driver.handle({ type: 'part', from, part });
      }),
      events.on('joined', (member) => this.#met(member)),
      events.on('left', ({ id }) => this.#driver.handle({ type: 'left', node: id })),
      events.on('away', () => this.#driver.handle({ type: 'away' })),
    ];
  }

  #met({ id, isSelf, attributes }: Member): void {
    this.#driver.handle({ type: 'named', node: id, name: deviceInfoOf(attributes).name });
    if (!isSelf) this.#driver.handle({ type: 'joined', node: id });
  }

  #receive(type: FarmMessage['type'], { from, body, isBroadcast }: Received): void | Promise<void> {
    const message = decodeMessage(type, body);
    if (!message) {
      log('debug', `dropped a malformed farm message of node ${from.slice(0, 8)}`);
      return undefined;
    }
    const handle = (): void =>
      this.#driver.handle({ type: 'message', from, message, isDirect: !isBroadcast });
    const bringing = message.type === 'description' ? this.#bring(message.description.kind) : undefined;
    if (!bringing) return handle();
    // What that Node says next waits, too.
    return bringing.then(handle, (error: unknown) =>
      log('warn', `a job of node ${from.slice(0, 8)} has to wait: ${messageOf(error)}`),
    );
  }

  /** Every message is said again where it matters: one that is lost is no error. */
  #tell(to: NodeId, message: FarmMessage): void {
    this.#steering
      .send(to, message.type, encodeMessage(message), { isAwaited: false })
      .catch((error: unknown) =>
        log('debug', `a ${message.type} did not reach node ${to.slice(0, 8)}: ${messageOf(error)}`),
      );
  }

  #broadcast(message: FarmMessage): void {
    this.#steering
      .broadcast(message.type, encodeMessage(message))
      .catch((error: unknown) => log('debug', `a ${message.type} was not sent: ${messageOf(error)}`));
  }

  #hasChanged(id: JobId): void {
    if (this.#changed.size === 0) queueMicrotask(() => this.#tellChanges());
    this.#changed.add(id);
  }

  #tellChanges(): void {
    const ids = [...this.#changed];
    this.#changed.clear();
    for (const id of ids) {
      this.#archiver?.changed(id);
      this.events.emit('changed', { id });
    }
  }

  /** Undefined where it is here, or none comes late. */
  #bring(kind: string): Promise<void> | undefined {
    return this.#kinds.has(kind) ? undefined : this.#bringKind?.(kind);
  }

  #removed(id: JobId): void {
    this.#changed.delete(id);
    this.#archiver?.removed(id);
    this.events.emit('removed', { id });
  }

  #makeArchiver(archive: JobArchive, timers: Timers): Archiver {
    return new Archiver({
      archive,
      timers,
      job: (id) => this.view(id),
      store: (id) => this.#driver.state.kept(id),
      makeStore: async ({ description, liars }) => {
        await this.#bring(description.kind);
        const store = makeStore(this.#kinds, description, (text) => log('warn', text));
        return store && new AttributedStore(store, new Liars(this.#node.id, liars));
      },
      restored: (job, store) => this.#driver.handle({ type: 'restore', job, store }),
    });
  }
}
