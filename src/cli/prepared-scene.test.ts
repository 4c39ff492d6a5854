/** Reads in the built thread: `npm run build` comes first. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CancelledError } from '../runtime/index.ts';
import { prepareScene } from './prepared-scene.ts';
import { type RenderOptions, renderCommandLine } from './render-options.ts';

const reader = new URL('../../dist/node/read-thread-worker.js', import.meta.url);
const cornell = fileURLToPath(new URL('../../public/generated/samples/cornell.glb', import.meta.url));
const options = renderCommandLine()
  .action(() => {})
  .parse(['scene', '-o', 'a.png', '--quiet'], { from: 'user' })
  .opts<RenderOptions>();
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a scene that is prepared', () => {
  it('is read while this thread, which hears the signals, does other things, from files beside it too', async () => {
    const row = 'f -4/-4 -3/-3 -2/-2 -1/-1\n';
    await writeFile(join(folder, 'a.mtl'), 'newmtl red\nKd 1 0 0\n');
    await writeFile(
      join(folder, 'a.obj'),
      `mtllib a.mtl\nusemtl red\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n${'vt 0 0\n'.repeat(4)}${row.repeat(100_000)}`,
    );
    // Reading on this thread lets it turn a few times at most, however long it takes.
    let turns = 0;
    const turning = setInterval(() => turns++);
    const { scene, triangles } = await prepareScene(join(folder, 'a.obj'), options, {
      ...{ signal: new AbortController().signal, reader },
    });
    clearInterval(turning);
    expect(triangles).toBe(200_000);
    expect(scene.materials.map(({ name }) => name)).toEqual(['red']);
    expect(turns).toBeGreaterThan(30);
  });

  it('is given up at once when that is wanted', async () => {
    const prepared = prepareScene(cornell, options, { signal: AbortSignal.abort(), reader });
    await expect(prepared).rejects.toThrow(CancelledError);
  });
});
