// What happens once per scene, after TypeScript has written the tables: hierarchy, emitters, flags.
import { buildEmitters, emitterCount } from './emitters';
import { forgetFootprints } from './footprint';
import { setSeeThrough } from './integrator';
import { layersOf, prepareLayers, prepareTables } from './layers';
import { MATERIAL_STRIDE, OUT_OF_MEMORY, SCENE_LIGHT_COUNT, SCENE_MATERIALS, SCENE_TRIANGLE_COUNT } from './layout';
import { sceneRadius } from './lights';
import { isSeeThrough } from './material';
import { buildPunctual } from './punctual';
import { scene } from './scene';
import { buildHierarchy } from './tracing';

/** Forgets the scene, so that nothing reads tables that are about to be overwritten. */
export function clearScene(): void {
  store<u32>(scene, 0, SCENE_TRIANGLE_COUNT);
  store<u32>(scene, 0, SCENE_LIGHT_COUNT);
  setSeeThrough(false);
  buildEmitters();
  buildPunctual(0);
  forgetFootprints();
}

/** @returns the number of nodes of the hierarchy, NOT_FINITE or OUT_OF_MEMORY. */
export function finishScene(materialCount: u32): i32 {
  const nodes = buildHierarchy();
  if (nodes < 0) return nodes;
  const failed = buildEmitters();
  if (failed) return failed;
  if (load<u32>(scene, SCENE_LIGHT_COUNT) > 0 && buildPunctual(sceneRadius())) return OUT_OF_MEMORY;
  return prepareMaterials(materialCount) ? OUT_OF_MEMORY : nodes;
}

/** @returns 0 or OUT_OF_MEMORY. */
function prepareMaterials(materialCount: u32): i32 {
  const materials = load<usize>(scene, SCENE_MATERIALS);
  let any = false;
  prepareTables(0);
  for (let i: u32 = 0; i < materialCount; i++) {
    const material = materials + <usize>i * MATERIAL_STRIDE;
    if (isSeeThrough(material)) any = true;
    const layers = layersOf(material);
    if (!layers) continue;
    const refused = prepareLayers(layers, materials, i, MATERIAL_STRIDE);
    if (refused) return refused;
  }
  setSeeThrough(any);
  return 0;
}

export function emissiveTriangles(): u32 {
  return emitterCount;
}

/** Address of the scene record. */
export function sceneRecord(): usize {
  return scene;
}
