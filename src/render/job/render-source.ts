/** The owner's side of a render for the farm: the block plan as Tasks, the Film as the place for results. */
import type { JobSource, WorkerRef } from '../../farm/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { type BlockPlan, Film, parseBlockSums, type TileGoal } from '../film/index.ts';
import { RENDER_KIND } from './kind.ts';

export interface RenderSourceListener {
  /** A Block was taken: pixel samples that this Node contributed. */
  contributed(node: NodeId, samples: number): void;
  /** A Tile's pixels changed. */
  folded(tile: number): void;
}

export class RenderSource implements JobSource {
  readonly kind = RENDER_KIND;
  readonly film: Film;
  readonly #listener: RenderSourceListener;

  /** @throws FilmTooLargeError */
  constructor(
    readonly plan: BlockPlan,
    readonly goal: TileGoal,
    readonly spec: Uint8Array,
    listener: RenderSourceListener,
  ) {
    this.film = new Film(plan, goal.noise);
    this.#listener = listener;
  }

  get taskCount(): number {
    return this.plan.taskCount;
  }

  get totalCost(): number {
    const { grid, samples } = this.plan;
    return grid.width * grid.height * samples - this.film.sparedSamples;
  }

  cost(task: number): number {
    return this.plan.cost(task);
  }

  accept(task: number, result: Uint8Array, { node }: WorkerRef): void {
    const block = this.plan.block(task);
    const hasChanged = this.film.add(block, parseBlockSums(result, block));
    this.#listener.contributed(node, block.width * block.height * block.sampleCount);
    if (hasChanged) this.#listener.folded(block.tile);
  }

  /** A finished Tile wants no more Blocks. */
  isNeeded(task: number): boolean {
    return !this.film.isFinished(this.plan.tileOf(task));
  }
}
