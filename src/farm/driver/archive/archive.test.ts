import { describe, expect, it } from 'vitest';
import {
  browser,
  bytes,
  id,
  job,
  jobOf,
  me,
  other,
  partsOf,
} from '../../../../sim/archive-browser.testing.ts';
import type { ArchivedJob, LogSection } from '../../contract.ts';

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

  it('misses what somebody else removed, and says so to all that keep something there', async () => {
    const { disk, openTab } = browser();
    const { archive, said } = openTab();
    await archive.save(job);
    await archive.savePart(id, 0, 1, bytes(1));
    expect(await archive.isKept(id)).toBe(true);
    disk.records.clear();
    expect(await archive.isKept(id)).toBe(false);
    expect(said).toEqual(['lost']);
    expect(await archive.savePart(id, 0, 1, bytes(1))).toBe(true);
    expect(disk.records.size).toBe(1);
  });

  it('misses nothing while the disk is away', async () => {
    const { disk, openTab } = browser();
    const { archive, said } = openTab();
    disk.before = () => {
      throw new Error('away');
    };
    expect(await archive.isKept(id)).toBe(true);
    expect(said).toEqual(['disk-unavailable']);
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

  it('keeps all that was written into the log, in whatever order it is saved', async () => {
    const { openTab } = browser();
    const tab = openTab();
    const led = (number: number, version: number): LogSection => ({
      ...{ term: { number, node: me }, version, omitted: 0 },
      events: [{ atMs: 7, kind: 'led', node: other, detail: 'x' }],
      work: [{ node: me, name: 'attic', tasks: version, failures: 0, expired: 0 }],
    });
    await tab.archive.save({ ...job, log: [led(1, 5)] });
    await tab.archive.save({ ...job, log: [led(1, 4), led(2, 1)] });
    tab.close();
    expect(await openTab().archive.load()).toEqual([{ ...job, log: [led(1, 5), led(2, 1)] }]);
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
