import { describe, expect, it } from 'vitest';
import { pictureName } from './picture-file.ts';

describe('the name of a downloaded picture', () => {
  it.each([
    ['duck.glb', 'duck.png'],
    ['Cornell box', 'Cornell box.png'],
    ['Küche (final).gltf', 'Küche (final).png'],
    ['../../etc/passwd', 'etc-passwd.png'],
    ['..', 'picture.png'],
  ])('of %s is %s', (title, name) => {
    expect(pictureName(title, 'png8', false)).toBe(name);
  });

  it('tells its format, and that it was denoised', () => {
    expect(pictureName('duck.glb', 'exr-layers', true)).toBe('duck denoised.exr');
    expect(pictureName('duck.glb', 'png16', false)).toBe('duck.png');
  });
});
