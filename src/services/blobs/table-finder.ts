/** Gets a Blob's table from whoever says that it has some of the Blob, and keeps who that is until it is here. */
import { messageOf } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { BlobHash } from './contract.ts';
import { decodeTable, nameOf, type PieceTable } from './table.ts';

export interface TableFinderPort {
  /** Asks that Node. Nothing: it has none. */
  fetch(holder: NodeId): Promise<Uint8Array>;
  found(table: PieceTable): void;
  /** It sent another table than the name says. */
  convict(holder: NodeId): void;
  /** That try is over. */
  settled(reason: string | undefined): void;
}

export class TableFinder {
  readonly #hash: BlobHash;
  readonly #port: TableFinderPort;
  /** What each has of the Blob; undefined: all. */
  readonly #holders = new Map<NodeId, Uint8Array | undefined>();
  readonly #asked = new Set<NodeId>();
  #asking = 0;
  #isFound = false;

  constructor(hash: BlobHash, port: TableFinderPort) {
    this.#hash = hash;
    this.#port = port;
  }

  get holders(): ReadonlyMap<NodeId, Uint8Array | undefined> {
    return this.#holders;
  }

  add(holder: NodeId, bits: Uint8Array | undefined): void {
    this.#holders.set(holder, bits);
    if (this.#asking === 0) this.askNext();
  }

  lose(holder: NodeId): void {
    this.#holders.delete(holder);
    this.#asked.delete(holder);
  }

  /** One after the other; call it about once a second, so that whoever is slow keeps nobody from the next. */
  askNext(): void {
    const next = [...this.#holders.keys()].find((holder) => !this.#asked.has(holder));
    if (next === undefined || this.#isFound) return;
    this.#asked.add(next);
    void this.#ask(next);
  }

  async #ask(holder: NodeId): Promise<void> {
    this.#asking++;
    let reason: string | undefined;
    try {
      const answer = await this.#port.fetch(holder);
      const table = decodeTable(answer);
      if (table && (await nameOf(table)) === this.#hash) {
        if (!this.#isFound) this.#port.found(table);
        this.#isFound = true;
      } else {
        this.#holders.delete(holder);
        if (answer.length > 0) this.#port.convict(holder);
      }
    } catch (error) {
      this.#holders.delete(holder);
      reason = messageOf(error);
    }
    this.#asking--;
    this.askNext();
    this.#port.settled(reason);
  }
}
