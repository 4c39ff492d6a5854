import { describe, expect, it } from 'vitest';
import { pngName } from './picture-file.ts';

describe('the name of a downloaded picture', () => {
  it.each([
    ['duck.glb', 'duck.png'],
    ['Cornell box', 'Cornell box.png'],
    ['Küche (final).gltf', 'Küche (final).png'],
    ['../../etc/passwd', 'etc-passwd.png'],
    ['..', 'picture.png'],
  ])('of %s is %s', (title, name) => {
    expect(pngName(title)).toBe(name);
  });
});
