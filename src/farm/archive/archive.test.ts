import { describe, expect, it } from 'vitest';
import { seededRandom, setLogSink } from '../../runtime/index.ts';
import { MemoryClaims, MemoryDisk } from '../../services/disk/memory.testing.ts';
import { Shelf } from '../../services/disk/shelf.ts';
import { SimulatedHost } from '../../transport/simulated/host.ts';
import { Scheduler } from '../../transport/simulated/scheduler.ts';
import { newNodeId } from '../../wire/index.ts';
import type { ArchivedJob, JobArchive, JobId, JobPhase } from '../contract.ts';
import { named } from '../description.ts';
import { DiskArchive } from './archive.ts';

const [me, other] = [newNodeId(seededRandom(1)), newNodeId(seededRandom(2))];

function jobOf(name: string, phase: JobPhase = 'running', version = 0): ArchivedJob {
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
  };
}

const job = jobOf('job');
const { id } = job.description;
const bytes = (fill: number, length = 50) => new Uint8Array(length).fill(fill);

/** A browser: tabs share its disk and its claims. */
function browser(budgetBytes = Number.POSITIVE_INFINITY) {
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
    const place = { shelf, claims: tab, close: tab.close };
    return { archive: new DiskArchive(place, host, host), said, close: tab.close };
  };
  return { disk, scheduler, openTab };
}

async function partsOf(archive: JobArchive, of: JobId = id): Promise<Record<number, number>> {
  const parts: Record<number, number> = {};
  for await (const { part, bytes: found } of archive.parts(of)) parts[part] = found[0] ?? 0;
  return parts;
}

describe('the archive of Jobs', () => {
  it('gives back what was kept when the browser is opened again', async () => {
    const { openTab } = browser();
    const first = openTab();
    expect(await first.archive.save(job)).toBe(true);
    for (const part of [0, 2]) expect(await first.archive.savePart(id, part, 1, bytes(part + 1))).toBe(true);
    first.close();
    const { archive } = openTab();
    expect(await archive.load()).toEqual([job]);
    expect(await partsOf(archive)).toEqual({ 0: 1, 2: 3 });
  });

  it('keeps the newest version of each part only, and takes no older one for it', async () => {
    const { disk, openTab } = browser();
    const { archive } = openTab();
    await archive.save(job);
    for (const version of [1, 3, 2, 3])
      expect(await archive.savePart(id, 0, version, bytes(version))).toBe(true);
    expect(await partsOf(archive)).toEqual({ 0: 3 });
    expect([...disk.records.keys()].filter((key) => key.startsWith('part/'))).toEqual([`part/${id}/0/3/b50`]);
  });

  it('keeps the later control and the higher term, whoever saves them in whatever order', async () => {
    const { openTab } = browser();
    const tab = openTab();
    const done: ArchivedJob = { ...jobOf('job', 'done', 3), term: { number: 1, node: me } };
    const later: ArchivedJob = { ...jobOf('job', 'paused', 2), term: { number: 2, node: other } };
    await tab.archive.save(job);
    await Promise.all([tab.archive.save(done), tab.archive.save(later)]);
    await tab.archive.save(job);
    tab.close();
    expect(await openTab().archive.load()).toEqual([{ ...done, term: later.term }]);
  });

  it('writes nothing when nothing is new', async () => {
    const { disk, openTab } = browser();
    const { archive } = openTab();
    await archive.save(job);
    await archive.savePart(id, 0, 1, bytes(1));
    const before = disk.sets;
    expect(await archive.save({ ...job })).toBe(true);
    expect(await archive.savePart(id, 0, 1, bytes(1))).toBe(true);
    expect(disk.sets).toBe(before);
  });

  it('forgets all of a Job that is removed, also what is being written', async () => {
    const { disk, openTab } = browser();
    const { archive } = openTab();
    await archive.save(job);
    const late = archive.savePart(id, 0, 1, bytes(1));
    let tooLate: Promise<boolean> | undefined;
    disk.before = (operation) => {
      if (operation === 'del') tooLate ??= archive.savePart(id, 1, 1, bytes(1));
    };
    await archive.remove(id);
    expect([await late, await tooLate]).toEqual([true, false]);
    expect(disk.records.size).toBe(0);
    await archive.save(job);
    expect(await archive.load()).toEqual([job]);
  });
});

