/** Test support: a kind of Job whose results are checked easily, and that misbehaves on request. */
import { integerBelow, type Random, seededRandom, type Timers } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import type { JobKind, JobSource } from './contract.ts';
import { JobRefusedError } from './errors.ts';

/** A pure function that takes virtual time: the bytes depend on spec and Task only. */
const resultOf = (spec: Uint8Array, task: number): Uint8Array =>
  seededRandom((spec[0] ?? 0) * 100_000 + task).bytes(16);

export interface Behaviour {
  /** Virtual ms a Task takes. */
  readonly taskMs?: number;
  readonly fails?: (worker: number, task: number) => boolean;
  readonly unfit?: boolean;
  readonly refuses?: string;
  /** Asked before the inputs are opened: throws while they cannot be had. */
  readonly open?: () => void;
  readonly lies?: boolean;
}

export class Sums implements JobSource {
  readonly kind = 'sum';
  readonly totalCost: number;
  readonly results = new Map<number, Uint8Array>();
  readonly doneBy = new Map<NodeId, number>();
  accepted = 0;

  constructor(
    readonly taskCount: number,
    readonly spec: Uint8Array = Uint8Array.of(7),
  ) {
    this.totalCost = taskCount;
  }

  cost(): number {
    return 1;
  }

  accept(task: number, result: Uint8Array, { node }: { node: NodeId }): void {
    if (result.length !== 16) throw new Error('a sum has 16 bytes');
    this.accepted++;
    this.results.set(task, result);
    this.doneBy.set(node, (this.doneBy.get(node) ?? 0) + 1);
  }

  get isRight(): boolean {
    const all = Array.from({ length: this.taskCount }, (_, task) => task);
    return all.every((task) => `${this.results.get(task)}` === `${resultOf(this.spec, task)}`);
  }
}

export function kindOf(timers: Timers, random: Random, behaviour: Behaviour): JobKind {
  const {
    taskMs = 50,
    fails = () => false,
    unfit = false,
    refuses,
    lies = false,
    open = () => {},
  } = behaviour;
  return {
    name: 'sum',
    async open(offer) {
      open();
      if (refuses) throw new JobRefusedError(refuses);
      return {
        async prepare() {
          if (unfit) throw new Error('the inputs do not fit');
        },
        run: (worker, task) =>
          new Promise((resolve, reject) => {
            const elapsedMs = taskMs * (0.5 + integerBelow(random, 1000) / 1000);
            timers.after(elapsedMs, () => {
              if (fails(worker, task)) reject(new Error(`worker ${worker} stumbled`));
              else resolve({ bytes: lies ? new Uint8Array(3) : resultOf(offer.spec, task), elapsedMs });
            });
          }),
        close() {},
      };
    },
  };
}
