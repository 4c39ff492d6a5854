/**
 * When this device makes a checkpoint. One admin device at a time has the role: the newest checkpoint names it. Whoever wants the role asks
 * the one that has it, which hands it on with its next checkpoint; when that one is not in reach, or does not answer, the role is taken, and
 * another term begins, for all to see. What it makes is on its disk before anybody hears of it, so that it goes on there after a crash; where
 * it cannot know what it made last, it begins a term rather than make two checkpoints with one number.
 */
import type { Cryptography, Identity } from '../../mesh/index.ts';
import { toHex } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Authors } from './authors.ts';
import type { Checkpoint, CheckpointCodec } from './checkpoint.ts';
import { draftCheckpoint } from './closing.ts';
import type { AuthorId, CheckpointHash, ItemHash } from './contract.ts';
import type { History } from './history.ts';
import type { RoleRequest } from './messages.ts';
import type { Peers } from './peers.ts';
import type { RoomEffect } from './room-events.ts';
import { EPOCH } from './update.ts';

export interface AdministrationOptions {
  readonly self: NodeId;
  readonly identity: Identity;
  /** Seed of the admin key: undefined for who may not administer. */
  readonly adminSecret: Uint8Array | undefined;
  /** It has just made the room: the role is its own. */
  readonly isMaker: boolean;
}

export interface AdministrationParts {
  readonly history: History;
  readonly peers: Peers;
  readonly authors: Authors;
  readonly checkpoints: CheckpointCodec;
  readonly cryptography: Pick<Cryptography, 'sha256'>;
  effect(effect: RoomEffect): void;
}

/** After the last update: what is being typed goes into one. */
const QUIET_MS = 2_000;
/** ... but nothing is open for longer, if there is time. */
const AT_LATEST_MS = 10_000;
/** Or more: of open updates. */
const FULL_BYTES = 128 * 1024;
/** Between two. Each Node encodes and hashes the state for each: of 5 MB that takes a tenth of a second, so it is a hundredth of the time. */
const LEAST_PAUSE_MS = 1_000;
const PAUSE_MS_PER_BYTE = 1 / 500;
/** Who has the role and does not hand it on by then is lost. */
const HAND_ON_MS = 10_000;

const KEY_BYTES = 32;
const NEVER = Number.POSITIVE_INFINITY;

export class Administration {
  readonly #options: AdministrationOptions;
  readonly #parts: AdministrationParts;
  readonly #self: AuthorId;
  #wants: boolean;
  /** The last checkpoint of which this device knows that it made none after it. */
  #sure: CheckpointHash | undefined;
  #handTo: AuthorId | undefined;
  /** Since when it is asked for the role. */
  #askedAtMs: number | undefined;
  #openSinceMs = NEVER;
  #changedAtMs = 0;
  #mayAtMs = 0;
  #isKeeping = false;
  /** Made, and waits to be on the disk. */
  #made: Checkpoint | undefined;

  constructor(options: AdministrationOptions, parts: AdministrationParts) {
    this.#options = options;
    this.#parts = parts;
    this.#self = toHex(options.identity.publicKey) as AuthorId;
    this.#wants = options.isMaker;
  }

  get hasRole(): boolean {
    const { tip } = this.#parts.history;
    return tip !== undefined && tip.next === this.#self && this.#sure === tip.hash;
  }

