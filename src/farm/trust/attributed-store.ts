/**
 * Results of a Job, and who made them: a ResultStore around that of the JobKind that knows for each part whose results are in it and which
 * pieces of them nobody has checked yet, and that takes back what came from a liar. A part is the smallest thing that can be taken back:
 * sums of floating-point numbers cannot be undone, so all of the part is done again.
 *
 * A part that was begun when more liars were known is the newer one, whatever is in it: that is its generation, the upper part of
 * its version. So a copy of before cannot come back over what was done again, not even from a disk.
 */
import { LeafcutterError, sha256Sync, toHex } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { ResultStore, WorkerRef } from '../contract.ts';
import type { Liars } from './liars.ts';
import {
  type AttributedPart,
  decodeAttributed,
  encodeAttributed,
  HASH_BYTES,
  type UncheckedPiece,
} from './part-codec.ts';
import { decodeResults, encodeResults, type TakenResult } from './results-codec.ts';

/** Versions of a store are below it. */
const GENERATION = 2 ** 20;
/** Versions are 32-bit. */
const MAX_GENERATION = 2 ** 12 - 1;

/** What two workers must have in common. */
export const hashOfPiece = (bytes: Uint8Array): string => toHex(sha256Sync(bytes).subarray(0, HASH_BYTES));

const keyOf = ({ task, range }: Pick<UncheckedPiece, 'task' | 'range'>): string => `${task}/${range.first}`;

interface Attribution {
  readonly generation: number;
  /** Of each how many of its results had something to be checked when its last one came here. */
  readonly makers: Map<NodeId, number>;
  readonly unchecked: Map<string, UncheckedPiece>;
}

export class AttributedStore implements ResultStore {
  readonly inner: ResultStore;
  readonly liars: Liars;
  /** Of parts that have something. */
  readonly #parts = new Map<number, Attribution>();

  constructor(inner: ResultStore, liars: Liars) {
    this.inner = inner;
    this.liars = liars;
  }

  get totalCost(): number {
    return this.inner.totalCost;
  }

  get doneCost(): number {
    return this.inner.doneCost;
  }

  get partCount(): number {
    return this.inner.partCount;
  }

  cost(task: number): number {
    return this.inner.cost(task);
  }

  isSettled(task: number): boolean {
    return this.inner.isSettled(task);
  }

  pieceCount(task: number, result: Uint8Array): number {
    return this.inner.pieceCount(task, result);
  }

  piece(task: number, result: Uint8Array, range: UncheckedPiece['range']): Uint8Array {
    return this.inner.piece(task, result, range);
  }

  partOf(task: number): number {
    return this.inner.partOf(task);
  }

  /** @throws what the JobKind's store throws */
  accept(task: number, result: Uint8Array, worker: WorkerRef, elapsedMs?: number): void {
    this.inner.accept(task, result, worker, elapsedMs);
    this.#attribution(this.inner.partOf(task)).makers.set(worker.node, 0);
  }

