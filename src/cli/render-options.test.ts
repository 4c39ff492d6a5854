import { describe, expect, it } from 'vitest';
import {
  framesOf,
  parseEnvironment,
  parseSize,
  type RenderOptions,
  renderCommandLine,
  sequenceOf,
} from './render-options.ts';

function parse(...args: string[]): RenderOptions {
  const command = renderCommandLine()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(() => {});
  return command.parse(args, { from: 'user' }).opts<RenderOptions>();
}

describe('the options of leafcutter render', () => {
  it("are the page's defaults where nothing is said", () => {
    const { size, samples, noise, bounces, seed, exposure, env, camera } = parse('a.glb', '-o', 'a.png');
    expect({ ...size, samples, noise, bounces, seed, exposure, env, camera }).toEqual({
      width: 512,
      height: 512,
      samples: undefined,
      noise: 0,
      bounces: 8,
      seed: 0,
      exposure: 'auto',
      env: undefined,
      camera: '0',
    });
  });

  it('take a noise goal from 0 to 1', () => {
    expect(parse('a.glb', '-o', 'a.png', '--noise', '0.02').noise).toBe(0.02);
    for (const bad of ['-0.1', '1.1', 'x', '']) {
      expect(() => parse('a.glb', '-o', 'a.png', '--noise', bad), bad).toThrow('0 (off) to 1');
    }
  });

  it('take sizes as WIDTHxHEIGHT and nothing else', () => {
    expect(parseSize('640x480')).toEqual({ width: 640, height: 480 });
    expect(parseSize('8192X1')).toEqual({ width: 8192, height: 1 });
    for (const bad of ['640', '0x5', '5x0', '8193x1', '-1x5', '1.5x2', '5x5x5', '', 'axb']) {
      expect(() => parseSize(bad), bad).toThrow('512x512');
    }
  });

  it('take an environment by name, as sRGB, or as linear numbers', () => {
    expect(parseEnvironment('studio')).toEqual({ kind: 'builtin', name: 'studio' });
    expect(parseEnvironment('white')).toEqual({ kind: 'colour', rgb: [1, 1, 1] });
    expect(parseEnvironment('#FFFFFF')).toEqual({ kind: 'colour', rgb: [1, 1, 1] });
    expect(parseEnvironment('0.5, 2,0')).toEqual({ kind: 'colour', rgb: [0.5, 2, 0] });
    const grey = parseEnvironment('#808080');
    expect(grey.kind === 'colour' && grey.rgb[0]).toBeCloseTo(0.2158605, 6);
    expect(parseEnvironment('maps/My Sky.HDR')).toEqual({ kind: 'file', name: 'maps/My Sky.HDR' });
    for (const bad of ['', 'moon', '#fff', '1,2', '1,2,3,4', '1,,2', '-1,0,0', '1,2,Infinity']) {
      expect(() => parseEnvironment(bad), bad).toThrow('It is one of');
    }
  });

  it('refuse numbers out of range or mistyped, naming the range', () => {
    for (const [flag, bad] of [
      ['--samples', '0'],
      ['--samples', '1e3'],
      ['--bounces', '65'],
      ['--seed', '-1'],
      ['--workers', '0'],
      ['--exposure', 'x'],
      ['--exposure', '99'],
    ]) {
      expect(() => parse('a.glb', '-o', 'a.png', `${flag}=${bad}`), `${flag} ${bad}`).toThrow(/from/);
    }
    expect(parse('a.glb', '-o', 'a.png', '--exposure=-1.5').exposure).toBe(-1.5);
  });

  it('need a scene and an output', () => {
    expect(() => parse('a.glb')).toThrow('--out');
    expect(() => parse('-o', 'a.png')).toThrow('scene');
  });

  it('go together, or say why not', () => {
    const join = ['--join', 'an-invite'];
    for (const [args, says] of [
      [['-o', 'a.png', '--detach'], '--detach only goes with --join'],
      [['-o', 'a.png', '--name', 'desk'], '--name only goes with --join'],
      [['-o', 'a.png', '--as', 'desk'], '--name only goes with --join'],
      [['-o', 'a.png', '--timeout', '3'], '--timeout only goes with --join'],
      [['-o', 'a.png', '--server', 'http://x/'], '--server only goes with --join'],
      [['-o', 'a.png', '--disk', '/srv/kept'], '--disk only goes with --join'],
      [['-o', 'a.png', '--no-disk'], '--disk only goes with --join'],
      [['-o', 'a.png', '--frames', '0..3', '--turntable', '4'], '--turntable goes around one moment'],
      [['-o', 'a.png', '--frames', '0..3', '--time', '1'], '--time is one moment'],
      [['-o', 'a.png', '--fps', '12'], '--frames <first..last> or --turntable'],
      [[...join, '-o', 'a.png', '--turntable', '4'], '--turntable does not go with --join'],
      [[...join], "'-o, --out <file>' not specified"],
      [[...join, '--detach', '-o', 'a.png'], 'leafcutter fetch'],
      [[...join, '--detach', '--workers', '2'], 'leafcutter join'],
    ] as const) {
      expect(() => parse('a.glb', ...args), args.join(' ')).toThrow(says);
    }
  });

  it('ask for several pictures in one way: frames of the animation from any on, or views from 1 on', () => {
    const asked = (...args: string[]) => {
      const options = parse('a.glb', '-o', 'a.png', ...args);
      return [sequenceOf(options), framesOf(options)];
    };
    expect(asked()).toEqual([undefined, undefined]);
    const frames = { first: 3, last: 9, fps: 12 };
    expect(asked('--frames', '3..9', '--fps', '12')).toEqual([frames, frames]);
    expect(asked('--turntable', '36')).toEqual([{ first: 1, last: 36, fps: 24 }, undefined]);
  });

  it('leave the work to the others on a mesh, where they are asked to, and the picture where it is not waited for', () => {
    expect(parse('a.glb', '-o', 'a.png', '--join', 'an-invite', '--workers', '0').workers).toBe(0);
    expect(parse('a.glb', '-o', 'a.png', '--join', 'an-invite').workers).toBeUndefined();
    expect(parse('a.glb', '--join', 'an-invite', '--detach')).toMatchObject({ detach: true });
  });
});
