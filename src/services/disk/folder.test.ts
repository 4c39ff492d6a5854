import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setLogSink, systemTime } from '../../runtime/index.ts';
import { folderDisk } from './folder.ts';
import { folderKeeping, folderPlace } from './index.node.ts';
import { FORGOTTEN_AFTER_MS } from './place.ts';
import { processClaims } from './process-claims.ts';

/** For a claim that is being given back: however slow the disk is. */
const PATIENCE_MS = 60_000;

let folder = '';
const network = 'a'.repeat(64);
const bytes = (length: number, fill = 1) => new Uint8Array(length).fill(fill);

beforeEach(async () => {
  setLogSink(() => {});
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-disk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a disk in a folder', () => {
  it('keeps, replaces, lists and removes records', async () => {
    const disk = folderDisk(join(folder, 'not', 'there', 'yet'));
    expect(await disk.keys('')).toEqual([]);
    expect(await disk.get('a/1')).toBeUndefined();
    await disk.set([
      { key: 'a/1', bytes: bytes(5) },
      { key: 'b/2/b7', bytes: bytes(7) },
    ]);
    await disk.set([{ key: 'a/1', bytes: bytes(2, 9) }]);
    expect([...((await disk.get('a/1')) ?? [])]).toEqual([9, 9]);
    expect(await disk.keys('b/')).toEqual(['b/2/b7']);
    await disk.del(['a/1', 'never there']);
    expect(await disk.keys('')).toEqual(['b/2/b7']);
  });

  it('lets nobody else read them', async () => {
    const own = join(folder, 'own');
    await folderDisk(own).set([{ key: 'a', bytes: bytes(1) }]);
    expect((await stat(own)).mode & 0o077).toBe(0);
    expect((await stat(join(own, 'a.record'))).mode & 0o077).toBe(0);
  });

  it('leaves files of others alone, and sweeps up what a process left half written', async () => {
    await writeFile(join(folder, 'notes.txt'), 'mine');
    const old = join(folder, 'a.record.1.unfinished');
    const young = join(folder, 'b.record.2.unfinished');
    for (const file of [old, young]) await writeFile(file, 'half');
    await utimes(old, 0, 0);
    expect(await folderDisk(folder).keys('')).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(['b.record.2.unfinished', 'notes.txt']);
  });

  it.runIf(process.platform === 'linux')('that cannot be made is refused, not tried for ever', async () => {
    const set = folderDisk('/proc/leafcutter/rooms').set([{ key: 'a', bytes: bytes(1) }]);
    await expect(set).rejects.toThrow('ENOENT');
  });

  it('is made by several at once', async () => {
    const deep = join(folder, 'a', 'b', 'c');
    await Promise.all(['1', '2', '3'].map((key) => folderDisk(deep).set([{ key, bytes: bytes(1) }])));
    expect(await folderDisk(deep).keys('')).toHaveLength(3);
  });

  it('that is no folder is away, and says so', async () => {
    await writeFile(join(folder, 'file'), '');
    const { shelf } = folderPlace(join(folder, 'file'), network, systemTime);
    const said: string[] = [];
    shelf.events.on('trouble', ({ type }) => said.push(type));
    expect(await shelf.write([{ key: 'a', bytes: bytes(1) }])).toBe(false);
    expect(said).toEqual(['disk-unavailable']);
  });
});

