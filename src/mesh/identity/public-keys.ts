/**
 * Ed25519 public keys, decoded and checked once: to find the point costs a square root, to find that it has no part of
 * small order a whole multiplication. A key met often gets a table that makes its multiplications four times cheaper; the
 * table costs as much as five of them.
 */
import { GenerationCache } from './generation-cache.ts';
import { ORDER, Point } from './point.ts';
import { PointTable } from './point-table.ts';

/** Twice the Nodes that a network of records holds. An entry without its table takes half a kilobyte. */
const MAX_KEYS = 2048;
/** Keys with a table of 520 points, 130 KiB each: the neighbours and the loudest broadcasters. 8 MiB in all. */
const MAX_TABLES = 64;
/** Uses of a key before it gets a table. */
const TABLE_AFTER = 6;
/** Window of the table, bits: 3 makes multiplications a third slower, 5 doubles the table (measured). */
const TABLE_WINDOW = 4;

interface Entry {
  /** -A: what verification adds. Undefined when the bytes are no key that anyone may use. */
  readonly negated: Point | undefined;
  uses: number;
}

export class PublicKeys {
  readonly #entries = new GenerationCache<string, Entry>(MAX_KEYS);
  readonly #tables = new GenerationCache<string, PointTable>(MAX_TABLES);

  /**
   * The negated point of a public key, so many times; undefined unless the key is canonical, of prime order and not the identity.
   * @param scalar no secret, below the order of the group
   */
  negatedTimes(publicKey: Uint8Array, scalar: bigint): Point | undefined {
    const name = String.fromCharCode(...publicKey);
    const table = this.#tables.get(name);
    if (table) return table.times(scalar);
    let entry = this.#entries.get(name);
    if (!entry) {
      entry = { negated: decode(publicKey), uses: 0 };
      this.#entries.set(name, entry);
    }
    if (!entry.negated || ++entry.uses <= TABLE_AFTER) return entry.negated?.multiply(scalar);
    entry.uses = 0; // pushed out of the tables, it has to earn the next one
    const made = new PointTable(entry.negated, TABLE_WINDOW);
    this.#tables.set(name, made);
    return made.times(scalar);
  }
}

function decode(publicKey: Uint8Array): Point | undefined {
  const point = Point.fromBytes(publicKey); // refuses encodings that are not canonical
  return point && !point.isZero() && point.multiply(ORDER).isZero() ? point.negate() : undefined;
}
