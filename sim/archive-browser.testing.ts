/** Test support: a browser whose tabs have an archive of Jobs each, and one Job. */

import type { ArchivedJob, JobArchive, JobId, JobPhase } from '../src/farm/contract.ts';
import { named } from '../src/farm/description.ts';
import { DiskArchive } from '../src/farm/driver/archive/archive.ts';
import { seededRandom, setLogSink } from '../src/runtime/index.ts';
import { MemoryClaims, MemoryDisk } from '../src/services/disk/memory.testing.ts';
import { Shelf } from '../src/services/disk/shelf.ts';
import { SimulatedHost } from '../src/transport/simulated/host.ts';
import { Scheduler } from '../src/transport/simulated/scheduler.ts';
import { newNodeId } from '../src/wire/index.ts';

export const [me, other] = [newNodeId(seededRandom(1)), newNodeId(seededRandom(2))];

export function jobOf(name: string, phase: JobPhase = 'running', version = 0): ArchivedJob {
  return {
    description: named({
      kind: 'sums',
      title: name,
      taskCount: 3,
      spec: new Uint8Array([1, 2]),
      submitter: me,
      submittedAtMs: 1_700_000_000_000,
    }),
    control: { version, phase, reason: undefined, priority: 2 },
    term: { number: 1, node: me },
    liars: [],
    log: [],
  };
}

export const job = jobOf('job');
export const { id } = job.description;
export const bytes = (fill: number, length = 50) => new Uint8Array(length).fill(fill);

/** A browser: tabs share its disk and its claims. */
export function browser(budgetBytes = Number.POSITIVE_INFINITY) {
  setLogSink(() => {});
  const disk = new MemoryDisk();
  const scheduler = new Scheduler();
  const host = new SimulatedHost(scheduler);
  const claims = new MemoryClaims();
  const openTab = () => {
    const shelf = new Shelf(disk, host, async () => budgetBytes);
    const tab = claims.tab();
    const said: string[] = [];
    shelf.events.on('trouble', ({ type }) => said.push(type));
    shelf.events.on('lost', () => said.push('lost'));
    const place = { shelf, claims: tab, close: tab.close };
    return { archive: new DiskArchive(place, host, host), said, close: tab.close };
  };
  return { disk, scheduler, openTab };
}

export async function partsOf(archive: JobArchive, of: JobId = id): Promise<Record<number, number>> {
  const parts: Record<number, number> = {};
  for await (const { part, bytes: found } of archive.parts(of)) parts[part] = found[0] ?? 0;
  return parts;
}
