/** The waves as a file on the disk, which pages of a bench are given as a person would pick it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { waves } from './waves.ts';

export interface WavesFile {
  readonly bytes: number;
  /** Puts it into a file input of ours in the page, `#bench`. */
  pick(page: Page): Promise<void>;
  /** From now on its material is another one. */
  change(): Promise<void>;
  remove(): Promise<void>;
}

export async function wavesFile(triangles: number): Promise<WavesFile> {
  const glb = waves(triangles);
  const folder = await mkdtemp(join(tmpdir(), 'leafcutter-bench-'));
  const path = join(folder, 'waves.glb');
  await writeFile(path, glb);
  return {
    bytes: glb.length,
    async pick(page) {
      await page.evaluate(() => {
        document.querySelector('#bench')?.remove();
        document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'bench' }));
      });
      await page.locator('#bench').setInputFiles(path);
    },
    change: () => writeFile(path, waves(triangles, 0.25)),
    remove: () => rm(folder, { recursive: true }),
  };
}
