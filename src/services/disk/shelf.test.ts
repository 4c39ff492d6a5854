import { describe, expect, it } from 'vitest';
import { setLogSink } from '../../runtime/index.ts';
import { SimulatedHost } from '../../transport/simulated/host.ts';
import { Scheduler } from '../../transport/simulated/scheduler.ts';
import { MemoryDisk } from './memory.testing.ts';
import { FULL_PAUSE_MS, MAX_QUEUED_BYTES, PATIENCE_MS, PAUSE_MS, Shelf } from './shelf.ts';

const MEBIBYTE = 1024 * 1024;

function setUp(budgetBytes = Number.POSITIVE_INFINITY) {
  setLogSink(() => {});
  const disk = new MemoryDisk();
  const scheduler = new Scheduler();
  const shelf = new Shelf(disk, new SimulatedHost(scheduler), async () => budgetBytes);
  const said: string[] = [];
  shelf.events.on('trouble', ({ type }) => said.push(type));
  shelf.events.on('recovered', () => said.push('recovered'));
  const write = (key: string, length = 10, obsolete: string[] = []) =>
    shelf.write([{ key, bytes: new Uint8Array(length).fill(1) }], obsolete);
  return { disk, scheduler, shelf, said, write };
}

describe('a shelf', () => {
  it('keeps records, lists and removes them', async () => {
    const { shelf, write } = setUp();
    expect(await write('a/1')).toBe(true);
    expect(await write('b/1', 3)).toBe(true);
    expect(await shelf.keys('a/')).toEqual(['a/1']);
    expect(await shelf.read('b/1')).toEqual(new Uint8Array(3).fill(1));
    await shelf.remove(['b/1']);
    expect(await shelf.read('b/1')).toBeUndefined();
  });

  it('removes what a record replaces only when the new one is there', async () => {
    const { disk, write } = setUp();
    await write('part/1');
    disk.before = (operation) => {
      if (operation === 'set') throw new Error('broken');
    };
    expect(await write('part/2', 10, ['part/1'])).toBe(false);
    expect([...disk.records.keys()]).toEqual(['part/1']);
    const other = setUp();
    await other.write('part/1');
    await other.write('part/2', 10, ['part/1']);
    expect([...other.disk.records.keys()]).toEqual(['part/2']);
  });

  it('takes a torn record, or one of somebody else, for none, and removes it', async () => {
    const { disk, shelf, write, said } = setUp();
    await write('torn', 100);
    disk.tear('torn');
    disk.records.set('foreign', new Uint8Array([1, 2, 3]));
    expect(await shelf.read('torn')).toBeUndefined();
    expect(await shelf.read('foreign')).toBeUndefined();
    expect(disk.records.size).toBe(0);
    expect(said).toEqual([]);
  });

  it('writes in one transaction what comes in one turn, and then what came meanwhile', async () => {
    const { disk, write } = setUp();
    const first = [write('a'), write('b'), write('c')];
    await Promise.resolve().then(() => Promise.resolve());
    first.push(write('d'), write('e'));
    expect(await Promise.all(first)).toEqual([true, true, true, true, true]);
    expect(disk.sets).toBe(2);
  });

  it('never writes more than eight mebibytes of small records in one transaction', async () => {
    const { disk, write } = setUp();
    await Promise.all(Array.from({ length: 20 }, (_, i) => write(`${i}`, MEBIBYTE)));
    expect(disk.sets).toBe(3);
  });

  it('tells the writer to come again when too much waits', async () => {
    const { write } = setUp();
    const count = MAX_QUEUED_BYTES / MEBIBYTE;
    const writes = Array.from({ length: count + 2 }, (_, i) => write(`${i}`, MEBIBYTE));
    const kept = await Promise.all(writes);
    expect(kept.filter((isKept) => isKept)).toHaveLength(count);
    expect(await write('later')).toBe(true);
  });

  it('says once that the disk is full, and tries again soon', async () => {
    const { disk, scheduler, said, write } = setUp();
    disk.capacityBytes = 50;
    let sets = 0;
    disk.before = (operation) => {
      if (operation === 'set') sets++;
    };
    for (let i = 0; i < 5; i++) expect(await write(`${i}`, 60)).toBe(false);
    expect(said).toEqual(['disk-full']);
    expect(sets).toBe(1);
    await scheduler.runFor(FULL_PAUSE_MS);
    expect(await write('again', 60)).toBe(false);
    expect(said).toEqual(['disk-full']);
    expect(sets).toBe(2);
    disk.capacityBytes = 500;
    expect(await write('too early', 60)).toBe(false);
    await scheduler.runFor(FULL_PAUSE_MS);
    expect(await write('now', 60)).toBe(true);
    expect(said).toEqual(['disk-full', 'recovered']);
    disk.capacityBytes = 0;
    expect(await write('and full again', 60)).toBe(false);
    expect(said).toEqual(['disk-full', 'recovered', 'disk-full']);
  });

  it('says it once, too, where little still finds room', async () => {
    const { disk, scheduler, said, write } = setUp();
    disk.capacityBytes = 1_000;
    for (let i = 0; i < 10; i++) {
      expect(await write('large', 2_000)).toBe(false);
      await scheduler.runFor(FULL_PAUSE_MS);
      expect(await write('small', 60)).toBe(true);
    }
    expect(said).toEqual(['disk-full']);
    disk.capacityBytes = 5_000;
    expect(await write('large', 2_000)).toBe(true);
    expect(said).toEqual(['disk-full', 'recovered']);
  });

  it('tries again at once when something was removed from a full disk, which can still be read', async () => {
    const { disk, shelf, said, write } = setUp();
    await write('a', 60);
    disk.capacityBytes = 100;
    expect(await write('b', 60)).toBe(false);
    expect(await shelf.read('a')).toHaveLength(60);
    await shelf.remove(['a']);
    expect(await write('b', 60)).toBe(true);
    expect(said).toEqual(['disk-full', 'recovered']);
  });

  it('asks for room, one after the other, before it says that the disk is full', async () => {
    const { disk, shelf, said, write } = setUp();
    for (const key of ['old/1', 'old/2', 'old/3']) await write(key, 60);
    disk.capacityBytes = 240;
    const asked: string[] = [];
    shelf.onFull(async () => {
      asked.push('first');
      return false;
    });
    shelf.onFull(async () => {
      asked.push('second');
      const [key] = await shelf.keys('old/');
      await shelf.remove(key === undefined ? [] : [key]);
      return key !== undefined;
    });
    expect(await write('new', 150)).toBe(true);
    expect([...disk.records.keys()]).toEqual(['old/3', 'new']);
    expect(asked).toEqual(['first', 'second', 'first', 'second']);
    expect(said).toEqual([]);
    expect(await write('far too large', 500)).toBe(false);
    expect(said).toEqual(['disk-full']);
  });

  it('keeps within what it may use, by the lengths in the keys, its own and those of others', async () => {
    const { disk, shelf, said, write } = setUp(10_000);
    expect(await write('a/b4000', 4000)).toBe(true);
    expect(await write('c/b4000', 4000)).toBe(true);
    expect(await write('d/b4000', 4000)).toBe(false);
    expect(said).toEqual(['disk-full']);
    await shelf.remove(['a/b4000']);
    disk.records.set('other-tab/b5000', new Uint8Array());
    expect(await write('d/b4000', 4000)).toBe(false);
    await shelf.remove(['other-tab/b5000']);
    expect(await write('d/b4000', 4000)).toBe(true);
  });

  it('does not count what was replaced: nothing has to go for it', async () => {
    const { disk, shelf, said, write } = setUp(10_000);
    shelf.onFull(async () => {
      said.push('made room');
      return false;
    });
    for (let version = 0; version < 20; version++) {
      const obsolete = version === 0 ? [] : [`a/${version - 1}/b3000`];
      expect(await write(`a/${version}/b3000`, 3000, obsolete)).toBe(true);
    }
    expect([...disk.records.keys()]).toEqual(['a/19/b3000']);
    expect(said).toEqual([]);
  });

  it('throws nothing and says once that there is no disk, and asks it no more for a minute', async () => {
    const { disk, scheduler, shelf, said, write } = setUp();
    let calls = 0;
    disk.before = () => {
      calls++;
      throw new Error('indexedDB is not defined');
    };
    expect(await shelf.keys('')).toEqual([]);
    expect(await shelf.read('a')).toBeUndefined();
    expect(await write('a')).toBe(false);
    await shelf.remove(['a']);
    expect(calls).toBe(1);
    expect(said).toEqual(['disk-unavailable']);
    await scheduler.runFor(PAUSE_MS);
    expect(await shelf.keys('')).toEqual([]);
    expect(calls).toBe(2);
    disk.before = undefined;
    await scheduler.runFor(PAUSE_MS);
    expect(await shelf.keys('')).toEqual([]);
    expect(said).toEqual(['disk-unavailable', 'recovered']);
    expect(await write('a')).toBe(true);
  });

  it('does not wait for a disk that hangs', async () => {
    const { disk, scheduler, shelf, said, write } = setUp();
    disk.before = () => new Promise<void>(() => {});
    let keys: readonly string[] | undefined;
    void shelf.keys('').then((found) => {
      keys = found;
    });
    await scheduler.runFor(PATIENCE_MS - 1);
    expect(keys).toBeUndefined();
    await scheduler.runFor(1);
    expect(keys).toEqual([]);
    expect(await write('a')).toBe(false);
    expect(said).toEqual(['disk-unavailable']);
  });

  it('leaves no timer behind when it rests: one would keep a terminal from ending', async () => {
    const scheduler = new Scheduler();
    const host = new SimulatedHost(scheduler);
    let running = 0;
    const after = (delayMs: number, callback: () => void): (() => void) => {
      running++;
      const stop = host.after(delayMs, callback);
      return () => {
        running--;
        stop();
      };
    };
    const disk = new MemoryDisk();
    disk.before = () => {
      throw new Error('ENOTDIR');
    };
    const shelf = new Shelf(disk, { now: () => host.now(), after }, async () => 1);
    expect(await shelf.write([{ key: 'a', bytes: new Uint8Array(1) }])).toBe(false);
    expect(shelf.isPaused).toBe(true);
    expect(running).toBe(0);
  });

  it('fails one write and keeps all others, whichever it is that fails', async () => {
    for (let failing = 0; failing < 6; failing++) {
      const { disk, scheduler, write } = setUp();
      let set = 0;
      disk.before = (operation) => {
        if (operation === 'set' && set++ === failing) throw new Error('broken');
      };
      const kept: boolean[] = [];
      for (let i = 0; i < 6; i++) {
        kept.push(await write(`${i}`));
        await scheduler.runFor(PAUSE_MS);
      }
      expect(kept).toEqual(Array.from({ length: 6 }, (_, i) => i !== failing));
      expect(disk.records.size).toBe(5);
    }
  });
});