  get nextWakeAt(): number {
    if (!this.#options.adminSecret || this.#made) return NEVER;
    if (this.hasRole) return this.#handTo ? this.#mayAtMs : this.#dueAtMs;
    if (!this.#wants) return NEVER;
    // The first one says nothing that the beginning does not.
    if (!this.#parts.history.tip) return this.#dueAtMs;
    return this.#askedAtMs === undefined ? this.#mayAtMs : this.#askedAtMs + HAND_ON_MS;
  }

  /** This device is to have the role. */
  want(): void {
    if (!this.hasRole) this.#wants = true;
  }

  /** That Node wants it. Whether it may, it shows. */
  wanted(from: NodeId, { key, certificate }: RoleRequest): void {
    const author = toHex(key) as AuthorId;
    const { authors, checkpoints, effect } = this.#parts;
    if (
      key.length !== KEY_BYTES ||
      authors.nodeOf({ author }) !== from ||
      !checkpoints.isAdmin(key, certificate)
    ) {
      effect({ type: 'refused', from, reason: 'it wants to make checkpoints, and is no administrator' });
    } else if (this.hasRole && author !== this.#self) this.#handTo = author;
  }

  /** Something is open that was not. */
  changed(nowMs: number): void {
    this.#changedAtMs = nowMs;
    this.#openSinceMs = Math.min(this.#openSinceMs, nowMs);
  }

  /** @param isSure nobody can have made another after it in this device's name: it is on its disk, or came just now */
  taken(checkpoint: Checkpoint, isSure: boolean, nowMs: number): void {
    const isOwn = this.#made?.hash === checkpoint.hash;
    if (isOwn || isSure) this.#sure = checkpoint.hash;
    this.#made = undefined;
    if (checkpoint.next !== this.#self) this.#handTo = undefined;
    else if (isOwn || isSure) this.#wants = false;
    this.#askedAtMs = undefined;
    this.#openSinceMs = this.#parts.history.dag.size > 0 ? nowMs : NEVER;
    this.#mayAtMs = nowMs + Math.max(LEAST_PAUSE_MS, checkpoint.size * PAUSE_MS_PER_BYTE);
  }

  disk(isKeeping: boolean, stored: readonly ItemHash[]): void {
    this.#isKeeping = isKeeping;
    if (this.#made && (!isKeeping || stored.includes(this.#made.hash))) this.#spread(this.#made);
  }

  /** Asks for the role, or makes a checkpoint, if it is time. @param isBehind what is to be closed is not all here */
  act(isBehind: boolean, nowMs: number): void {
    if (isBehind) {
      this.#mayAtMs = Math.max(this.#mayAtMs, nowMs + LEAST_PAUSE_MS);
      return;
    }
    if (this.#asks(nowMs) || nowMs < this.nextWakeAt) return;
    this.#mayAtMs = nowMs + LEAST_PAUSE_MS;
    const made = this.#make();
    if (!made) return;
    this.#made = made;
    if (this.#isKeeping) this.#parts.effect({ type: 'keep', hash: made.hash, bytes: made.bytes });
    else this.#spread(made);
  }

  #asks(nowMs: number): boolean {
    const { adminSecret, identity } = this.#options;
    const { history, authors, peers, checkpoints, effect } = this.#parts;
    const { tip } = history;
    if (!adminSecret || !this.#wants || !tip || tip.next === this.#self) return false;
    if (this.#askedAtMs !== undefined) return false;
    const to = authors.nodeOf({ author: tip.next });
    if (!peers.get(to)) return false;
    this.#askedAtMs = nowMs;
    const certificate = checkpoints.certify(identity, adminSecret);
    effect({ type: 'askRole', to, request: { key: identity.publicKey, certificate } });
    return true;
  }

  #make(): Checkpoint | undefined {
    const { adminSecret, identity } = this.#options;
    const { history, checkpoints } = this.#parts;
    const said = { next: this.#handTo ?? this.#self, epoch: EPOCH, isTaking: !this.hasRole };
    const draft = draftCheckpoint(history, said, this.#parts.cryptography);
    const made = adminSecret && draft && checkpoints.read(checkpoints.write(draft, identity, adminSecret));
    return typeof made === 'object' ? made : undefined;
  }

  #spread(made: Checkpoint): void {
    const { history, peers, effect } = this.#parts;
    const isIn = history.offer(made) === 'taken';
    if (!isIn) this.#made = undefined;
    else if (peers.size > 0) effect({ type: 'spread', item: made.bytes });
  }

  get #dueAtMs(): number {
    const { dag } = this.#parts.history;
    if (dag.size === 0) return NEVER;
    const atMs = Math.min(this.#changedAtMs + QUIET_MS, this.#openSinceMs + AT_LATEST_MS);
    return Math.max(this.#mayAtMs, dag.bytes >= FULL_BYTES ? 0 : atMs);
  }
}
