import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadBuiltinSample } from '../render/scene/index.ts';
import { type RenderOptions, renderCommandLine } from './render-options.ts';
import { choicesOf, settingsOf } from './render-settings.ts';

function parse(...args: string[]): RenderOptions {
  const command = renderCommandLine()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(() => {});
  return command.parse(['a.glb', '-o', 'a.png', ...args], { from: 'user' }).opts<RenderOptions>();
}

const file = await loadBuiltinSample('cornell', async (path) => {
  return new Uint8Array(await readFile(new URL(`../../public/${path}`, import.meta.url)));
});

describe('the settings of a render', () => {
  it('are an unbiased pinhole picture where nothing is said', () => {
    const { lens, clamp, noise, environmentStrength, environmentRotation } = settingsOf(file, parse());
    expect(lens.radius).toBe(0);
    expect({ clamp, noise, environmentStrength, environmentRotation }).toEqual({
      ...{ clamp: 0, noise: 0, environmentStrength: 1, environmentRotation: 0 },
    });
  });

  it('focus on the middle of the scene unless told otherwise', () => {
    const [camera] = file.scene.cameras;
    const { min, max } = file.scene.bounds;
    const middle = [0, 1, 2].reduce((sum, i) => {
      return (
        sum + ((camera?.position[i] ?? 0) - ((min[i] ?? 0) + (max[i] ?? 0)) / 2) * (camera?.back[i] ?? 0)
      );
    }, 0);
    const { lens } = settingsOf(file, parse('--aperture', '1.4'));
    expect(lens.radius).toBeGreaterThan(0);
    expect(lens.focusDistance).toBeCloseTo(middle, 9);
    expect(settingsOf(file, parse('--aperture', '1.4', '--focus', '0.25')).lens.focusDistance).toBe(0.25);
  });

  it('refuse a focus where nothing is out of it', () => {
    expect(() => parse('--focus', '2')).toThrow('--focus only goes with --aperture');
  });

  it('count turns of the environment either way', () => {
    const turn = (degrees: string) => settingsOf(file, parse('--env-rotation', degrees)).environmentRotation;
    expect([turn('90'), turn('-90'), turn('360'), turn('-0')]).toEqual([0.25, 0.75, 0, 0]);
  });

  it('refuse numbers out of range, and cameras that are not there', () => {
    for (const bad of [
      ['--aperture', '0'],
      ['--focus', '-1'],
      ['--clamp', 'x'],
      ['--env-strength', '-1'],
    ]) {
      expect(() => parse(...bad), bad.join(' ')).toThrow('It is a number from');
    }
    expect(() => settingsOf(file, parse('--camera', 'nobody'))).toThrow('no camera "nobody"; it has 0');
  });

  it('choose of the file by number, by name, or not at all', () => {
    const plain = { time: 0, pointSize: 1 };
    expect(choicesOf(parse())).toEqual(plain);
    expect(choicesOf(parse('--time', '1.5', '--animation', '2'))).toEqual({
      ...{ ...plain, time: 1.5, animation: 2 },
    });
    expect(choicesOf(parse('--animation', 'walk'))).toEqual({ ...plain, animation: 'walk' });
    expect(choicesOf(parse('--animation', 'none'))).toEqual({ ...plain, animation: null });
    expect(choicesOf(parse('--scene', '1', '--variant', 'Red', '--point-size', '2'))).toEqual({
      ...{ time: 0, scene: 1, variant: 'Red', pointSize: 2 },
    });
  });
});
