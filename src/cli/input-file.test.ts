import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError } from '../runtime/index.ts';
import { readWhole } from './input-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the scene', () => {
  it('that is not there is named', async () => {
    await expect(readWhole(join(folder, 'no.glb'))).rejects.toThrow(/no\.glb: there is no such file/);
    await symlink('loop.glb', join(folder, 'loop.glb'));
    await expect(readWhole(join(folder, 'loop.glb'))).rejects.toThrow(
      'it is a link that leads back to itself',
    );
  });

  it('is no device, which may never end', async () => {
    await expect(readWhole('/dev/zero')).rejects.toThrow('cannot read /dev/zero: it is a device, no file');
  });

  it('may come through a pipe, which is given up where it is never written to or never ends', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [scene] = await Promise.all([readWhole(pipe), writeFile(pipe, 'a scene')]);
    expect(new TextDecoder().decode(scene)).toBe('a scene');

    const abort = new AbortController();
    const silent = readWhole(pipe, abort.signal);
    setTimeout(() => abort.abort(), 10);
    await expect(silent).rejects.toThrow(CancelledError);

    const [endless] = await Promise.allSettled([
      readWhole(pipe, undefined, 1000),
      writeFile(pipe, 'y\n'.repeat(1000)),
    ]);
    expect(endless).toMatchObject({
      reason: { message: `cannot read ${pipe}: what comes through this pipe does not end` },
    });
  });
});