describe('claims of processes', () => {
  it('are one holder at a time, and free again when released', async () => {
    const [one, two] = [processClaims(folder), processClaims(folder)];
    const release = await one.claim('job', 0);
    expect(release).toBeDefined();
    expect(await two.claim('job', 0)).toBeUndefined();
    expect(await two.claim('other', 0)).toBeDefined();
    release?.();
    expect(await two.claim('job', PATIENCE_MS)).toBeDefined();
  });

  it('of a living process hold, by its number and when it began', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const state = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '');
    const began = /\) (?:\S+ ){19}(\d+) /.exec(state)?.[1] ?? '';
    await writeFile(join(folder, 'job.claim'), `${child.pid} ${began}`);
    expect(await processClaims(folder).claim('job', 0)).toBeUndefined();
    child.kill();
    await once(child, 'exit');
    expect(await processClaims(folder).claim('job', 0)).toBeDefined();
  });

  it('of processes that are gone, or were this one in an earlier life, are void; of living ones they hold', async () => {
    await writeFile(join(folder, 'gone.claim'), '999999999');
    await writeFile(join(folder, 'earlier.claim'), String(process.pid));
    await writeFile(join(folder, 'torn.claim'), '');
    await writeFile(join(folder, 'living.claim'), String(process.ppid));
    // The machine was started again meanwhile, and gave the number to another program.
    await writeFile(join(folder, 'restarted.claim'), `${process.ppid} 1`);
    const claims = processClaims(folder);
    for (const name of ['gone', 'earlier', 'torn', 'restarted'])
      expect(await claims.claim(name, 0)).toBeDefined();
    expect(await claims.claim('living', 0)).toBeUndefined();
  });

  it('are taken over from one that is gone by one at a time', async () => {
    const claims = processClaims(folder);
    for (const name of ['first', 'second']) await writeFile(join(folder, `${name}.claim`), '999999999');
    await writeFile(join(folder, 'first.claim.void'), String(process.ppid)); // it is about to remove the claim
    await writeFile(join(folder, 'second.claim.void'), '999999998'); // it died when it was about to
    expect(await claims.claim('first', 0)).toBeUndefined();
    expect(await readdir(folder)).toContain('first.claim');
    expect(await claims.claim('second', 0)).toBeDefined();
    expect(await readdir(folder)).not.toContain('second.claim.void');
  });

  it('are had by one of many that ask at once, and by the next when it gives back', async () => {
    await writeFile(join(folder, 'job.claim'), '999999999');
    const asked = () => processClaims(folder).claim('job', 0);
    for (let round = 0; round < 3; round++) {
      const held = (await Promise.all(Array.from({ length: 8 }, asked))).filter((one) => one !== undefined);
      expect(held).toHaveLength(1);
      held[0]?.();
      held[0]?.(); // twice gives back once
      const next = await processClaims(folder).claim('job', PATIENCE_MS);
      expect(next).toBeDefined();
      expect(await readdir(folder)).toEqual(['job.claim']);
      next?.();
      await expect.poll(() => readdir(folder)).toEqual([]);
    }
  });
});

describe('what a terminal keeps', () => {
  it('is counted and forgotten as a whole', async () => {
    for (const name of ['a', 'b']) {
      const { shelf } = folderPlace(folder, name.repeat(64), systemTime);
      expect(await shelf.write([{ key: 'x/b5000', bytes: bytes(5000) }])).toBe(true);
    }
    await writeFile(join(folder, 'notes.txt'), 'mine');
    const keeping = folderKeeping(folder);
    expect(await keeping.kept()).toEqual({ networks: 2, bytes: 10_000 });
    await keeping.forget();
    expect(await keeping.kept()).toEqual({ networks: 0, bytes: 0 });
    expect(await readdir(folder)).toEqual(['notes.txt']);
  });

  it('of a network that nobody opened for a month is forgotten when another is opened', async () => {
    for (const name of ['old', 'recent']) {
      await folderPlace(folder, name, systemTime).shelf.write([{ key: 'x/b5000', bytes: bytes(5000) }]);
    }
    const longAgo = new Date(Date.now() - FORGOTTEN_AFTER_MS - 60_000);
    await utimes(join(folder, 'kept-1-old'), longAgo, longAgo);
    folderPlace(folder, 'new', systemTime);
    await expect.poll(() => readdir(folder)).toEqual(['kept-1-recent']);
  });

  it('of a network with a room is not, for nobody else may have it', async () => {
    for (const name of ['kept-1-a', 'kept-1-b']) await mkdir(join(folder, name));
    // As they are looked through: when the second is gone, the first was spared.
    const [room = '', film = ''] = await readdir(folder);
    await folderDisk(join(folder, room)).set([{ key: 'room/a/genesis/b5', bytes: bytes(5) }]);
    await folderDisk(join(folder, film)).set([{ key: 'x/b5', bytes: bytes(5) }]);
    for (const name of [room, film]) await utimes(join(folder, name), 0, 0);
    folderPlace(folder, 'new', systemTime);
    await expect.poll(() => readdir(folder)).toEqual([room]);
  });
});
