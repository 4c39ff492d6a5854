// One scene for several instances over one shared memory: the first one loads scene and environment and writes down where
// they are; the others take that over and build nothing. Tables are only read from then on. What an instance writes while
// it renders (paths, rays in flight, sums) is in its own region, where its allocator began (memory.ts).
import { adoptHierarchy, saveHierarchy } from './bvh/index';
import { adoptEmitters, saveEmitters } from './emitters';
import { adoptEnvironment, saveEnvironment } from './environment';
import { sceneHasSeeThrough, setSeeThrough } from './integrator';
import { INSTANCES_BYTES, OUT_OF_MEMORY, SCENE_BYTES } from './layout';
import { prepareLights } from './lights';
import { alloc } from './memory';
import { adoptPunctual, savePunctual } from './punctual';
import { instances, scene } from './scene';

const STATE_HIERARCHY: usize = 0;
const STATE_SEE_THROUGH: usize = 16;
const STATE_EMITTERS: usize = 32;
const STATE_ENVIRONMENT: usize = 64;
const STATE_PUNCTUAL: usize = 128;
const STATE_SCENE: usize = 160;
const STATE_INSTANCES: usize = STATE_SCENE + SCENE_BYTES;

/** Writes down the loaded scene and environment. @returns the address for `adoptScene`, 0 when the memory cannot grow */
export function saveScene(): usize {
  const state = alloc(STATE_INSTANCES + INSTANCES_BYTES, 16);
  if (!state) return 0;
  saveHierarchy(state + STATE_HIERARCHY);
  store<u32>(state, sceneHasSeeThrough ? 1 : 0, STATE_SEE_THROUGH);
  saveEmitters(state + STATE_EMITTERS);
  saveEnvironment(state + STATE_ENVIRONMENT);
  savePunctual(state + STATE_PUNCTUAL);
  memory.copy(state + STATE_SCENE, scene, SCENE_BYTES);
  memory.copy(state + STATE_INSTANCES, instances, INSTANCES_BYTES);
  return state;
}

/** Takes over what another instance saved. @returns 0 or OUT_OF_MEMORY */
export function adoptScene(state: usize): i32 {
  memory.copy(scene, state + STATE_SCENE, SCENE_BYTES);
  memory.copy(instances, state + STATE_INSTANCES, INSTANCES_BYTES);
  adoptEmitters(state + STATE_EMITTERS);
  adoptEnvironment(state + STATE_ENVIRONMENT);
  adoptPunctual(state + STATE_PUNCTUAL);
  setSeeThrough(load<u32>(state, STATE_SEE_THROUGH) != 0);
  if (!adoptHierarchy(state + STATE_HIERARCHY)) return OUT_OF_MEMORY;
  prepareLights();
  return 0;
}
