// What is built, as every core that takes part needs to know it: words in the record of the crew, written by the core that
// builds before it opens a stage, and read at the beginning of each item.

import { CREW_PLAN } from '../layout';
import { crew } from './crew';

/** Address of 3 f32 a vertex; 0: what goes into the tree are instances. */
export const PLAN_POSITIONS: usize = CREW_PLAN;
/** Address of 3 u32 a triangle. */
export const PLAN_INDICES: usize = CREW_PLAN + 4;
/** The triangles from the first up to the end. */
export const PLAN_FIRST: usize = CREW_PLAN + 8;
export const PLAN_END: usize = CREW_PLAN + 12;
/** Address of REFERENCE_BYTES each. */
export const PLAN_REFERENCES: usize = CREW_PLAN + 16;
/** How many references there are. */
export const PLAN_COUNT: usize = CREW_PLAN + 20;
/** f32: see HEADER_SCALE. */
export const PLAN_SCALE: usize = CREW_PLAN + 24;
/** Binary logarithm of what a leaf holds: four triangles, or one instance. */
export const PLAN_LEAF_SHIFT: usize = CREW_PLAN + 28;
/** Address of what is found out about each part of the triangles: see references.ts. */
export const PLAN_PARTS: usize = CREW_PLAN + 32;
/** Address of the ranges to be split: see tasks.ts. */
export const PLAN_TASKS: usize = CREW_PLAN + 36;
/** Where the next block of binary nodes begins, and where all must end. */
export const PLAN_NODES: usize = CREW_PLAN + 40;
export const PLAN_LIMIT: usize = CREW_PLAN + 44;
/** Which tree it is, counted from 1: a block of nodes is for one. */
export const PLAN_SERIAL: usize = CREW_PLAN + 48;
/** Address of the subtrees of the wide tree: see collapse.ts. */
export const PLAN_JOBS: usize = CREW_PLAN + 52;
/** What has to be added to the address of something in the wide tree to get its final one. */
export const PLAN_RELOCATION: usize = CREW_PLAN + 56;

export function planned(field: usize): usize {
  return <usize>load<u32>(crew + field);
}

export function plan(field: usize, value: usize): void {
  store<u32>(crew + field, <u32>value);
}
