// Several cores build one hierarchy. Work comes in stages; a stage is a number of items that any core may take, and the next
// begins when all are done. The core that builds opens the stages and takes part; helpers, other instances over the same
// memory, take part for as long as the state says so. Who does an item changes nothing about what it writes.
//
// All they share is the record of layout.ts. A core takes an item by raising the ticket, which holds the stage's number and
// the next item: one that looks at it too late finds another number there and takes nothing. In a kernel without threads the
// same runs with plain reads and writes.

import {
  CREW_BYTES,
  CREW_DONE,
  CREW_HAS_HELPERS,
  CREW_IS_OVER,
  CREW_IS_RUNNING,
  CREW_KIND,
  CREW_LOCK,
  CREW_SIGNAL,
  CREW_STATE,
  CREW_TICKET,
  CREW_TOTAL,
  HELPER_BYTES,
  MAX_HELPERS,
} from '../layout';
import { alloc } from '../memory';

/** What one core needs that builds alone. */
const alone: usize = alloc(CREW_BYTES, 64);

/** The record in use. What is to be built stands in it, too: see plan.ts. */
export let crew: usize = alone;

/** The kinds of items: what work.ts has done of each. */
export const WORK_REFERENCES: i32 = 0;
export const WORK_SCALE: i32 = 1;
export const WORK_SPLIT: i32 = 2;
export const WORK_MEASURE: i32 = 3;
export const WORK_WRITE: i32 = 4;

let perform: (kind: i32, item: i32) => void = idle;

function idle(_kind: i32, _item: i32): void {}

/** Who does the items: what does them opens stages, too, so it cannot be imported here. */
export function setWork(work: (kind: i32, item: i32) => void): void {
  perform = work;
}

/** Items that this core has done. */
let taken: i32 = 0;

/** A stage in which no item is left, while the next is made ready. */
const CLOSED: u64 = 0x7fffffff;

/** Nanoseconds. Whoever waits is woken; this is only for a wake-up that somebody else did not live to give. */
const PATIENCE: i64 = 100_000_000;

export function leaveCrew(): void {
  crew = alone;
}

/** For a new hierarchy: what stopped another one is over. */
export function startAlone(): void {
  if (crew == alone) store<i32>(crew, CREW_IS_RUNNING, CREW_STATE);
}

export function read(at: usize): i32 {
  return ASC_FEATURE_THREADS ? atomic.load<i32>(at) : load<i32>(at);
}

function write(at: usize, value: i32): void {
  if (ASC_FEATURE_THREADS) atomic.store<i32>(at, value);
  else store<i32>(at, value);
}

/** @returns what was there before */
export function raise(at: usize, by: i32): i32 {
  if (ASC_FEATURE_THREADS) return atomic.add<i32>(at, by);
  const before = load<i32>(at);
  store<i32>(at, before + by);
  return before;
}

function ticket(): u64 {
  return ASC_FEATURE_THREADS ? atomic.load<u64>(crew, CREW_TICKET) : load<u64>(crew, CREW_TICKET);
}

function setTicket(value: u64): void {
  if (ASC_FEATURE_THREADS) atomic.store<u64>(crew, value, CREW_TICKET);
  else store<u64>(crew, value, CREW_TICKET);
}

function tryTicket(seen: u64): bool {
  if (ASC_FEATURE_THREADS) return atomic.cmpxchg<u64>(crew, seen, seen + 1, CREW_TICKET) == seen;
  store<u64>(crew, seen + 1, CREW_TICKET);
  return true;
}

function isRunning(): bool {
  return read(crew + CREW_STATE) == CREW_IS_RUNNING;
}

/** Ends what all are doing, with a reason; the first one stays. */
export function stop(state: i32): void {
  if (ASC_FEATURE_THREADS) atomic.cmpxchg<i32>(crew, CREW_IS_RUNNING, state, CREW_STATE);
  else if (isRunning()) store<i32>(crew, state, CREW_STATE);
  wakeAll();
}

function wakeAll(): void {
  if (!ASC_FEATURE_THREADS || !load<i32>(crew, CREW_HAS_HELPERS)) return;
  raise(crew + CREW_SIGNAL, 1);
  if (ASC_FEATURE_THREADS) atomic.notify(crew + CREW_SIGNAL, -1);
}

/** Until something has happened since the signal was read. */
function rest(seen: i32): void {
  if (ASC_FEATURE_THREADS) atomic.wait<i32>(crew + CREW_SIGNAL, seen, PATIENCE);
}

/** @returns false when all were stopped: who has the lock may be gone */
export function lock(): bool {
  if (!ASC_FEATURE_THREADS) return true;
  while (atomic.cmpxchg<i32>(crew, 0, 1, CREW_LOCK) != 0) if (!isRunning()) return false;
  return true;
}

export function unlock(): void {
  if (ASC_FEATURE_THREADS) atomic.store<i32>(crew, 0, CREW_LOCK);
}

/** One more item in the stage under way, after what it needs was written; to be called between `lock` and `unlock`. */
export function addItem(): void {
  raise(crew + CREW_TOTAL, 1);
  wakeAll();
}

/** @returns an item of that stage, or -1: none is left, or the stage is over */
function take(stage: u64): i32 {
  for (;;) {
    const seen = ticket();
    if (seen >> 32 != stage) return -1;
    const item = <i32>seen;
    if (item >= read(crew + CREW_TOTAL)) return -1;
    if (tryTicket(seen)) return item;
  }
  return -1;
}

function takePart(stage: u64): void {
  for (;;) {
    const seen = read(crew + CREW_SIGNAL);
    const item = take(stage);
    if (item >= 0) {
      taken++;
      perform(load<i32>(crew, CREW_KIND), item);
      if (raise(crew + CREW_DONE, 1) + 1 >= read(crew + CREW_TOTAL)) wakeAll();
      continue;
    }
    if (ticket() >> 32 != stage || read(crew + CREW_DONE) >= read(crew + CREW_TOTAL) || !isRunning()) return;
    rest(seen);
  }
}

/** Has so many items done by all cores. @returns false when they were stopped before: the state says why */
export function runStage(kind: i32, total: i32): bool {
  const stage = (ticket() >> 32) + 1;
  setTicket((stage << 32) | CLOSED);
  store<i32>(crew, kind, CREW_KIND);
  write(crew + CREW_DONE, 0);
  write(crew + CREW_TOTAL, total);
  setTicket((stage + 1) << 32);
  if (total > 1) wakeAll();
  takePart(stage + 1);
  return isRunning();
}

/**
 * Room for a record that others may join, and behind it for what MAX_HELPERS of them have for themselves; from now on the one
 * in use. @returns its address, 0: no memory, all goes on alone
 */
export function openCrew(): usize {
  const record = alloc(HELPER_BYTES * (1 + MAX_HELPERS), 64);
  if (!record) return 0;
  memory.fill(record, 0, CREW_BYTES);
  store<i32>(record, 1, CREW_HAS_HELPERS);
  crew = record;
  return record;
}

/** Lets the helpers go. */
export function closeCrew(): void {
  if (crew != alone) stop(CREW_IS_OVER);
  crew = alone;
}

/** Takes part in what is built with that record, until it is over. @returns how many items it has done */
export function help(record: usize): i32 {
  crew = record;
  taken = 0;
  while (isRunning()) {
    const seen = read(crew + CREW_SIGNAL);
    takePart(ticket() >> 32);
    if (isRunning()) rest(seen);
  }
  leaveCrew();
  return taken;
}
