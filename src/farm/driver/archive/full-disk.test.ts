/** An archive on a disk that fills up, fails, or is not there. */
import { describe, expect, it } from 'vitest';
import { browser, bytes, id, job, jobOf, partsOf } from '../../../../sim/archive-browser.testing.ts';

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
