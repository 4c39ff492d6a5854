/**
 * Whether a worker may work on a Task beside those that do: two machines at a time, one more for each time that Leases take to run out.
 * Whoever takes Tasks and brings nothing, with however many workers, must not have every place.
 */
import type { LeaseTableOptions, OpenTask, WorkerKey } from './lease.ts';

export function mayJoin(
  { leases, failures, firstLeasedAtMs }: OpenTask,
  worker: WorkerKey,
  { machineOf, leaseMs }: Pick<LeaseTableOptions, 'machineOf' | 'leaseMs'>,
  nowMs: number,
): boolean {
  if (failures.has(worker) || leases.some((lease) => lease.worker === worker)) return false;
  if (leases.length < 2) return true;
  const machines = new Set(leases.map((lease) => machineOf(lease.worker)));
  const ageMs = nowMs - (firstLeasedAtMs ?? nowMs);
  return !machines.has(machineOf(worker)) && machines.size < 2 + Math.floor(ageMs / leaseMs);
}
