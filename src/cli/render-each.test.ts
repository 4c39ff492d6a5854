import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FrameRange } from '../render/settings.ts';
import { CancelledError, LeafcutterError } from '../runtime/index.ts';
import { checkedPattern, chosenScenes, renderEach, tellFailure } from './render-each.ts';

const quiet = { json: false, quiet: false };
let folder = '';
const said: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
  said.length = 0;
  for (const way of ['error', 'log'] as const) {
    vi.spyOn(console, way).mockImplementation((text: string) => void said.push(text));
  }
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(folder, { recursive: true, force: true });
});

const pattern = async (out: string, given: readonly string[], frames?: FrameRange): Promise<string> => {
  const options = { out: join(folder, out), exposure: 'auto' } as const;
  const found = await checkedPattern(options, await chosenScenes(given), frames);
  return found.slice(folder.length + 1);
};

describe('the pictures of several scenes', () => {
  it('go into a folder, which is made', async () => {
    expect(await pattern('pictures', ['a.glb', 'b.glb'])).toBe('pictures/*.png');
    expect(await pattern('deep/er/', ['a.glb', 'b.glb'])).toBe('deep/er/*.png');
    expect((await stat(join(folder, 'deep', 'er'))).isDirectory()).toBe(true);
  });

  it('are those of a folder, however many are in it', async () => {
    const models = join(folder, 'models');
    await mkdir(models);
    await writeFile(join(models, 'a.glb'), '');
    expect(await pattern('pictures', [models])).toBe('pictures/*.png');
    expect((await stat(join(folder, 'pictures'))).isDirectory()).toBe(true);
    expect(await pattern('one.png', [models])).toBe('one.png');
    expect(await chosenScenes([models])).toMatchObject([{ name: 'a', isOneOfSeveral: true }]);
  });

  it('never become one', async () => {
    await expect(pattern('all.png', ['a.glb', 'b.glb'])).rejects.toThrow("all-*.png'");
    expect(await pattern('*.exr', ['a.glb', 'b.glb'])).toBe('*.exr');
  });

  it('have numbers besides where each has several', async () => {
    const frames = { first: 1, last: 100, fps: 24 };
    expect(await pattern('pictures', ['a.glb', 'b.glb'], frames)).toBe('pictures/*-###.png');
    expect(await pattern('*-####.exr', ['a.glb', 'b.glb'], frames)).toBe('*-####.exr');
    expect(await pattern('chair.png', ['a.glb'], frames)).toBe('chair-###.png');
  });

  it('are known to be writable before the first is rendered', async () => {
    await expect(pattern('nowhere/*.png', ['a.glb', 'b.glb'])).rejects.toThrow('cannot write');
    await writeFile(join(folder, 'file'), '');
    await expect(pattern('file/deep/', ['a.glb', 'b.glb'])).rejects.toThrow(/cannot write .*deep: a part/);
    await expect(pattern('*.jpg', ['a.glb', 'b.glb'])).rejects.toThrow('.png or .exr');
  });
});

describe('the picture of one scene', () => {
  it('goes where it was said, into a folder only if that is there', async () => {
    expect(await pattern('a.png', ['a.glb'])).toBe('a.png');
    expect(await pattern('', ['a.glb'])).toBe('*.png');
    await expect(pattern('nowhere/', ['a.glb'])).rejects.toThrow('cannot write');
    await expect(pattern('pictures', ['a.glb'])).rejects.toThrow('.png or .exr');
  });
});

describe('scenes one after the other', () => {
  const rendered: string[] = [];
  const render = async ({ path }: { readonly path: string }): Promise<void> => {
    if (path === 'bad.glb') throw new LeafcutterError('scene-unreadable', 'it is\nbroken');
    if (path === 'stop.glb') throw new CancelledError('rendering');
    rendered.push(path);
  };
  beforeEach(() => {
    rendered.length = 0;
  });

  it('go on after one that fails, which is told in a line and by the exit code', async () => {
    await renderEach(await chosenScenes(['a.glb', 'bad.glb', 'b.glb']), render, { ...quiet, json: true });
    expect(rendered).toEqual(['a.glb', 'b.glb']);
    expect(said).toEqual([
      'leafcutter: bad.glb: it is broken',
      '{"scene":"bad.glb","error":"it is broken"}',
      '2 of 3 scenes rendered',
    ]);
    expect(process.exitCode).toBe(1);
  });

  it('say how many there are, and that nothing is wrong', async () => {
    await renderEach(await chosenScenes(['a.glb', 'b.glb']), render, quiet);
    expect(said).toEqual(['2 of 2 scenes rendered']);
    expect(process.exitCode).toBe(0);
  });

  it('are done where the last was written before it was told to stop', async () => {
    const interrupted = async (): Promise<void> => {
      process.exitCode = 130;
    };
    await renderEach(await chosenScenes(['a.glb']), interrupted, quiet);
    expect(process.exitCode).toBe(0);
  });

  it('are each named once where they fail', () => {
    const fail = (path: string, message: string) =>
      tellFailure(
        { path, name: 'a', isOneOfSeveral: true },
        new LeafcutterError('no-scene-file', message),
        false,
      );
    fail('models/a.glb', 'a.glb: is empty');
    fail('models/a.glb', 'cannot read models/a.glb: permission was denied');
    fail('models/a.glb', 'the scene: has nothing to draw');
    expect(said).toEqual([
      'leafcutter: models/a.glb: is empty',
      'leafcutter: cannot read models/a.glb: permission was denied',
      'leafcutter: models/a.glb: the scene: has nothing to draw',
    ]);
  });

  it('stop when they are told to', async () => {
    const scenes = await chosenScenes(['a.glb', 'stop.glb', 'b.glb']);
    await expect(renderEach(scenes, render, quiet)).rejects.toThrow(CancelledError);
    expect(rendered).toEqual(['a.glb']);
  });

  it('are no different from before where there is but one', async () => {
    await expect(renderEach(await chosenScenes(['bad.glb']), render, quiet)).rejects.toThrow('broken');
    await renderEach(await chosenScenes(['a.glb']), render, quiet);
    expect(said).toEqual([]);
  });
});
