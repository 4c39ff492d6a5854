/** The camera that every scene has of its whole, where something moves: it stands still, and sees it all the way. */
import { EXTMeshGPUInstancing } from '@gltf-transform/extensions';
import { describe, expect, it } from 'vitest';
import type { Vector3 } from '../geometry/matrix.ts';
import { TestScene } from '../testing.ts';
import { wholeSceneCamera } from './cameras.ts';
import { animate, readPosed, vec3 } from './testing.ts';

/** Of this scene at these moments of a second. */
async function camerasOf(test: TestScene) {
  const cameras = [];
  for (const time of [0, 0.5, 1]) cameras.push((await readPosed(test, { time })).cameras.at(-1));
  return cameras;
}

const viewOf = (min: Vector3, max: Vector3) => wholeSceneCamera({ min, max });

/** A triangle from (0, 0, 0) to (1, 1, 0), and a second that stands still to the left of it. */
function twoTriangles() {
  const test = new TestScene();
  const node = test.show(test.triangle());
  test.show(test.triangle()).setTranslation([-1, 0, 0]);
  return { test, node };
}

describe('the view of the whole of a scene that moves', () => {
  it('does not go along: what slides, and what grows out of nothing, is seen to', async () => {
    const slide = twoTriangles();
    animate(slide.test, '', slide.node, 'translation', [0, 1], vec3(slide.test, 0, 0, 0, 3, 0, 0));
    const grow = twoTriangles();
    animate(grow.test, '', grow.node, 'scale', [0, 1], vec3(grow.test, 0, 0, 0, 4, 4, 4));
    for (const { test } of [slide, grow]) {
      const wanted = viewOf([-1, 0, 0], test === slide.test ? [4, 1, 0] : [4, 4, 0]);
      expect(await camerasOf(test)).toEqual([wanted, wanted, wanted]);
    }
  });

  it('looks at what each joint of a skin carries', async () => {
    const test = new TestScene();
    const joints = [0, 1, 2].map((i) => test.document.createNode(`joint ${i}`));
    const skin = test.document.createSkin();
    for (const joint of joints) {
      test.scene.addChild(joint);
      skin.addJoint(joint);
    }
    // The first joint carries the corner at the origin, the second the two others, the third nothing.
    joints[2]?.setTranslation([0, -50, 0]);
    const primitive = test
      .triangle()
      .setAttribute('JOINTS_0', test.accessor('VEC4', Uint8Array.of(0, 2, 2, 2, 1, 2, 2, 2, 1, 2, 2, 2)))
      .setAttribute('WEIGHTS_0', test.accessor('VEC4', Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)));
    test.show(primitive).setSkin(skin).setTranslation([9, 9, 9]);
    const [, second] = joints;
    if (second) animate(test, '', second, 'translation', [0, 1], vec3(test, 0, 0, 0, 0, 8, 0));
    const wanted = viewOf([0, 0, 0], [1, 9, 0]);
    expect(await camerasOf(test)).toEqual([wanted, wanted, wanted]);
  });

  it('looks at all copies of what a node draws many times', async () => {
    const { test, node } = twoTriangles();
    const copies = test.document
      .createExtension(EXTMeshGPUInstancing)
      .createInstancedMesh()
      .setAttribute('TRANSLATION', vec3(test, 0, 0, 0, 0, 6, 0));
    node.setExtension('EXT_mesh_gpu_instancing', copies);
    animate(test, '', node, 'translation', [0, 1], vec3(test, 0, 0, 0, 2, 0, 0));
    const wanted = viewOf([-1, 0, 0], [3, 7, 0]);
    expect(await camerasOf(test)).toEqual([wanted, wanted, wanted]);
  });

  it('is where it would be at the origin for what moves far from it', async () => {
    const { test, node } = twoTriangles();
    const far = test.document.createNode().setTranslation([2 ** 23, 0, 0]);
    for (const child of test.scene.listChildren()) far.addChild(child);
    test.scene.addChild(far);
    animate(test, '', node, 'translation', [0, 1], vec3(test, 0, 0, 0, 3, 0, 0));
    // The middle at rest, (0, 0.5, 0), is the origin.
    const wanted = viewOf([-1, -0.5, 0], [4, 0.5, 0]);
    expect(await camerasOf(test)).toEqual([wanted, wanted, wanted]);
  });

  it('is that of the moment where nothing of the scene moves, or all goes out of sight', async () => {
    const still = new TestScene();
    still.show(still.triangle()).setRotation([0, 0, Math.SQRT1_2, Math.SQRT1_2]);
    const eye = still.document.createNode().setCamera(still.document.createCamera().setYFov(1));
    still.scene.addChild(eye);
    animate(still, '', eye, 'translation', [0, 1], vec3(still, 0, 0, 0, 3, 0, 0));
    const scenes = await Promise.all([0, 1].map((time) => readPosed(still, { time })));
    for (const { bounds, cameras } of scenes) expect(cameras.at(-1)).toEqual(wholeSceneCamera(bounds));

    const rocket = new TestScene();
    const node = rocket.show(rocket.triangle());
    animate(rocket, '', node, 'translation', [0, 1], vec3(rocket, 0, 0, 0, 0, 256, 0));
    expect((await camerasOf(rocket))[1]).toEqual(viewOf([0, 128, 0], [1, 129, 0]));
  });
});
