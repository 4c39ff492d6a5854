import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutputOptions } from './output-options.ts';
import { checkSink, openSink, type PictureSink } from './picture-sink.ts';
import type { Picture } from './render-output.ts';
import { ffmpegArguments } from './video-sink.ts';

const [width, height] = [3, 2];
const frames = { first: 9, last: 11, fps: 24 };
const pictureOf = (value: number): Picture => ({
  ...{ width, height, means: new Float32Array(width * height * 3).fill(value) },
  ...{
    film: { tileSamples: Uint32Array.of(1) },
    averageSamples: 1,
    guides: undefined,
    title: 'a',
    hash: 'b',
  },
});

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-sink-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const options = (out: string): OutputOptions => ({
  out: join(folder, out),
  exposure: 'auto',
  toneMapping: 'none',
});

/** A stand-in that keeps what it is given at its input, under the name that it is told. */
async function installFfmpeg(script: string): Promise<void> {
  const file = join(folder, 'ffmpeg');
  await writeFile(file, `#!/bin/sh\ncase "$1" in -version) exit 0;; esac\n${script}\n`);
  await chmod(file, 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH']}`);
}

/** As `checkSink` names the files. */
async function sinkFor(out: string, name?: string): Promise<PictureSink> {
  const asked = options(out);
  return openSink({ ...asked, out: await checkSink(asked, frames) }, { frames, name }, { width, height });
}

describe('frames in the terminal', () => {
  it('are files of their own, one after the other', async () => {
    const sink = await sinkFor('f-##.png');
    for (const index of [0, 1, 2]) await sink.write(index, pictureOf(index / 4), 0, false);
    await sink.end();
    expect((await readdir(folder)).toSorted()).toEqual(['f-09.png', 'f-10.png', 'f-11.png']);
    expect(await readFile(join(folder, 'f-09.png'))).not.toEqual(await readFile(join(folder, 'f-10.png')));
  });

  it('never become one file, and have the name of their scene', async () => {
    const sink = await sinkFor('*.png', 'chair');
    expect(sink.file).toBe(join(folder, 'chair-##.png'));
    for (const index of [0, 1, 2]) await sink.write(index, pictureOf(index / 4), 0, false);
    expect((await readdir(folder)).toSorted()).toEqual(['chair-09.png', 'chair-10.png', 'chair-11.png']);
  });

  it('are refused before anything is rendered where a video is named for a still, or what is neither', async () => {
    const path = (name: string): string => join(folder, name);
    await expect(checkSink(options('a.png'), frames)).resolves.toBe(path('a-##.png'));
    await expect(checkSink(options('a.png'), { ...frames, last: 9 })).resolves.toBe(path('a.png'));
    await expect(checkSink(options('a.png'), undefined)).resolves.toBe(path('a.png'));
    await expect(checkSink(options('a.mp4'), undefined)).rejects.toThrow(/--frames or --turntable/);
    await expect(checkSink(options('a.gif'), frames)).rejects.toThrow(/\.webm/);
  });

  it('are no video where ffmpeg is missing, which is said with a way out', async () => {
    vi.stubEnv('PATH', folder);
    await expect(checkSink(options('a.mp4'), frames)).rejects.toThrow(/install it, or write a sequence/);
  });
});

describe('a video', () => {
  it('is made by ffmpeg of the pixels in their order, and takes its name when it is whole', async () => {
    await installFfmpeg('for last; do :; done; cat > "$last"');
    const sink = await sinkFor('*.mp4', 'a');
    for (const value of [0, 1, 0]) await sink.write(0, pictureOf(value), 0, false);
    expect(await readdir(folder)).not.toContain('a.mp4');
    await sink.end();
    const bytes = await readFile(join(folder, 'a.mp4'));
    expect(bytes.length).toBe(3 * width * height * 4);
    expect([bytes[0], bytes[width * height * 4], bytes[2 * width * height * 4]]).toEqual([0, 255, 0]);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('that ffmpeg cannot make leaves nothing behind, and its words are told', async () => {
    await installFfmpeg('for last; do :; done; echo half > "$last"; echo "Unknown encoder" >&2; exit 1');
    const sink = await sinkFor('a.webm');
    await expect(
      (async () => {
        await sink.write(0, pictureOf(1), 0, false);
        await sink.end();
      })(),
    ).rejects.toThrow(/a\.webm: .*Unknown encoder/);
    expect(await readdir(folder)).toEqual(['ffmpeg']);
  });

  it('that did not fit on the disk is none, though ffmpeg ends well', async () => {
    await installFfmpeg(
      'for last; do :; done; cat > "$last"; echo "Error writing trailer: No space left" >&2; exit 0',
    );
    await writeFile(join(folder, 'a.mp4'), 'an old one');
    const sink = await sinkFor('a.mp4');
    await sink.write(0, pictureOf(1), 0, false);
    await expect(sink.end()).rejects.toThrow(/a\.mp4: the disk is full/);
    expect(await readFile(join(folder, 'a.mp4'), 'utf8')).toBe('an old one');
  });

  it('that fills the disk ends with the next frame, and what is said of it is for people', async ({
    signal,
  }) => {
    await installFfmpeg(
      'for last; do :; done; echo "$last: No space left on device" >&2; exec cat > "$last"',
    );
    const sink = await sinkFor('a.mp4');
    const fill = async (): Promise<void> => {
      while (!signal.aborted) {
        await sink.write(0, pictureOf(1), 0, false);
        await setImmediate();
      }
    };
    await expect(fill().finally(() => sink.abandon())).rejects.toThrow(
      /ffmpeg could not make .*a\.mp4: the disk is full$/,
    );
    expect(await readdir(folder)).toEqual(['ffmpeg']);
  });

  it('whose folder is gone when it is whole is told of', async () => {
    await installFfmpeg('for last; do :; done; cat > "$last"');
    await mkdir(join(folder, 'gone'));
    const sink = await sinkFor('gone/a.mp4');
    await sink.write(0, pictureOf(1), 0, false);
    await expect.poll(() => readdir(join(folder, 'gone'))).toHaveLength(1);
    await rm(join(folder, 'gone'), { recursive: true });
    await expect(sink.end()).rejects.toThrow(/cannot write .*a\.mp4: there is no such file or folder/);
  });

  it('is not ended by a Ctrl+C for all in the terminal', async () => {
    await installFfmpeg('for last; do :; done; cut -d" " -f5 /proc/self/stat > "$last"; cat > /dev/null');
    const sink = await sinkFor('a.mp4');
    await sink.end();
    // Behind the program's name, which may hold anything.
    const own = (await readFile('/proc/self/stat', 'utf8')).split(') ').at(-1)?.split(' ')[2];
    expect(Number(await readFile(join(folder, 'a.mp4'), 'utf8'))).not.toBe(Number(own));
  });

  it('that is given up leaves nothing behind, though ffmpeg takes its time when it is told to end', async () => {
    await installFfmpeg('trap "" TERM; for last; do :; done; exec cat > "$last"');
    const sink = await sinkFor('a.webm');
    await sink.write(0, pictureOf(1), 0, false);
    await sink.abandon();
    expect(await readdir(folder)).toEqual(['ffmpeg']);
  });

  it('has even sides, and the rate of the frames', () => {
    const args = (shape: { width: number; height: number }) =>
      ffmpegArguments({ ...shape, fps: 12.5 }, 'mp4', 'x').join(' ');
    expect(args({ width: 64, height: 64 })).not.toContain('pad');
    expect(args({ width: 63, height: 64 })).toContain('-r 12.5 -i - -vf pad=ceil(iw/2)*2:ceil(ih/2)*2');
    expect(args({ width: 64, height: 64 })).toMatch(/-s 64x64 .* x$/);
  });
});
