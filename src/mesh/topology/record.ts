/**
 * What one Node says of itself: who it is and which Links it holds. Only its owner writes it, so two Nodes never change
 * the same record and any two copies have an order: (epoch, version, fingerprint). Keeping the greater one is a join of
 * a semilattice; whatever the order of arrival, duplicates and losses, all copies converge to the owner's last word.
 */
import type { NodeId } from '../../wire/index.ts';
import type { NodeInfo } from '../contract.ts';

export interface NodeRecord {
  readonly id: NodeId;
  /** Incarnation: raised when the owner hears a record of itself that it did not write (an old life, a false farewell). */
  readonly epoch: number;
  /** Raised with every change within an epoch. */
  readonly version: number;
  /** A tombstone: the owner said goodbye. */
  readonly hasLeft: boolean;
  readonly info: NodeInfo;
  /** The Links it holds: smoothed round trip in ms, undefined while unmeasured. Sorted by id. */
  readonly neighbours: ReadonlyMap<NodeId, number | undefined>;
  /** FNV-1a of `encoded`: orders two records that a broken owner gave the same version. */
  readonly fingerprint: number;
  /** The record's bytes, as its owner wrote them: passed on as they are. */
  readonly encoded: Uint8Array;
}

/** Where a record stands, without its content: what digests and summaries are made of. */
export interface RecordStamp {
  readonly id: NodeId;
  readonly epoch: number;
  readonly version: number;
  readonly fingerprint: number;
}

/** Negative when `a` is older than `b`, 0 when they are the same, positive when `a` is newer. */
export function compareStamps(a: Omit<RecordStamp, 'id'>, b: Omit<RecordStamp, 'id'>): number {
  return a.epoch - b.epoch || a.version - b.version || a.fingerprint - b.fingerprint;
}

/** 32-bit FNV-1a (Fowler, Noll, Vo 1991): no secret is at stake, only a tie between two copies. */
export function fnv1a(bytes: Uint8Array, seed = 0x811c9dc5): number {
  let hash = seed;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