describe('records that are no more what was written', () => {
  it('of a part are skipped and removed; the others come', async () => {
    const { disk, openTab } = browser();
    const { archive } = openTab();
    await archive.save(job);
    for (const part of [0, 1, 2]) await archive.savePart(id, part, 1, bytes(part + 1));
    disk.tear(`part/${id}/1/1/b50`);
    expect(await partsOf(archive)).toEqual({ 0: 1, 2: 3 });
    expect(disk.records.has(`part/${id}/1/1/b50`)).toBe(false);
    expect(await archive.savePart(id, 1, 1, bytes(7))).toBe(true);
    expect(await partsOf(archive)).toEqual({ 0: 1, 1: 7, 2: 3 });
  });

  it('leave the version before them, where that is still there', async () => {
    const { disk, openTab } = browser();
    const { archive } = openTab();
    await archive.save(job);
    await archive.savePart(id, 0, 1, bytes(1));
    const older = disk.records.get(`part/${id}/0/1/b50`) ?? bytes(0);
    await archive.savePart(id, 0, 2, bytes(2));
    disk.records.set(`part/${id}/0/1/b50`, older);
    disk.tear(`part/${id}/0/2/b50`);
    expect(await partsOf(openTab().archive)).toEqual({ 0: 1 });
  });

  it('of a Job take its parts along, when the browser is opened the next time', async () => {
    const { disk, openTab } = browser();
    const tab = openTab();
    await tab.archive.save(job);
    await tab.archive.savePart(id, 0, 1, bytes(1));
    const [key] = [...disk.records.keys()].filter((one) => one.startsWith('job/'));
    disk.tear(key ?? '');
    tab.close();
    const [first, second] = [openTab(), openTab()];
    expect(await first.archive.load()).toEqual([]);
    expect([...disk.records.keys()]).toEqual([`part/${id}/0/1/b50`]);
    expect(await second.archive.load()).toEqual([]);
    expect(disk.records.size).toBe(0);
  });

  it('are removed, with nothing thrown, whatever lies there', async () => {
    const { disk, openTab } = browser();
    const tab = openTab();
    await tab.archive.save(job);
    const [[, framed] = ['', bytes(0)]] = [...disk.records];
    tab.close();
    const strange = jobOf('another').description.id;
    disk.records.set(`job/${strange}/open/5`, framed); // a Job under another one's name
    disk.records.set('job/nonsense/open/5', framed);
    disk.records.set(`part/${id}/minus/1/b3`, bytes(1));
    disk.records.set('something/else', bytes(1));
    const { archive } = openTab();
    expect(await archive.load()).toEqual([job]);
    expect(await partsOf(archive)).toEqual({});
    expect(disk.records.has(`job/${strange}/open/5`)).toBe(false);
    expect(disk.records.has('something/else')).toBe(true);
  });
});

