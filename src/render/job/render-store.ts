/** A render's results for the farm: the block plan as Tasks, the Film as the place for results, its Tiles as the parts. */
import type { PieceRange, ResultStore, WorkerRef } from '../../farm/index.ts';
import { Emitter } from '../../runtime/index.ts';
import { type BlockPlan, Film, parseBlockSums, type TileGoal } from '../film/index.ts';

export interface RenderStoreEvents {
  /** A Block was taken: pixel samples of a Tile that this worker contributed. */
  contributed: { readonly worker: WorkerRef; readonly tile: number; readonly samples: number };
  /** The number of a Tile whose pixels changed. */
  tile: number;
}

export class RenderStore implements ResultStore {
  readonly film: Film;
  readonly events = new Emitter<RenderStoreEvents>();

  /** @throws FilmTooLargeError */
  constructor(
    readonly plan: BlockPlan,
    readonly goal: TileGoal,
  ) {
    this.film = new Film(plan, goal.noise);
  }

  get totalCost(): number {
    return this.film.samplesNeeded;
  }

  get doneCost(): number {
    return this.film.samplesDone;
  }

  get partCount(): number {
    return this.plan.grid.tileCount;
  }

  cost(task: number): number {
    return this.plan.cost(task);
  }

  /** A finished Tile wants no more Blocks. */
  isSettled(task: number): boolean {
    return this.film.isSettled(this.plan.tileOf(task), this.plan.blockOf(task));
  }

  accept(task: number, result: Uint8Array, worker: WorkerRef): void {
    const block = this.plan.block(task);
    const sums = parseBlockSums(result, block);
    if (this.isSettled(task)) return;
    const hasChanged = this.film.add(block, sums);
    this.events.emit('contributed', {
      worker,
      tile: block.tile,
      samples: block.width * block.height * block.sampleCount,
    });
    if (hasChanged) this.events.emit('tile', block.tile);
  }

  version(tile: number): number {
    return this.film.prefix(tile);
  }

  encodePart(tile: number): Uint8Array {
    return this.film.encodeTile(tile);
  }

  mergePart(tile: number, bytes: Uint8Array): void {
    if (this.film.mergeTile(tile, bytes)) this.events.emit('tile', tile);
  }

  partOf(task: number): number {
    return this.plan.tileOf(task);
  }

  resetPart(tile: number): void {
    if (this.film.resetTile(tile)) this.events.emit('tile', tile);
  }

  /** A Block's rows: a pixel's sums depend on no other pixel. */
  pieceCount(task: number): number {
    return this.plan.block(task).height;
  }

  piece(task: number, result: Uint8Array, { first, count }: PieceRange): Uint8Array {
    const rowBytes = 3 * Float32Array.BYTES_PER_ELEMENT * this.plan.block(task).width;
    return result.subarray(first * rowBytes, (first + count) * rowBytes);
  }

  close(): void {
    this.events.clear();
  }
}
