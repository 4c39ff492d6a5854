/**
 * Whether a worker may work on a Task beside those that do: two machines at a time at first, twice as many after each time of patience. So
 * whoever takes Tasks and brings nothing, with however many workers on however many machines, has not every place for long, and a Task that
 * is merely slow is not worked on by all.
 */
import type { LeaseTableOptions, OpenTask, WorkerKey, WorkerRecord } from './lease.ts';

/** Of a worker that has brought results: so many times what a Task takes it, and at least the queue of an honest one with the round trip. */
const PATIENCE_TASKS = 4;
const LEAST_PATIENCE_MS = 2_000;

export function mayJoin(
  { leases, failures, firstLeasedAtMs }: OpenTask,
  worker: WorkerKey,
  { taskMs }: Pick<WorkerRecord, 'taskMs'>,
  { machineOf, leaseMs }: Pick<LeaseTableOptions, 'machineOf' | 'leaseMs'>,
  nowMs: number,
): boolean {
  if (failures.has(worker) || leases.some((lease) => lease.worker === worker)) return false;
  if (leases.length < 2) return true;
  const machines = new Set(leases.map((lease) => machineOf(lease.worker)));
  const ageMs = nowMs - (firstLeasedAtMs ?? nowMs);
  // One that has brought nothing may be another of those that never do.
  const patienceMs =
    taskMs === undefined ? leaseMs : Math.min(leaseMs, Math.max(LEAST_PATIENCE_MS, PATIENCE_TASKS * taskMs));
  return !machines.has(machineOf(worker)) && machines.size < 2 * 2 ** Math.floor(ageMs / patienceMs);
}