describe('two tabs of one browser', () => {
  it('divide the Jobs among themselves: who comes second does not load what the first has', async () => {
    const { openTab } = browser();
    const [first, second] = [openTab(), openTab()];
    await first.archive.save(job);
    expect(await second.archive.load()).toEqual([]);
    first.close();
    expect(await second.archive.load()).toEqual([job]);
    expect(await openTab().archive.load()).toEqual([]);
  });

  it('do not remove what the other works on', async () => {
    const { disk, openTab } = browser();
    const [first, second] = [openTab(), openTab()];
    await first.archive.save(job);
    await second.archive.savePart(id, 0, 1, bytes(1));
    await second.archive.remove(id);
    expect(disk.records.size).toBe(2);
    await first.archive.remove(id);
    expect(disk.records.size).toBe(0);
  });

  it('that write one Job end with the newest of each part, whoever is last', async () => {
    const { scheduler, openTab } = browser();
    const [first, second] = [openTab(), openTab()];
    await first.archive.save(job);
    await Promise.all([
      first.archive.savePart(id, 0, 1, bytes(1)),
      second.archive.savePart(id, 0, 2, bytes(2)),
    ]);
    await first.archive.savePart(id, 1, 5, bytes(5));
    await second.archive.savePart(id, 1, 4, bytes(4));
    await scheduler.runFor(60_000);
    expect(await partsOf(second.archive)).toEqual({ 0: 2, 1: 5 });
    await second.archive.savePart(id, 0, 3, bytes(3));
    expect(await partsOf(first.archive)).toEqual({ 0: 3, 1: 5 });
  });

  it('see what the other one has written, so that it is not written again', async () => {
    const { disk, openTab } = browser();
    const [first, second] = [openTab(), openTab()];
    await first.archive.save(job);
    await first.archive.savePart(id, 0, 2, bytes(2));
    const before = disk.sets;
    expect(await second.archive.savePart(id, 0, 2, bytes(2))).toBe(true);
    expect(disk.sets).toBe(before);
  });

  it('inherit: when the one is closed, the other claims the Job that it writes', async () => {
    const { scheduler, openTab } = browser();
    const [first, second] = [openTab(), openTab()];
    await first.archive.save(job);
    await second.archive.savePart(id, 0, 1, bytes(1));
    first.close();
    await scheduler.runFor(60_000);
    await second.archive.savePart(id, 0, 2, bytes(2));
    expect(await openTab().archive.load()).toEqual([]);
  });
});

