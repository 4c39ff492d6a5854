/** A render's results for the farm: the block plan as Tasks, the Reel as the place for results, the Tiles of its frames as the parts. */
import type { PieceRange, ResultStore, WorkerRef } from '../../farm/index.ts';
import { Emitter } from '../../runtime/index.ts';
import { type BlockPlan, parseBlockSums, Reel, type SetAside, type TileGoal } from '../film/index.ts';

export interface RenderStoreEvents {
  /** A Block was taken: pixel samples of a part that this worker contributed, and how long it says that they took. */
  contributed: {
    readonly worker: WorkerRef;
    readonly part: number;
    readonly samples: number;
    readonly elapsedMs: number;
  };
  /** A Tile of a frame whose pixels changed. */
  part: number;
}

export class RenderStore implements ResultStore {
  readonly reel: Reel;
  readonly events = new Emitter<RenderStoreEvents>();

  /** @throws FilmTooLargeError */
  constructor(
    readonly plan: BlockPlan,
    readonly goal: TileGoal,
    setAside: SetAside,
  ) {
    this.reel = new Reel(plan, goal.noise, setAside);
  }

  /** The frames of an animation, each with its scene. */
  get groupSize(): number {
    return this.plan.taskCount / this.plan.frames;
  }

  get totalCost(): number {
    return this.reel.samplesNeeded;
  }

  get doneCost(): number {
    return this.reel.samplesDone;
  }

  get partCount(): number {
    return this.plan.partCount;
  }

  cost(task: number): number {
    return this.plan.cost(task);
  }

  /** A finished Tile wants no more Blocks. */
  isSettled(task: number): boolean {
    return this.reel.isSettled(this.plan.frameOf(task), this.plan.tileOf(task), this.plan.blockOf(task));
  }

  accept(task: number, result: Uint8Array, worker: WorkerRef, elapsedMs = 0): void {
    const block = this.plan.block(task);
    const sums = parseBlockSums(result, block);
    if (this.isSettled(task)) return;
    const part = this.plan.partOf(task);
    const hasChanged = this.reel.add(block, sums);
    this.events.emit('contributed', {
      worker,
      part,
      samples: block.width * block.height * block.sampleCount,
      elapsedMs,
    });
    if (hasChanged) this.events.emit('part', part);
  }

  version(part: number): number {
    return this.reel.prefix(part);
  }

  encodePart(part: number): Uint8Array | Promise<Uint8Array> {
    return this.reel.encodePart(part);
  }

  mergePart(part: number, bytes: Uint8Array): void {
    if (this.reel.mergePart(part, bytes)) this.events.emit('part', part);
  }

  partOf(task: number): number {
    return this.plan.partOf(task);
  }

  resetPart(part: number): void {
    for (const changed of this.reel.resetPart(part)) this.events.emit('part', changed);
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
