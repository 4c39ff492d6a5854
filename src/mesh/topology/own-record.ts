/**
 * What we say of ourselves, and when. Changes of our Links are gathered (a Node that joins eight others gets eight Links
 * within milliseconds) and announced as one record: soon the first time, then once a second while things keep changing, at
 * once when a Link is lost, because frames are being sent that way, and when a lost one is back or one leads where no other path
 * does: whoever is behind it waits to be seen, and who was a member before waits no longer than membership's grace, and then asks the
 * rendezvous.
 *
 * Round trips are written when a Link is young, and again only when one has been twice or half as long for half a minute; whatever else is
 * off by then goes along. So with Wi-Fi jitter (log-normal, sigma 0.5) a Node at rest announces nothing, and where the first ones were
 * measured on a machine that had much to do, one record tells that it has not any more.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import type { OwnLife } from '../identity/identity.ts';
import { NEVER } from '../protocol.ts';
import { MAX_RECORD_NEIGHBOURS, MAX_VERSION, type NodeRecord } from './record.ts';
import { sealRecord } from './record-codec.ts';
import { classOf, UNMEASURED } from './round-trip-class.ts';

const GATHER_MS = 100;
const ANNOUNCE_EVERY_MS = 1000;
/** A Link that flaps must not shout. */
const URGENT_EVERY_MS = 200;
/** The first round trips of a Link are its worst; by now some have been measured. */
const FIRST_RTT_MS = 4000;
/** A smoothed value is still mostly its first sample then. Here it is looked at once more, and more closely. */
const SECOND_RTT_MS = 30_000;
/** Links that came within as long are looked at together: one record tells of all. */
const SECOND_RTT_TOGETHER_MS = 15_000;
const SECOND_RTT_FACTOR = 1.5;
const RTT_OFF_FOR_MS = 30_000;
const RTT_OFF_FACTOR = 2;
/** Less is not worth a record, however many times the one is the other: a way is at most so much longer than another for each of its Links. */
const RTT_OFF_MS = 5;

export type AnnouncementType = 'new_edge' | 'destroy_edge';

export interface OwnLink {
  readonly upAt: number;
  /** As announced. */
  rttClass: number;
  /** The measurement behind the class. */
  writtenMs: number | undefined;
  rttMs: number | undefined;
  /** Since when `rttMs` is far from what is written; NEVER while it is not. */
  offSince: number;
  /** The last record of ours that this neighbour was sent. */
  told: NodeRecord | undefined;
  /** The second look is over. */
  isSettled: boolean;
}

export class OwnRecord {
  readonly #own: OwnLife;
  readonly #nameHash: Uint8Array;
  readonly #cryptography: Cryptography;
  readonly #links = new Map<NodeId, OwnLink>();
  #attributes: Uint8Array;
  #record: NodeRecord;
  #version = 0;
  #isDirty = false;
  /** Links lost within the last second, and when. */
  readonly #lostAt = new Map<NodeId, number>();
  #type: AnnouncementType = 'new_edge';
  #announceAt = NEVER;
  #announcedAt = Number.NEGATIVE_INFINITY;
  #rttDueAt = NEVER;

  constructor(own: OwnLife, nameHash: Uint8Array, attributes: Uint8Array, cryptography: Cryptography) {
    this.#own = own;
    this.#nameHash = nameHash;
    this.#cryptography = cryptography;
    this.#attributes = attributes.slice();
    this.#record = this.#write(false);
  }

  get links(): ReadonlyMap<NodeId, OwnLink> {
    return this.#links;
  }

  /** As last sealed: what others may know. */
  get record(): NodeRecord {
    return this.#record;
  }

  get nextWakeAt(): number {
    return Math.min(this.#announceAt, this.#rttDueAt);
  }

  /** `isBridge`: no other path led there. */
  linkUp(peer: NodeId, now: number, isBridge = false): void {
    this.#links.delete(peer); // one that comes again goes to the end
    this.#links.set(peer, {
      upAt: now,
      rttClass: UNMEASURED,
      writtenMs: undefined,
      rttMs: undefined,
      offSince: NEVER,
      told: undefined,
      isSettled: false,
    });
    const isBack = now - (this.#lostAt.get(peer) ?? Number.NEGATIVE_INFINITY) < ANNOUNCE_EVERY_MS;
    this.#changed('new_edge', now, isBridge || isBack);
  }

