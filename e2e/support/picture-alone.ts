/** What the terminal renders of the sample alone: what the pictures of others are compared with. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { runCommand } from './server.ts';
import type { SampleSettings } from './tabs.ts';

/** The hash of that render, made once in a run for all of Playwright's processes. @param more options of `render` */
export async function hashAlone(
  { width, height, samples }: SampleSettings,
  ...more: readonly string[]
): Promise<string> {
  const settings = ['--size', `${width}x${height}`, '--samples', String(samples), ...more];
  // Playwright empties it when a run begins: what lies in it is of this build.
  const folder = join(test.info().project.outputDir, 'alone');
  const name = join(folder, createHash('sha256').update(settings.join(' ')).digest('hex'));
  const known = await readFile(name, 'utf8').catch(() => undefined);
  if (known !== undefined) return known;
  await mkdir(folder, { recursive: true });
  const own = `${name}-${process.pid}`;
  const { stdout, stderr } = await runCommand([
    ...['render', 'dist/page/generated/samples/cornell.glb', '--out', `${own}.png`],
    ...[...settings, '--json', '--quiet'],
  ]);
  expect(stderr).toBe('');
  const { hash } = JSON.parse(stdout) as { readonly hash: string };
  await writeFile(own, hash);
  await rename(own, name);
  return hash;
}
