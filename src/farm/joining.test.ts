import { describe, expect, it } from 'vitest';
import { LeaseTable } from './lease-table.ts';
import { plainStore } from './plain-store.testing.ts';

const LEASE_MS = 20_000;

function setUp(taskCount: number) {
  const store = plainStore(taskCount);
  const machineOf = (worker: string): string => worker.split('/')[0] ?? '';
  const leases = new LeaseTable({
    ...{ taskCount, maxAhead: 1_000, store, machineOf, ownMachine: 'own', leaseMs: LEASE_MS },
  });
  /** That worker brings the next Task; a quick one. */
  const bring = (worker: string): void => {
    const lease = leases.grant(worker, 0);
    if (!lease) throw new Error('nothing was granted');
    leases.complete(lease, 100, 0);
    store.settled.add(lease.task);
  };
  /** When the honest one gets the last Task, which all others take whenever they may, and never bring. */
  const servedAtMs = (hanging: readonly string[]): number => {
    for (let nowMs = 0; nowMs <= 200_000; nowMs += 100) {
      for (const worker of hanging) leases.grant(worker, nowMs) ?? leases.duplicate(worker, nowMs);
      if (leases.duplicate('honest/0', nowMs)) return nowMs;
    }
    return Number.POSITIVE_INFINITY;
  };
  return { bring, servedAtMs };
}

const machines = (count: number): string[] => Array.from({ length: count }, (_, i) => `hanging${i}/0`);

describe('a Task that machines take and never bring', () => {
  it('is had by one that has brought results after two seconds, by however many that brought none it was taken', () => {
    for (const count of [2, 8, 32]) {
      const { bring, servedAtMs } = setUp(2);
      bring('honest/0');
      expect(servedAtMs(machines(count))).toBe(2_000);
    }
  });

  it('is had after a few seconds though all of them had brought results before', () => {
    const { bring, servedAtMs } = setUp(18);
    const hanging = machines(16);
    for (const worker of [...hanging, 'honest/0']) bring(worker);
    // Places for two, four, eight, sixteen, then for all.
    expect(servedAtMs(hanging)).toBe(8_000);
  });

  it('is had by one that has brought nothing yet when a Lease has run out', () => {
    expect(setUp(1).servedAtMs(machines(2))).toBe(LEASE_MS);
  });
});
