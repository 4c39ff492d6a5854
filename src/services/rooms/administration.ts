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
import type { Checkpoint } from './checkpoint.ts';
import type { CheckpointCodec } from './checkpoint-codec.ts';
import { draftCheckpoint } from './closing.ts';
import type { AuthorId, CheckpointHash, DeviceId, EpochId, ItemHash, RoomDisk } from './contract.ts';
import { type Keyring, MAX_EPOCH } from './epochs.ts';
import { RoomMemberError, RoomNotAdminError } from './errors.ts';
import type { History } from './history.ts';
import type { Introductions } from './introductions.ts';
import { keysOf } from './keys.ts';
import { membersAfter } from './members.ts';
import type { RoleRequest } from './messages.ts';
import type { Peers } from './peers.ts';
import type { RoomEffect, Token } from './room-events.ts';

export interface AdministrationOptions {
  readonly self: NodeId;
  readonly identity: Identity;
  /** It has just made the room: the role is its own. */
  readonly isMaker: boolean;
}

export interface AdministrationParts {
  readonly history: History;
  readonly peers: Peers;
  readonly authors: Authors;
  readonly checkpoints: CheckpointCodec;
  readonly cryptography: Cryptography;
  readonly keyring: Keyring;
  readonly introductions: Introductions;
  /** Above it nothing is written. */
  readonly maxOpenBytes: number;
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
/** ... but for this share of what may be open: what is written counts for more than what it costs to close it, or all would wait. */
const FILLING = 1 / 4;
/** Who has the role and does not hand it on by then is lost. */
const HAND_ON_MS = 10_000;

const KEY_BYTES = 32;
/** Come into the list with one checkpoint. */
const MAX_COME = 256;
const AGAIN = new TextEncoder().encode('leafcutter room boot again\n');
const NEVER = Number.POSITIVE_INFINITY;

/** Somebody is to be removed. */
interface Boot {
  readonly device: DeviceId;
  /** Of the keys that follow. */
  readonly secret: Uint8Array;
  readonly token: Token | undefined;
}

interface Booted extends Boot {
  readonly epoch: EpochId;
}

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
  /** Until then it is for what the last one has cost that none is made. */
  #restsUntilMs = 0;
  #isKeeping = false;
  /** Made, and waits to be on the disk. */
  #made: Checkpoint | undefined;
  #boots: Boot[] = [];
  /** What was done, and with which keys: another chain may come to count in which it was not. */
  #booted: Booted[] = [];

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

