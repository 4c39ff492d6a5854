import { describe, expect, it } from 'vitest';
import { createOwnEnvironment, isEnvironmentFile } from './own-environment.ts';

const panorama = (which: number): Uint8Array => Uint8Array.of(which);
const file = (name: string): File => new File(['x'], name);

function setUp(readFile: (file: File, signal: AbortSignal) => Promise<Uint8Array>) {
  const chosen: string[] = [];
  const refused: string[] = [];
  const own = createOwnEnvironment(
    readFile,
    (choice) => chosen.push(choice.kind === 'file' ? choice.name : choice.kind),
    (name, reason) => refused.push(`${name}: ${reason}`),
  );
  return { own, chosen, refused };
}

describe('a panorama of one’s own', () => {
  it('is told by its name', () => {
    expect(['a.hdr', 'A.EXR', 'b.glb', 'exr'].map((name) => isEnvironmentFile({ name }))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('is chosen as soon as it is read, and kept for renders', async () => {
    const { own, chosen } = setUp(async () => panorama(7));
    const reading = own.read(file('dusk.hdr'));
    expect(own.reading.value).toBe('dusk.hdr');
    expect(await reading).toBe(true);
    expect(own.reading.value).toBeUndefined();
    expect(chosen).toEqual(['dusk.hdr']);
    expect(own.named('dusk.hdr')).toEqual(panorama(7));
    expect(() => own.named('dawn.hdr')).toThrow(/choose its file again/);
  });

  it('that cannot be read is refused by name, and the last one stays', async () => {
    const { own, refused } = setUp(async ({ name }) => {
      if (name === 'bad.exr') throw new Error('it is cut short');
      return panorama(1);
    });
    await own.read(file('good.hdr'));
    expect(await own.read(file('bad.exr'))).toBe(false);
    expect(refused).toEqual(['bad.exr: it is cut short']);
    expect(own.named('good.hdr')).toEqual(panorama(1));
  });

  it('that is given up, or overtaken, is not chosen when it comes after all', async () => {
    const pending: ((environment: Uint8Array) => void)[] = [];
    const { own, chosen } = setUp(() => new Promise((resolve) => pending.push(resolve)));
    const first = own.read(file('first.hdr'));
    const second = own.read(file('second.hdr'));
    const third = own.read(file('third.hdr'));
    pending[1]?.(panorama(2));
    own.cancel();
    pending[0]?.(panorama(1));
    pending[2]?.(panorama(3));
    expect(await Promise.all([first, second, third])).toEqual([false, false, false]);
    expect(chosen).toEqual([]);
    expect(own.reading.value).toBeUndefined();
  });
});
