/** A render's results for the farm: the block plan as Tasks, the Reel as the place for results, the Tiles of its frames as the parts. */
import type { ResultStore, WorkerRef } from '../../farm/index.ts';
import { Emitter } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { type BlockPlan, parseBlockSums, Reel, type SetAside, type TileGoal } from '../film/index.ts';

export interface RenderStoreEvents {
  /** A Block was taken: pixel samples that this Node contributed. */
  contributed: { readonly node: NodeId; readonly samples: number };
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

  accept(task: number, result: Uint8Array, { node }: WorkerRef): void {
    const block = this.plan.block(task);
    const sums = parseBlockSums(result, block);
    if (this.isSettled(task)) return;
    const hasChanged = this.reel.add(block, sums);
    this.events.emit('contributed', { node, samples: block.width * block.height * block.sampleCount });
    if (hasChanged) this.events.emit('part', this.plan.partOf(task));
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

  close(): void {
    this.events.clear();
  }
}