  /** Who makes the checkpoints is here, as far as is known. */
  get isHere(): boolean {
    const { history, authors, peers } = this.#parts;
    if (this.#secret && (this.hasRole || this.#wants)) return true;
    return history.tip !== undefined && peers.get(authors.nodeOf({ author: history.tip.next })) !== undefined;
  }

  get nextWakeAt(): number {
    if (!this.#secret || this.#made) return NEVER;
    if (this.hasRole) return this.#handTo || this.#boots.length > 0 ? this.#mayAtMs : this.#dueAtMs;
    if (!this.#wants) return NEVER;
    if (this.#boots.length > 0 && (!this.#parts.history.tip || this.#isToGo(this.#parts.history.tip.next)))
      return this.#mayAtMs;
    // The first one says nothing that the beginning does not.
    if (!this.#parts.history.tip) return this.#dueAtMs;
    return this.#askedAtMs === undefined ? this.#mayAtMs : this.#askedAtMs + HAND_ON_MS;
  }

  /** This device is to have the role. */
  want(): void {
    if (!this.hasRole) this.#wants = true;
  }

  /** That device is to be removed. @param secret of the keys that follow */
  boot(device: DeviceId | undefined, secret: Uint8Array, token: Token): void {
    const { history, introductions, effect } = this.#parts;
    const isKnown = device !== undefined && this.#isMember(device);
    if (!this.#secret) effect({ type: 'failed', token, error: new RoomNotAdminError() });
    else if (device === introductions.self.device) {
      effect({ type: 'failed', token, error: new RoomMemberError('this device cannot remove itself') });
    } else if (device === undefined || !isKnown) {
      effect({ type: 'failed', token, error: new RoomMemberError('there is no such device in the room') });
    } else if ((history.tip?.turns.length ?? 0) + this.#boots.length >= MAX_EPOCH) {
      effect({
        type: 'failed',
        token,
        error: new RoomMemberError('the keys of this room cannot change any more'),
      });
    } else {
      this.#boots.push({ device, secret, token });
      this.want();
    }
  }

  /** Nobody waits for it any more; it goes on. */
  cancel(token: Token): void {
    this.#boots = this.#boots.map((boot) => (boot.token === token ? { ...boot, token: undefined } : boot));
  }

  /** Gives up all; who waits is told. */
  fail(error: Error): void {
    for (const { token } of this.#boots)
      if (token !== undefined) this.#parts.effect({ type: 'failed', token, error });
    this.#boots = [];
  }

  /** That Node wants it. Whether it may, it shows. */
  wanted(from: NodeId, { key, certificate }: RoleRequest): void {
    const author = toHex(key) as AuthorId;
    const { authors, checkpoints, keyring, peers, effect } = this.#parts;
    if (!peers.get(from)) return;
    const isBy = key.length === KEY_BYTES && authors.nodeOf({ author }) === from;
    const epoch = keyring.held.find((one) => isBy && checkpoints.isAdmin(key, certificate, one));
    // It asks again when it has the new keys.
    if (epoch && epoch !== keyring.current) return;
    if (!epoch) {
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
    this.#settle(checkpoint);
    if (isOwn || isSure) this.#sure = checkpoint.hash;
    this.#made = undefined;
    if (checkpoint.next !== this.#self) this.#handTo = undefined;
    else if (isOwn || isSure) this.#wants = false;
    this.#askedAtMs = undefined;
    this.#openSinceMs = this.#parts.history.dag.size > 0 ? nowMs : NEVER;
    this.#mayAtMs = nowMs + LEAST_PAUSE_MS;
    this.#restsUntilMs = nowMs + checkpoint.size * PAUSE_MS_PER_BYTE;
  }

  disk(disk: RoomDisk['type'], stored: readonly ItemHash[]): void {
    this.#isKeeping = disk === 'kept' || disk === 'storing';
    if (this.#made && (!this.#isKeeping || stored.includes(this.#made.hash))) this.#spread(this.#made);
  }

  /** Asks for the role, or makes a checkpoint, if it is time. @param isBehind what is to be closed is not all here */
  act(isBehind: boolean, nowMs: number): void {
    if (isBehind) {
      this.#mayAtMs = Math.max(this.#mayAtMs, nowMs + LEAST_PAUSE_MS);
      return;
    }
    this.#bootAgain();
    if (this.#asks(nowMs) || nowMs < this.nextWakeAt) return;
    this.#mayAtMs = nowMs + LEAST_PAUSE_MS;
    const made = this.#make();
    if (!made) return;
    this.#made = made;
    if (this.#isKeeping) this.#parts.effect({ type: 'keep', checkpoint: made });
    else this.#spread(made);
  }

  #asks(nowMs: number): boolean {
    const { identity } = this.#options;
    const { history, authors, peers, checkpoints, effect } = this.#parts;
    const { tip } = history;
    if (!this.#secret || !this.#wants || !tip || tip.next === this.#self) return false;
    if (this.#askedAtMs !== undefined || this.#isToGo(tip.next)) return false;
    const to = authors.nodeOf({ author: tip.next });
    if (!peers.get(to)) return false;
    this.#askedAtMs = nowMs;
    const certificate = checkpoints.certify(identity, this.#secret);
    effect({ type: 'askRole', to, request: { key: identity.publicKey, certificate } });
    return true;
  }

  #make(): Checkpoint | undefined {
    const { history, checkpoints, introductions, cryptography } = this.#parts;
    const { identity } = this.#options;
    const secret = this.#secret;
    const removed = this.#boots.map(({ device }) => device);
    const come = introductions.unlisted(history.members).filter(({ device }) => !removed.includes(device));
    const said = {
      next: this.#handTo && this.#mayHave(this.#handTo) ? this.#handTo : this.#self,
      isTaking: !this.hasRole,
      members: come.slice(0, MAX_COME),
      removed: removed.length > 0 ? [...new Set(removed)].sort() : undefined,
    };
    const draft = draftCheckpoint(history, said, cryptography);
    const [boot] = this.#boots;
    if (!secret || !draft) return undefined;
    const stay = membersAfter(history.members, draft).values();
    const bytes = boot
      ? checkpoints.writeRotation(draft, identity, secret, {
          ...{ keys: keysOf('admin', boot.secret, cryptography), stay },
        })
      : checkpoints.write(draft, identity, secret);
    const made = checkpoints.read(bytes);
    return typeof made === 'object' && !('type' in made) ? made : undefined;
  }

  /** Seed of the admin key: undefined for who may not administer. */
  get #secret(): Uint8Array | undefined {
    return this.#parts.keyring.current.secrets.adminSecret;
  }

  #isMember(device: DeviceId): boolean {
    const { history, introductions } = this.#parts;
    return (
      history.members.has(device) ||
      introductions.unlisted(history.members).some((one) => one.device === device)
    );
  }

  /** Whoever has gone since it asked would leave the room to nobody. */
  #mayHave(author: AuthorId): boolean {
    const { authors, peers } = this.#parts;
    return peers.get(authors.nodeOf({ author })) !== undefined && !this.#isToGo(author);
  }

  /** Whether that author is on a device that is to be removed. */
  #isToGo(author: AuthorId): boolean {
    const { history, introductions } = this.#parts;
    const all = [...history.members.values(), ...introductions.unlisted(history.members)];
    return all.some(
      (one) => one.author === author && this.#boots.some(({ device }) => device === one.device),
    );
  }

  #settle(checkpoint: Checkpoint): void {
    const isGone = ({ device }: Boot): boolean => checkpoint.removed.includes(device);
    for (const boot of this.#boots.filter(isGone)) {
      this.#booted.push({ ...boot, epoch: checkpoint.epoch });
      if (boot.token !== undefined) this.#parts.effect({ type: 'settled', token: boot.token });
    }
    this.#boots = this.#boots.filter((boot) => !isGone(boot));
  }

  /** Where another chain counts, in which somebody whom we removed is still there, that is done again. */
  #bootAgain(): void {
    const { history, keyring, cryptography } = this.#parts;
    if (this.#booted.length === 0) return;
    const line = new Set(keyring.idsUpTo(history.epoch));
    const isUndone = ({ epoch, device }: Booted): boolean => !line.has(epoch) && this.#isMember(device);
    for (const { device, secret } of this.#booted.filter(isUndone)) {
      this.#boots.push({ device, secret: cryptography.hmac(secret, AGAIN), token: undefined });
      this.want();
    }
    this.#booted = this.#booted.filter((boot) => !isUndone(boot));
  }

  #spread(made: Checkpoint): void {
    const { history, peers, keyring, effect } = this.#parts;
    const isIn = history.offer(made) === 'taken';
    if (!isIn) this.#made = undefined;
    else if (peers.size > 0)
      effect({ type: 'spread', item: made.bytes, to: peers.nodes, keys: keyring.current.id });
  }

  /** Somebody else who is not on the list. */
  get #hasCome(): boolean {
    const { history, introductions } = this.#parts;
    const { device } = introductions.self;
    return introductions.unlisted(history.members).some((entry) => entry.device !== device);
  }

  get #dueAtMs(): number {
    const { history, maxOpenBytes } = this.#parts;
    const { size, bytes } = history.dag;
    if (size === 0 && !this.#hasCome) return NEVER;
    if (bytes >= FILLING * maxOpenBytes) return this.#mayAtMs;
    const atMs = Math.min(this.#changedAtMs + QUIET_MS, this.#openSinceMs + AT_LATEST_MS);
    return Math.max(this.#mayAtMs, this.#restsUntilMs, bytes >= FULL_BYTES ? 0 : atMs);
  }
}