  version(part: number): number {
    const version = this.inner.version(part);
    return version === 0 ? 0 : (this.#parts.get(part)?.generation ?? 0) * GENERATION + version;
  }

  encodePart(part: number): Uint8Array | Promise<Uint8Array> {
    const about = { form: 'whole', ...this.#about(part) } as const;
    const bytes = this.inner.encodePart(part);
    if (bytes instanceof Uint8Array) return encodeAttributed({ ...about, bytes });
    return bytes.then((loaded) => encodeAttributed({ ...about, bytes: loaded }));
  }

  /** What was accepted into a part, for somebody who has all else of it: much less than the part. */
  encodeResults(part: number, results: readonly TakenResult[], reader: NodeId): Uint8Array {
    const about = this.#about(part);
    return encodeAttributed({
      ...{ form: 'results', ...about },
      bytes: encodeResults(results, about.makers, reader),
    });
  }

  /**
   * `own`: what this Node made, by Task. False where something is missing: of a part that came as results, they belong to another
   * generation of it, or one of them was ours and is gone.
   * @throws LeafcutterError `bad-part`, `tainted-part`, what the JobKind's store throws
   */
  mergePart(part: number, bytes: Uint8Array, own?: (task: number) => Uint8Array | undefined): boolean {
    const incoming = decodeAttributed(bytes);
    const liar = incoming.makers.find((maker) => this.liars.has(maker));
    if (liar !== undefined) {
      throw new LeafcutterError(
        'tainted-part',
        `results of node ${liar.slice(0, 8)} are in it, which were wrong`,
      );
    }
    if (incoming.form === 'results') return this.#mergeResults(part, incoming, own);
    this.#mergeWhole(part, incoming);
    return true;
  }

  #mergeWhole(part: number, incoming: AttributedPart): void {
    const generation = Math.min(incoming.generation, MAX_GENERATION);
    const known = this.#parts.get(part);
    if (known && known.generation !== generation) {
      if (known.generation > generation && this.inner.version(part) > 0) return;
      this.resetPart(part);
    }
    const before = this.inner.version(part);
    this.inner.mergePart(part, incoming.bytes);
    if (this.inner.version(part) > before) this.#attribute(part, incoming);
  }

  #mergeResults(
    part: number,
    incoming: AttributedPart,
    own?: (task: number) => Uint8Array | undefined,
  ): boolean {
    const results = decodeResults(incoming.bytes, incoming.makers);
    if (results.some(({ task }) => this.inner.partOf(task) !== part)) {
      throw new LeafcutterError('bad-part', 'a result is of another part');
    }
    const known = this.#parts.get(part);
    if (known && known.generation !== incoming.generation) return false;
    let isWhole = true;
    for (const { task, worker, bytes = own?.(task) } of results) {
      if (this.inner.isSettled(task)) continue;
      if (bytes) this.inner.accept(task, bytes, worker);
      else isWhole = false;
    }
    this.#attribute(part, incoming);
    return isWhole;
  }

  #attribute(part: number, { generation, makers, unchecked }: AttributedPart): void {
    const attribution = this.#attribution(part, Math.min(generation, MAX_GENERATION));
    for (const maker of makers) attribution.makers.set(maker, attribution.makers.get(maker) ?? 0);
    for (const piece of unchecked) attribution.unchecked.set(keyOf(piece), piece);
  }

  resetPart(part: number): void {
    this.#parts.delete(part);
    this.inner.resetPart(part);
  }

  close(): void {
    this.inner.close();
  }

  /** Takes back all parts that have results of that Node. Answers what it cost. */
  withdraw(liar: NodeId): number {
    const before = this.inner.doneCost;
    for (const [part, { makers }] of [...this.#parts]) if (makers.has(liar)) this.resetPart(part);
    return Math.max(0, before - this.inner.doneCost);
  }

  /** `drawn`: results of that Node of which something is, or was, to be checked. */
  noteDrawn(task: number, maker: NodeId, drawn: number): void {
    this.#parts.get(this.inner.partOf(task))?.makers.set(maker, drawn);
  }

  /** Whose results are in it, and what was noted with the last of them. */
  makersOf(part: number): Iterable<readonly [NodeId, number]> {
    return this.#parts.get(part)?.makers ?? [];
  }

  noteUnchecked(piece: UncheckedPiece): void {
    this.#parts.get(this.inner.partOf(piece.task))?.unchecked.set(keyOf(piece), piece);
  }

  noteChecked(piece: UncheckedPiece): void {
    this.#parts.get(this.inner.partOf(piece.task))?.unchecked.delete(keyOf(piece));
  }

  /** Of results that are here. */
  unchecked(): readonly UncheckedPiece[] {
    const all = [...this.#parts.values()].flatMap(({ unchecked }) => [...unchecked.values()]);
    return all.filter(({ task }) => this.inner.isSettled(task));
  }

  #about(part: number): Pick<AttributedPart, 'generation' | 'makers' | 'unchecked'> {
    const { generation = 0, makers, unchecked } = this.#parts.get(part) ?? {};
    return { generation, makers: [...(makers?.keys() ?? [])], unchecked: [...(unchecked?.values() ?? [])] };
  }

  #attribution(part: number, generation = Math.min(this.liars.size, MAX_GENERATION)): Attribution {
    let attribution = this.#parts.get(part);
    if (!attribution) {
      attribution = { generation, makers: new Map(), unchecked: new Map() };
      this.#parts.set(part, attribution);
    }
    return attribution;
  }
}
