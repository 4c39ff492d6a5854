/**
 * Records that have been verified, by their signature: a copy that comes again, or to another Node of the same process, costs
 * a comparison of 64 bytes instead of a verification, and everyone holds the same immutable object. What is answered is the
 * verified record, never the bytes that were asked with; whoever changes some of them around a genuine signature has sent the
 * genuine record. A Node has a cache of its own; a simulator gives one to all Nodes of a Network (records
 * are signed for one), so that a thousand of them hold a
 * record once. Bounded: the oldest leaves first.
 */
import { read32 } from '../../wire/index.ts';
import { SIGNATURE_BYTES } from '../identity/identity.ts';
import { MIN_RECORD_BYTES, type NodeRecord } from './record.ts';

/** A Node's own: copies of an announcement come within seconds of each other. At most 1 MiB. */
const DEFAULT_LIMIT = 1024;

export class RecordCache {
  readonly #limit: number;
  /** By 30 bits of the signature: small integers are fast keys. Two with the same: the later one takes the place, nothing worse. */
  readonly #records = new Map<number, NodeRecord>();

  /** A simulator of n Nodes wants some 16 n. */
  constructor(limit = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#records.size;
  }

  /** The verified record with the signature of these bytes. */
  get(bytes: Uint8Array): NodeRecord | undefined {
    if (bytes.length < MIN_RECORD_BYTES) return undefined;
    const record = this.#records.get(keyOf(bytes));
    return record !== undefined && isSameSigned(record.bytes, bytes) ? record : undefined;
  }

  /** Only what was verified. */
  add(record: NodeRecord): void {
    this.#records.set(keyOf(record.bytes), record);
    if (this.#records.size <= this.#limit) return;
    for (const oldest of this.#records.keys()) {
      this.#records.delete(oldest);
      return;
    }
  }
}

function keyOf(bytes: Uint8Array): number {
  return read32(bytes, bytes.length - SIGNATURE_BYTES) >>> 2;
}

function isSameSigned(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = a.length - SIGNATURE_BYTES; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
