import { describe, expect, it } from 'vitest';
import { isNamed, numberedPattern, patternOf, picturePath, sceneNames } from './output-pattern.ts';

const numbered = (pattern: string, value: number, last = 36, name = 'chair'): string =>
  picturePath(numberedPattern(pattern, { first: 1, last }), name, value);

describe("a picture's path", () => {
  it('has its number where the # are, with as many digits at least', () => {
    expect(numbered('frame-####.png', 7)).toBe('frame-0007.png');
    expect(numbered('out/f#.exr', 36)).toBe('out/f36.exr');
    expect(numbered('####.png', 12_345)).toBe('12345.png');
    expect(numbered('./##.png', 0)).toBe('./00.png');
  });

  it('takes the last run of #, and none of a folder', () => {
    expect(numbered('take#2-##.png', 3)).toBe('take#2-03.png');
    expect(numbered('take##/a.png', 3)).toBe('take##/a-03.png');
  });

  it('has its number before the ending where the pattern says nothing', () => {
    expect(numbered('chair.png', 1)).toBe('chair-01.png');
    expect(numbered('a.b/chair.v2.png', 36)).toBe('a.b/chair.v2-36.png');
    expect(numbered('chair.png', 1, 100)).toBe('chair-001.png');
  });

  it("has the scene's name where the * is, whatever is in the name", () => {
    expect(picturePath('out/*.exr', 'take#2 $& *', undefined)).toBe('out/take#2 $& *.exr');
    expect(numbered('out/*.png', 4, 9, 'take##')).toBe('out/take##-04.png');
    expect(numbered('*-###.png', 4, 9)).toBe('chair-004.png');
    expect(picturePath('out/*-#.png', undefined, 4)).toBe('out/*-4.png');
  });

  it('of the only one has a number where the pattern says so', () => {
    const one = numberedPattern('chair.png', { first: 9, last: 9 });
    expect(picturePath(one, 'chair', 9)).toBe('chair.png');
    expect(picturePath(numberedPattern('f-##.png', { first: 9, last: 9 }), 'chair', 9)).toBe('f-09.png');
  });

  it('stays as it is for a still, # and all', () => {
    expect(picturePath('take#2.png', 'chair')).toBe('take#2.png');
  });
});

describe('the pattern', () => {
  it("of a folder is PNGs by their scenes' names", () => {
    expect(patternOf('out/', false)).toBe('out/*.png');
    expect(patternOf('out', true)).toBe('out/*.png');
    expect(patternOf('out.png', false)).toBe('out.png');
  });

  it('gives scenes a picture each where its last part has a *', () => {
    expect([isNamed('out/*.png'), isNamed('*/a.png'), isNamed('a.png')]).toEqual([true, false, false]);
  });
});

describe('the names of scenes', () => {
  it("are their files' without the ending", () => {
    expect(sceneNames(['a/chair.glb', 'b/table.v2.gltf'])).toEqual(['chair', 'table.v2']);
  });

  it('have more where they would be the same', () => {
    expect(sceneNames(['chair.glb', 'chair.obj', 'table.glb'])).toEqual(['chair.glb', 'chair.obj', 'table']);
    expect(sceneNames(['/m/chair/scene.gltf', '/m/table/scene.gltf'])).toEqual([
      'chair-scene.gltf',
      'table-scene.gltf',
    ]);
    expect(sceneNames(['/a/x/s.glb', '/b/x/s.glb', '/b/y/s.glb'])).toEqual([
      'a-x-s.glb',
      'b-x-s.glb',
      'y-s.glb',
    ]);
  });

  it('are told apart as a disk does that takes upper for lower case', () => {
    expect(sceneNames(['Chair.glb', 'chair.obj'])).toEqual(['Chair.glb', 'chair.obj']);
    expect(sceneNames(['/m/a/Chair.glb', '/m/b/chair.glb'])).toEqual(['a-Chair.glb', 'b-chair.glb']);
  });

  it('never run into one another on the way', () => {
    const names = sceneNames(['/m/a.glb', '/n/a.obj', '/n/a.glb.ply']);
    expect(new Set(names).size).toBe(3);
  });
});