describe('a disk that fills up', () => {
  const big = 100_000;
  /** Three Jobs that are over, the middle one first, and one that runs. */
  async function filled() {
    const world = browser(4.5 * big);
    const tab = world.openTab();
    const finished = ['b', 'a', 'c'].map((name) => jobOf(name, 'done', 1));
    for (const one of [...finished, job]) {
      await tab.archive.save(one);
      await tab.archive.savePart(one.description.id, 0, 1, bytes(1, big));
      await world.scheduler.runFor(1000);
    }
    const ids = finished.map(({ description }) => description.id);
    const there = (): boolean[] =>
      [...ids, id].map((one) => [...world.disk.records.keys()].some((key) => key.startsWith(`job/${one}`)));
    return { ...world, ...tab, ids, there };
  }

  it('loses the Job that was finished first, then the next', async () => {
    const { archive, there, said } = await filled();
    expect(there()).toEqual([true, true, true, true]);
    expect(await archive.savePart(id, 1, 1, bytes(1, big))).toBe(true);
    expect(there()).toEqual([false, true, true, true]);
    expect(await archive.savePart(id, 2, 1, bytes(1, big))).toBe(true);
    expect(there()).toEqual([false, false, true, true]);
    expect(said).toEqual([]);
  });

  it('keeps what is not finished, says once that it is full, and takes more when a Job was removed', async () => {
    const { archive, ids, there, said } = await filled();
    const saved: boolean[] = [];
    for (let part = 1; part < 6; part++) saved.push(await archive.savePart(id, part, 1, bytes(1, big)));
    expect(saved).toEqual([true, true, true, false, false]);
    expect(there()).toEqual([false, false, false, true]);
    expect(said).toEqual(['disk-full']);
    await archive.save(jobOf('later'));
    for (const one of ids) await archive.remove(one);
    expect(await archive.savePart(id, 4, 1, bytes(1, big))).toBe(false);
    await archive.remove(id);
    expect(await archive.savePart(ids[0] ?? id, 0, 1, bytes(1, big))).toBe(true);
  });

  it('keeps a finished Job that another tab has', async () => {
    const { close, openTab, there, ids } = await filled();
    close();
    const [{ archive }, second] = [openTab(), openTab()];
    await second.archive
      .parts(ids[0] ?? id)
      [Symbol.asyncIterator]()
      .next();
    expect(await archive.savePart(id, 1, 1, bytes(1, big))).toBe(true);
    expect(there()).toEqual([true, false, true, true]);
  });

  it('does not lose the Job that is being written, nor one that was begun again', async () => {
    const { disk, openTab } = browser(2.5 * big);
    const { archive } = openTab();
    const done = jobOf('done', 'done', 1);
    const again = jobOf('again', 'done', 1);
    const [doneId, againId] = [done.description.id, again.description.id];
    await archive.save(again);
    await archive.savePart(againId, 0, 1, bytes(1, big));
    // Another tab has it as begun again, and neither has seen the other's record.
    const [[key, framed] = ['', bytes(0)]] = [...disk.records];
    disk.records.set(key.replace('final/0', 'open/5'), framed);
    await archive.save(done);
    expect(await archive.savePart(doneId, 0, 1, bytes(1, big))).toBe(true);
    expect(await archive.savePart(doneId, 1, 1, bytes(1, big))).toBe(false);
    expect(await partsOf(archive, doneId)).toEqual({ 0: 1 });
    expect(await partsOf(archive, againId)).toEqual({ 0: 1 });
  });

  it('or fails at any one write keeps all the others', async () => {
    for (let failing = 0; failing < 5; failing++) {
      const { disk, scheduler, openTab } = browser();
      const tab = openTab();
      let set = 0;
      disk.before = (operation) => {
        if (operation === 'set' && set++ === failing) throw new Error('broken');
      };
      const offer = async (): Promise<boolean[]> => {
        const saved = [await tab.archive.save(job)];
        for (let part = 0; part < 4; part++)
          saved.push(await tab.archive.savePart(id, part, 1, bytes(part + 1)));
        return saved;
      };
      // What comes behind the failure comes too early, and is offered again.
      expect(await offer()).toEqual(Array.from({ length: 5 }, (_, i) => i < failing));
      await scheduler.runFor(60_000);
      expect(await offer()).toEqual([true, true, true, true, true]);
      expect(tab.said).toEqual(['disk-unavailable']);
      tab.close();
      const again = openTab();
      expect(await again.archive.load()).toEqual([job]);
      expect(await partsOf(again.archive)).toEqual({ 0: 1, 1: 2, 2: 3, 3: 4 });
    }
  });
});

describe('a device without a disk', () => {
  it('keeps nothing, says so once, and throws nothing', async () => {
    const { disk, openTab } = browser();
    disk.before = () => {
      throw new Error('indexedDB is not defined');
    };
    const { archive, said } = openTab();
    expect(await archive.load()).toEqual([]);
    expect(await archive.save(job)).toBe(false);
    expect(await archive.savePart(id, 0, 1, bytes(1))).toBe(false);
    expect(await partsOf(archive)).toEqual({});
    await archive.remove(id);
    expect(said).toEqual(['disk-unavailable']);
  });

  it('loses none of it when the disk is away only while it is loaded', async () => {
    const { disk, scheduler, openTab } = browser();
    const tab = openTab();
    await tab.archive.save(job);
    await tab.archive.savePart(id, 0, 1, bytes(1));
    tab.close();
    for (const failing of ['keys', 'get'] as const) {
      const away = openTab();
      disk.before = (operation) => {
        if (operation === failing) throw new Error('asleep');
      };
      expect(await away.archive.load()).toEqual([]);
      disk.before = undefined;
      await scheduler.runFor(60_000);
      away.close();
    }
    const again = openTab();
    expect(await again.archive.load()).toEqual([job]);
    expect(await partsOf(again.archive)).toEqual({ 0: 1 });
  });
});