  /** Whether there was one. */
  linkDown(peer: NodeId, now: number): boolean {
    if (!this.#links.delete(peer)) return false;
    for (const [lost, at] of this.#lostAt) if (now - at >= ANNOUNCE_EVERY_MS) this.#lostAt.delete(lost);
    this.#lostAt.set(peer, now);
    this.#changed('destroy_edge', now, true);
    this.#findRttDue();
    return true;
  }

  measured(peer: NodeId, rttMs: number, now: number): void {
    const link = this.#links.get(peer);
    if (!link || !(rttMs >= 0)) return;
    link.rttMs = rttMs;
    if (!isOff(link, RTT_OFF_FACTOR)) link.offSince = NEVER;
    else if (link.offSince === NEVER) link.offSince = now;
    this.#findRttDue();
  }

  setAttributes(bytes: Uint8Array, now: number): void {
    this.#attributes = bytes.slice();
    this.#changed('new_edge', now);
  }

  /** Somebody with our key and life wrote more than we did: ours must be the last word. */
  outrank(version: number, now: number): void {
    if (version >= MAX_VERSION || version < this.#version) return;
    this.#version = version;
    this.#changed('new_edge', now);
  }

  /** What is due to be announced, undefined before its time. */
  due(now: number): { readonly type: AnnouncementType; readonly record: NodeRecord } | undefined {
    if (now >= this.#rttDueAt) this.#rewriteRtts(now);
    if (now < this.#announceAt) return undefined;
    const type = this.#type;
    this.#seal();
    this.#announceAt = NEVER;
    this.#announcedAt = now;
    this.#type = 'new_edge';
    return { type, record: this.#record };
  }

  /** Our tombstone, to be announced as the last thing. */
  leave(): NodeRecord {
    this.#version++;
    this.#record = this.#write(true);
    this.#announceAt = NEVER;
    this.#rttDueAt = NEVER;
    return this.#record;
  }

  #changed(type: AnnouncementType, now: number, isUrgent = false): void {
    this.#isDirty = true;
    if (type === 'destroy_edge') this.#type = type; // an Edge lost outweighs one won
    const earliest = isUrgent
      ? Math.max(now, this.#announcedAt + URGENT_EVERY_MS)
      : Math.max(now + GATHER_MS, this.#announcedAt + ANNOUNCE_EVERY_MS);
    this.#announceAt = Math.min(this.#announceAt, earliest);
  }

  #seal(): void {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    for (const link of this.#links.values()) {
      const isRight = link.writtenMs !== undefined && link.offSince === NEVER;
      if (isRight || link.rttMs === undefined) continue;
      link.writtenMs = link.rttMs;
      link.rttClass = classOf(link.rttMs);
      link.offSince = NEVER;
    }
    this.#version++;
    this.#record = this.#write(false);
    this.#findRttDue();
  }

  #write(hasLeft: boolean): NodeRecord {
    const neighbours = new Map<NodeId, number>();
    for (const [peer, { rttClass }] of hasLeft ? [] : this.#links) {
      // Who has more Links than a record names leaves out the youngest.
      if (neighbours.size < MAX_RECORD_NEIGHBOURS) neighbours.set(peer, rttClass);
    }
    const fields = { version: this.#version, hasLeft, attributes: this.#attributes, neighbours };
    return sealRecord(this.#own, fields, this.#nameHash, this.#cryptography);
  }

  #rewriteRtts(now: number): void {
    for (const link of this.#links.values()) {
      const isUnsettled = link.writtenMs !== undefined && !link.isSettled;
      if (rttDueAt(link) > now + (isUnsettled ? SECOND_RTT_TOGETHER_MS : 0)) continue;
      if (isUnsettled) {
        link.isSettled = true;
        if (!isOff(link, SECOND_RTT_FACTOR)) continue;
      }
      link.writtenMs = undefined;
      link.offSince = NEVER;
      this.#changed('new_edge', now);
    }
    if (this.#isDirty)
      this.#rttDueAt = NEVER; // until it is sealed
    else this.#findRttDue();
  }

  #findRttDue(): void {
    let dueAt = NEVER;
    for (const link of this.#links.values()) dueAt = Math.min(dueAt, rttDueAt(link));
    this.#rttDueAt = dueAt;
  }
}

function isOff({ rttMs, writtenMs, rttClass }: OwnLink, factor: number): boolean {
  if (rttMs === undefined || writtenMs === undefined || classOf(rttMs) === rttClass) return false;
  if (Math.abs(rttMs - writtenMs) < RTT_OFF_MS) return false;
  return rttMs >= writtenMs * factor || rttMs * factor <= writtenMs;
}

/** When the record has to say another round trip of this Link, or the second look is due. */
function rttDueAt({ upAt, rttMs, writtenMs, offSince, isSettled }: OwnLink): number {
  if (rttMs === undefined) return NEVER;
  if (writtenMs === undefined) return upAt + FIRST_RTT_MS;
  return isSettled ? offSince + RTT_OFF_FOR_MS : upAt + SECOND_RTT_MS;
}
