import { describe, expect, it } from 'vitest';
import { optionsOf } from './submit-desk.ts';

describe('what a request for a render may say', () => {
  it('is what the terminal may, in the same words', () => {
    expect(optionsOf(['--size 320x240 --samples 16', '--env #ffffff --camera 1'])).toMatchObject({
      size: { width: 320, height: 240 },
      samples: 16,
      env: { kind: 'colour', rgb: [1, 1, 1] },
      camera: '1',
    });
    expect(optionsOf([])).toMatchObject({ size: { width: 512, height: 512 }, seed: 0 });
    expect(optionsOf(['  '])).toEqual(optionsOf([]));
  });

  it.each([
    ['--size 9999999x1', /8192/],
    ['--samples', /argument missing/],
    ['--out /etc/passwd', /unknown option '--out'/],
    ['somewhere/else.glb', /too many arguments/],
    ['--workers 4', /cannot be asked for from outside/],
    ['--env /etc/secret.hdr', /no file of this machine is read/],
    ['--help', /unknown option '--help'/],
  ])('and nothing that reaches into the machine or is none: %s', (words, why) => {
    expect(() => optionsOf([words])).toThrow(why);
    expect(() => optionsOf([words])).toThrow(expect.objectContaining({ code: 'bad-options' }));
  });
});
