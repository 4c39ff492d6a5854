/**
 * What Nodes send of their own accord, and whether they keep to the room's rate. Of one that does not, the surplus is not looked at until
 * its time comes: it waits here, unopened and bounded, so that a flood costs the others nothing. What is not kept is fetched like
 * everything that a Node lacks, later. What others have taken meanwhile is taken at once: nobody is to wait for it.
 */
import type { Cryptography } from '../../mesh/index.ts';
import { toHex } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { RoomRate, UpdateHash } from './contract.ts';
import { Pace } from './pace.ts';
import type { Peer } from './peers.ts';
import type { Update } from './update.ts';

/** An honest author keeps to the rate exactly; what is on its way may stand still and come at once, and clocks differ. */
const TOLERANCE = 2;
/** At twice the rate: what comes at once when a path has stood still for ten seconds, as long as the mesh takes a silent Node for alive. */
const BURST_MS = 5_000;
/** Of one Node. */
const MAX_HELD_BYTES = 1024 * 1024;
/** Of all together: a crowd of them, or one that is a crowd, is no more to keep than a few. */
const MAX_ALL_HELD_BYTES = 16 * 1024 * 1024;
/** Of memory that one takes beside its bytes: a flood may be of the smallest. */
const BESIDE_BYTES = 256;
/** Then those are forgotten that have rested. One that leaves is not: it would come back with nothing to pay. */
const MAX_SENDERS = 256;

interface Sender {
  readonly pace: Pace;
  /** The oldest first. */
  readonly held: Map<UpdateHash, Uint8Array>;
  heldBytes: number;
  /** Since it was first held back; until all is paid. */
  isTooFast: boolean;
}

/** Updates as they came. */
export interface Arrived {
  readonly from: NodeId;
  readonly updates: readonly Uint8Array[];
}

export class Surplus {
  readonly #rate: RoomRate;
  readonly #cryptography: Pick<Cryptography, 'sha256'>;
  readonly #senders = new Map<NodeId, Sender>();
  #heldBytes = 0;

  constructor(rate: RoomRate, cryptography: Pick<Cryptography, 'sha256'>) {
    this.#rate = {
      updatesPerSecond: TOLERANCE * rate.updatesPerSecond,
      bytesPerSecond: TOLERANCE * rate.bytesPerSecond,
    };
    this.#cryptography = cryptography;
  }

  get nextWakeAt(): number {
    let soonest = Number.POSITIVE_INFINITY;
    for (const { pace, held } of this.#senders.values())
      if (held.size > 0) soonest = Math.min(soonest, pace.readyAtMs);
    return soonest;
  }

  /** Those of these updates that may be looked at now; and whether the Node is held back since this moment. */
  arrived(
    from: NodeId,
    updates: readonly Uint8Array[],
    nowMs: number,
  ): { readonly taken: readonly Uint8Array[]; readonly isNew: boolean } {
    const sender = this.#senderOf(from, nowMs);
    const wasTooFast = this.isHeldBack(from, nowMs);
    const taken: Uint8Array[] = [];
    for (const bytes of updates) {
      if (sender.held.size === 0 && sender.pace.readyAtMs <= nowMs) {
        sender.pace.spend(1, bytes.length, nowMs);
        taken.push(bytes);
      } else this.#hold(sender, bytes);
    }
    return { taken, isNew: sender.isTooFast && !wasTooFast };
  }

  /** Whose time has come. */
  due(nowMs: number): readonly Arrived[] {
    const due: Arrived[] = [];
    for (const [from, sender] of this.#senders) {
      const updates: Uint8Array[] = [];
      for (const [hash, bytes] of sender.held) {
        if (sender.pace.readyAtMs > nowMs) break;
        this.#release(sender, hash, bytes, nowMs);
        updates.push(bytes);
      }
      if (updates.length > 0) due.push({ from, updates });
    }
    return due;
  }

  /** What is held up to that update, which `by` has as well: so it is a part of the room. */
  upTo(hash: UpdateHash, by: NodeId, nowMs: number): Arrived | undefined {
    for (const [from, sender] of this.#senders) {
      if (from === by || !sender.held.has(hash)) continue;
      const updates: Uint8Array[] = [];
      for (const [one, bytes] of sender.held) {
        this.#release(sender, one, bytes, nowMs);
        updates.push(bytes);
        if (one === hash) break;
      }
      return { from, updates };
    }
    return undefined;
  }

  /** Somebody was asked and gave this one, which that Node wrote. Whoever gives it: a flood must not come in by all doors at once. */
  given(author: NodeId, { hash, bytes }: Pick<Update, 'hash' | 'bytes'>, nowMs: number): void {
    const sender = this.#senders.get(author);
    if (sender && this.isHeldBack(author, nowMs)) this.#release(sender, hash, bytes, nowMs);
  }

  isHeldBack(node: NodeId, nowMs: number): boolean {
    const sender = this.#senders.get(node);
    if (!sender) return false;
    if (sender.held.size === 0 && sender.pace.restedAtMs <= nowMs) sender.isTooFast = false;
    return sender.isTooFast;
  }

  /** Who is held back is not asked before what is held of it, which `due` gives first. */
  rest(peer: Peer, nowMs: number): void {
    const sender = this.#senders.get(peer.node);
    if (!sender || !this.isHeldBack(peer.node, nowMs)) return;
    peer.restsUntilMs = Math.max(peer.restsUntilMs, sender.pace.readyAtMs);
  }

  #senderOf(node: NodeId, nowMs: number): Sender {
    let sender = this.#senders.get(node);
    if (!sender) {
      if (this.#senders.size >= MAX_SENDERS) this.#forgetRested(nowMs);
      const pace = new Pace(this.#rate, BURST_MS);
      sender = { pace, held: new Map(), heldBytes: 0, isTooFast: false };
      this.#senders.set(node, sender);
    }
    return sender;
  }

  #forgetRested(nowMs: number): void {
    for (const [node, { held, pace }] of this.#senders) {
      if (held.size === 0 && pace.restedAtMs <= nowMs) this.#senders.delete(node);
    }
  }

  /** What came before is kept rather than what came after it, which is worth nothing alone. */
  #hold(sender: Sender, bytes: Uint8Array): void {
    sender.isTooFast = true;
    const size = BESIDE_BYTES + bytes.length;
    if (sender.heldBytes + size > MAX_HELD_BYTES || this.#heldBytes + size > MAX_ALL_HELD_BYTES) return;
    const hash = toHex(this.#cryptography.sha256(bytes)) as UpdateHash;
    if (sender.held.has(hash)) return;
    sender.held.set(hash, bytes);
    sender.heldBytes += size;
    this.#heldBytes += size;
  }

  #release(sender: Sender, hash: UpdateHash, bytes: Uint8Array, nowMs: number): void {
    if (sender.held.delete(hash)) {
      sender.heldBytes -= BESIDE_BYTES + bytes.length;
      this.#heldBytes -= BESIDE_BYTES + bytes.length;
    }
    sender.pace.spend(1, bytes.length, nowMs);
  }
}
