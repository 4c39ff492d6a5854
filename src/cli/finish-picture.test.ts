import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RenderedFrame } from '../render/job/index.ts';
import { DEFAULT_SETTINGS } from '../render/settings.ts';
import { PictureFinisher, type RenderToFinish } from './finish-picture.ts';

const { signal } = new AbortController();
const settings = { ...DEFAULT_SETTINGS, width: 3, height: 2, samples: 4 };
const frameOf = (index: number, value: number): RenderedFrame => ({
  ...{ index, means: new Float32Array(3 * 2 * 3).fill(value), hash: `0${index}`.repeat(32) },
  ...{ film: { tileSamples: Uint32Array.of(4) }, guides: undefined },
});

let folder = '';
const said: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-finish-'));
  said.length = 0;
  vi.spyOn(console, 'log').mockImplementation((text: string) => void said.push(text));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** Finishes frames of these brightnesses. @returns what is told, as if the folder were the current one */
async function told(
  render: Partial<RenderToFinish>,
  { out, json }: { readonly out: string; readonly json: boolean },
  values: readonly number[],
): Promise<string> {
  const options = { out: join(folder, out), exposure: 'auto', json, quiet: false } as const;
  const finisher = new PictureFinisher({ title: 'a', settings, frames: undefined, ...render }, options, {
    page: new URL('file:///nowhere/'),
  });
  for (const [index, value] of values.entries()) await finisher.take(frameOf(index, value), signal);
  await finisher.finish({ seconds: 2, samplesDone: 48_000, noise: undefined, counts: { workers: 1 } });
  return said.join('\n').replaceAll(`${folder}/`, '');
}

describe('the end of a render', () => {
  it('is told in lines where it is the only one, and in one line where there are other scenes', async () => {
    const lines = ['a.png: 3x2, 4 samples, 1 worker', '2.0 s, 24 k samples/s', `hash ${'00'.repeat(32)}`];
    expect(await told({}, { out: 'a.png', json: false }, [0.7])).toBe(lines.join('\n'));
    said.length = 0;
    const several = { name: 'a', scene: 'set/a.glb' };
    expect(await told(several, { out: '*.png', json: false }, [0.7])).toBe(lines.join(', '));
  });

  it('counts what there is one of as one', async () => {
    const render = { settings: { ...settings, samples: 1 } };
    expect(await told(render, { out: 'a.png', json: false }, [0.7])).toMatch('3x2, 1 sample, 1 worker\n');
  });

  it('tells programs the scene and its file where there are other scenes, and of frames the pattern and their hashes', async () => {
    const one = JSON.parse(await told({}, { out: 'a.png', json: true }, [0.7]));
    expect([one.scene, one.file, one.frames]).toEqual([undefined, undefined, undefined]);
    said.length = 0;
    const several = { name: 'a', scene: 'set/a.glb' };
    const other = JSON.parse(await told(several, { out: '*.png', json: true }, [0.7]));
    expect(other).toMatchObject({ scene: 'set/a.glb', file: 'a.png', hash: '00'.repeat(32) });
    said.length = 0;
    const frames = { first: 8, last: 9, fps: 24 };
    const range = JSON.parse(await told({ frames, name: 'b' }, { out: '*-##.png', json: true }, [0.7, 0.7]));
    const hashes = ['00'.repeat(32), '01'.repeat(32)];
    expect(range).toMatchObject({ file: 'b-##.png', frames: { ...frames, hashes } });
    expect([range.scene, hashes.includes(range.hash)]).toEqual([undefined, false]);
    expect((await readdir(folder)).toSorted()).toEqual(['a.png', 'b-08.png', 'b-09.png']);
  });

  it('suits the exposure to the first frame, for all of them', async () => {
    const frames = { first: 1, last: 2, fps: 24 };
    const range = JSON.parse(await told({ frames }, { out: '#.png', json: true }, [3, 0.7]));
    said.length = 0;
    const first = JSON.parse(await told({}, { out: 'a.png', json: true }, [3]));
    expect(range.exposure).toBe(first.exposure);
    expect(first.exposure).toBeLessThan(0);
  });
});
