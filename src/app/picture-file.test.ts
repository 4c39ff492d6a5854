import { describe, expect, it } from 'vitest';
import type { FilmView } from '../render/job/index.ts';
import { pictureName, samplesOf } from './picture-file.ts';

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

describe('the layer of samples', () => {
  it('gives each pixel the samples of its Tile, also at the edges', () => {
    const film = {
      ...{ width: 3, height: 3, tileSize: 2, tilesAcross: 2, tilesDown: 2 },
      tileSamples: Uint32Array.of(1, 2, 3, 4),
    } as FilmView;
    expect([...samplesOf(film)]).toEqual([1, 1, 2, 1, 1, 2, 3, 3, 4]);
  });
});
