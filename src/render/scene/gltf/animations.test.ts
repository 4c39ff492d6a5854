/** Where nodes are at a chosen time of a chosen animation. */
import { describe, expect, it } from 'vitest';
import { readScene } from '../index.ts';
import { oneFile, TestScene, triples } from '../testing.ts';
import { animate, firstVertex, readPosed as read, vec3 } from './testing.ts';

describe('an animation', () => {
  it('moves nodes to where they are at the time, and stands still before and after', async () => {
    const test = new TestScene();
    const node = test.show(test.triangle());
    animate(test, 'slide', node, 'translation', [1, 3], vec3(test, 0, 0, 0, 8, 0, 4));
    for (const [time, x, z] of [
      [undefined, 0, 0],
      [0, 0, 0],
      [1.5, 2, 1],
      [3, 8, 4],
      [99, 8, 4],
    ] as const) {
      expect(await firstVertex(test, time === undefined ? {} : { time })).toEqual([x, 0, z]);
    }
  });

  it('jumps by steps, and follows splines with their tangents', async () => {
    const stepping = new TestScene();
    const a = stepping.show(stepping.triangle());
    animate(stepping, '', a, 'translation', [0, 1], vec3(stepping, 1, 0, 0, 2, 0, 0), 'STEP');
    expect(await firstVertex(stepping, { time: 0.99 })).toEqual([1, 0, 0]);
    expect(await firstVertex(stepping, { time: 1 })).toEqual([2, 0, 0]);
    const curved = new TestScene();
    const b = curved.show(curved.triangle());
    // In-tangent, value, out-tangent of two keys two seconds apart; tangents are per second.
    const keys = vec3(curved, 9, 9, 9, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, 0, 0, 9, 9, 9);
    animate(curved, '', b, 'translation', [0, 2], keys, 'CUBICSPLINE');
    // h00 0.5, h10 0.125 * 2 s, h01 0.5.
    expect(await firstVertex(curved, { time: 1 })).toEqual([0.5 * 8 + 0.25 * 4, 0, 0]);
  });

  it('turns along the sphere, from whatever integers its rotations are stored as', async () => {
    const half = Math.SQRT1_2;
    const turn = (one: number) => [0, 0, 0, one, 0, 0, Math.round(half * one), Math.round(half * one)];
    const stored = [
      Float32Array.of(0, 0, 0, 1, 0, 0, half, half),
      Int16Array.from(turn(32_767)),
      Int8Array.from(turn(127)),
    ];
    for (const values of stored) {
      const test = new TestScene();
      const node = test.show(test.triangle());
      const output = test.accessor('VEC4', values).setNormalized(!(values instanceof Float32Array));
      animate(test, '', node, 'rotation', [0, 3], output);
      const corner = triples((await read(test, { time: 1 })).positions)[1] ?? [];
      // A third of a quarter turn takes +X to 30 degrees.
      expect(corner[0]).toBeCloseTo(Math.cos(Math.PI / 6), 4);
      expect(corner[1]).toBeCloseTo(0.5, 4);
    }
  });

  it('is chosen by place or name, and told with its length; null leaves the nodes as they are', async () => {
    const test = new TestScene();
    const node = test.show(test.triangle()).setTranslation([7, 0, 0]);
    animate(test, 'walk', node, 'translation', [0, 2.5], vec3(test, 1, 0, 0, 2, 0, 0));
    animate(test, '', node, 'scale', [0.5], vec3(test, 3, 3, 3));
    const { animations } = await readScene(oneFile('a.glb', await test.glb()));
    expect(animations).toEqual([
      { name: 'walk', duration: 2.5 },
      { name: 'Animation 2', duration: 0.5 },
    ]);
    expect(await firstVertex(test)).toEqual([1, 0, 0]);
    expect(await firstVertex(test, { animation: 'walk', time: 2.5 })).toEqual([2, 0, 0]);
    for (const animation of [1, 'Animation 2']) {
      const scene = await read(test, { animation });
      expect(triples(scene.positions)[1]).toEqual([10, 0, 0]);
    }
    expect(await firstVertex(test, { animation: null })).toEqual([7, 0, 0]);
    await expect(read(test, { animation: 'run' })).rejects.toMatchObject({
      code: 'unknown-animation',
      message: 'the animation "run": does not exist; the scene has 0 "walk", 1 "Animation 2"',
    });
    await expect(read(test, { time: Number.NaN })).rejects.toMatchObject({ code: 'unknown-animation' });
  });

  it('moves cameras and lights with their nodes', async () => {
    const test = new TestScene();
    const parent = test.show(test.triangle());
    const camera = test.document.createCamera().setType('perspective').setYFov(1).setZNear(0.1);
    parent.addChild(test.document.createNode().setCamera(camera));
    animate(test, '', parent, 'translation', [0, 1], vec3(test, 0, 0, 0, 0, 6, 0));
    expect((await read(test, { time: 0.5 })).cameras[0]?.position).toEqual([0, 3, 0]);
  });

  it('with fewer values than keys moves nothing, with a note', async () => {
    const test = new TestScene();
    const node = test.show(test.triangle());
    animate(test, '', node, 'translation', [0, 1, 2], vec3(test, 0, 0, 0, 1, 0, 0));
    const scene = await read(test);
    expect(triples(scene.positions)[0]).toEqual([0, 0, 0]);
    expect(scene.warnings).toEqual([
      'animations[0].samplers[0].output: has 6 numbers for its keys, should have 9; it moves nothing',
    ]);
  });
});
