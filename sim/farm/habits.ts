/** How Nodes of a FarmNet compute wrongly: what they come to instead of a sum. */
import type { NodeId } from '../../src/wire/index.ts';

interface Computer {
  readonly id: NodeId;
  readonly taskMs: number;
}

/** What a Node makes of the right bytes of its Task; `done`: results that it has brought before. */
export type Habit = (right: Uint8Array, task: number, done: number) => Uint8Array;

const wrong = (right: Uint8Array, twist: number): Uint8Array => right.map((byte) => byte ^ twist);

/** A cheap hash, so that a Node decides alike whenever it does the Task, and each differently. */
const isLot = (task: number, node: Computer, oneIn: number): boolean =>
  (Math.imul(task + 1, 0x9e3779b1) + Number.parseInt(node.id.slice(0, 6), 16)) % oneIn === 0;

export const habits: Readonly<Record<string, (node: Computer) => Habit>> = {
  'all of their results are wrong': (node) => (right) => wrong(right, 1 + (node.taskMs & 127)),
  'one of ten of their results is wrong': (node) => (right, task) =>
    isLot(task, node, 10) ? wrong(right, 85) : right,
  'they lie when they have proven themselves': (node) => (right, task, done) =>
    done < 20 || !isLot(task, node, 3) ? right : wrong(right, 170),
  'they come to the same wrong results': () => (right) => wrong(right, 85),
  'they say of right results of others that they are wrong': () => (right, _, done) =>
    done < 3 ? right : wrong(right, done & 255 || 1),
};
