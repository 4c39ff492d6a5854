import { describe, expect, it } from 'vitest';
import { formatOf, needsGuides, type OutputOptions } from './output-options.ts';
import { type RenderToFile, renderCommandLine } from './render-options.ts';

function parse(...args: string[]): RenderToFile {
  const command = renderCommandLine()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(() => {});
  return command.parse(['a.glb', ...args], { from: 'user' }).opts<RenderToFile>();
}

const format = (...args: string[]) => formatOf(parse(...args));

describe("the picture's format", () => {
  it('follows from the ending of its name', () => {
    expect(format('-o', 'a.png')).toEqual({ kind: 'png', bits: 8, toneMapping: 'neutral', exposure: 'auto' });
    expect(format('-o', 'b/A.EXR')).toEqual({ kind: 'exr', pixelType: 'float', layers: [] });
    for (const out of ['a.jpg', 'png', 'a.png.gz']) expect(() => format('-o', out)).toThrow('.png or .exr');
  });

  it('takes what each format knows', () => {
    expect(format('-o', 'a.png', '--tone-mapping', 'agx', '--bits', '16', '--exposure=-1')).toEqual({
      kind: 'png',
      bits: 16,
      toneMapping: 'agx',
      exposure: -1,
    });
    expect(format('-o', 'a.exr', '--exr-half', '--layers', 'depth, albedo')).toEqual({
      kind: 'exr',
      pixelType: 'half',
      layers: ['albedo', 'depth'],
    });
    expect(format('-o', 'a.exr', '--layers', 'all')).toMatchObject({
      layers: ['albedo', 'normal', 'depth', 'samples'],
    });
  });

  it('refuses what only the other format has, and says what to do', () => {
    for (const [out, flags, words] of [
      ['a.png', ['--exr-half'], 'write an .exr'],
      ['a.png', ['--layers', 'depth'], 'write an .exr'],
      ['a.exr', ['--bits', '16'], '--exr-half'],
      ['a.exr', ['--tone-mapping', 'none'], 'write a .png'],
      ['a.exr', ['--exposure', '2'], 'write a .png'],
    ] as const) {
      expect(() => format('-o', out, ...flags), `${out} ${flags}`).toThrow(words);
      expect(() => format('-o', out, ...flags)).toThrow(flags[0]);
    }
  });

  it('refuses values that no format has', () => {
    for (const flags of [
      ['--bits', '10'],
      ['--tone-mapping', 'filmic'],
      ['--layers', 'depth,beauty'],
      ['--layers', ''],
    ]) {
      expect(() => parse('-o', 'a.exr', ...flags), String(flags)).toThrow(/It is|Allowed choices/);
    }
  });

  it('asks for guide images only where something uses them', () => {
    const needs = (...args: string[]) => {
      const options: OutputOptions = parse(...args);
      return needsGuides(formatOf(options), options.denoise ?? false);
    };
    expect(needs('-o', 'a.png')).toBe(false);
    expect(needs('-o', 'a.exr', '--layers', 'samples')).toBe(false);
    expect(needs('-o', 'a.exr', '--layers', 'samples,normal')).toBe(true);
    expect(needs('-o', 'a.png', '--denoise')).toBe(true);
  });
});
