// The binary tree, built by several cores: a task is a range of references and the node that is to stand over it. Whoever
// takes one splits it and leaves the right part as another task, until what is left is small, and builds that by itself. The
// nodes above small ranges learn what they cost at the end.

import { CREW_TOTAL } from '../layout';
import { alloc } from '../memory';
import {
  BINARY_BYTES,
  buildBinary,
  childrenOf,
  countBelow,
  leafCount,
  partsAt,
  rootRange,
  splitAt,
  weigh,
  writeBinary,
} from './binary';
import { addItem, crew, lock, read, runStage, unlock, WORK_SPLIT } from './crew';
import { closeNodes, nodePair, openNodes } from './nodes';
import { PLAN_REFERENCES, PLAN_TASKS, plan, planned } from './plan';
import { RANGE_BEGIN, RANGE_BYTES, RANGE_END, setLeaves } from './split';

/** References of a small range. */
const SMALL: i32 = 8192;
/** A range, then u32: the node over it, i32: its depth. */
const TASK_BYTES: usize = RANGE_BYTES + 16;
const TASK_NODE: usize = RANGE_BYTES;
const TASK_DEPTH: usize = RANGE_BYTES + 4;
/** When there are no more places, who splits a range builds both parts. */
const MOST_TASKS: i32 = 1024;

/** Builds the binary tree over the plan's references, whose range is `rootRange`. @returns its root, 0: the crew was stopped */
export function buildTree(): usize {
  const isSmall = load<i32>(rootRange, RANGE_END) <= SMALL;
  const tasks = alloc(isSmall ? TASK_BYTES : <usize>MOST_TASKS * TASK_BYTES, 16);
  if (!tasks) return 0;
  plan(PLAN_TASKS, tasks);
  openNodes();
  const root = nodePair();
  if (!root) return 0;
  writeTask(tasks, rootRange, root, 0);
  const isBuilt = runStage(WORK_SPLIT, 1);
  closeNodes();
  if (!isBuilt) return 0;
  weighLarge(root);
  return root;
}

function writeTask(task: usize, range: usize, node: usize, depth: i32): void {
  memory.copy(task, range, RANGE_BYTES);
  store<u32>(task, <u32>node, TASK_NODE);
  store<i32>(task, depth, TASK_DEPTH);
}

/** Leaves a range to whoever is free. @returns false: there is no place left */
function leave(range: usize, node: usize, depth: i32): bool {
  if (!lock()) return true;
  const number = read(crew + CREW_TOTAL);
  const isLeft = number < MOST_TASKS;
  if (isLeft) {
    writeTask(planned(PLAN_TASKS) + <usize>number * TASK_BYTES, range, node, depth);
    addItem();
  }
  unlock();
  return isLeft;
}

export function splitTask(item: i32): void {
  const references = planned(PLAN_REFERENCES);
  const task = planned(PLAN_TASKS) + <usize>item * TASK_BYTES;
  let range = rootRange;
  memory.copy(range, task, RANGE_BYTES);
  let node = <usize>load<u32>(task, TASK_NODE);
  let depth = load<i32>(task, TASK_DEPTH);
  setLeaves();
  while (load<i32>(range, RANGE_END) - load<i32>(range, RANGE_BEGIN) > SMALL) {
    const children = writeBinary(node, range);
    if (children == -1) return;
    splitAt(references, range, depth);
    range = partsAt(depth++);
    const right = range + RANGE_BYTES;
    const other = children + BINARY_BYTES;
    if (!leave(right, other, depth) && !buildBinary(other, references, right, depth)) return;
    node = children;
  }
  buildBinary(node, references, range, depth);
}

/** Those over small ranges are weighed. */
function weighLarge(node: usize): void {
  if (leafCount(node) || countBelow(node) <= SMALL) return;
  const children = childrenOf(node);
  weighLarge(children);
  weighLarge(children + BINARY_BYTES);
  weigh(node);
}
