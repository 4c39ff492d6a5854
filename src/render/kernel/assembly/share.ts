// One scene for several instances over one shared memory: the first one loads scene and environment and writes down where
// they are; the others take that over and build nothing. Tables are only read from then on. What an instance writes while
// it renders (paths, rays in flight, sums) is in its own region, where its allocator began (memory.ts).
import { adoptHierarchy, currentHierarchy } from './bvh/index';
import { adoptEmitters, saveEmitters } from './emitters';
import { adoptEnvironment, saveEnvironment } from './environment';
import { forgetFootprints } from './footprint';
import { sceneHasSeeThrough, setSeeThrough } from './integrator';
import { neededTables, prepareTables } from './layers';
import { OUT_OF_MEMORY, SCENE_BYTES } from './layout';
import { prepareLights } from './lights';
import { alloc } from './memory';
import { adoptPunctual, savePunctual } from './punctual';
import { scene } from './scene';

const STATE_HIERARCHY: usize = 0;
const STATE_SEE_THROUGH: usize = 4;
const STATE_TABLES: usize = 8;
const STATE_EMITTERS: usize = 16;
const STATE_ENVIRONMENT: usize = 48;
const STATE_PUNCTUAL: usize = 128;
const STATE_SCENE: usize = 160;

/** Writes down the loaded scene and environment. @returns the address for `adoptScene`, 0 when the memory cannot grow */
export function saveScene(): usize {
  const state = alloc(STATE_SCENE + SCENE_BYTES, 16);
  if (!state) return 0;
  store<usize>(state, currentHierarchy(), STATE_HIERARCHY);
  store<u32>(state, sceneHasSeeThrough ? 1 : 0, STATE_SEE_THROUGH);
  store<u32>(state, neededTables, STATE_TABLES);
  saveEmitters(state + STATE_EMITTERS);
  saveEnvironment(state + STATE_ENVIRONMENT);
  savePunctual(state + STATE_PUNCTUAL);
  memory.copy(state + STATE_SCENE, scene, SCENE_BYTES);
  return state;
}

/** Takes over what another instance saved. @returns 0 or OUT_OF_MEMORY */
export function adoptScene(state: usize): i32 {
  memory.copy(scene, state + STATE_SCENE, SCENE_BYTES);
  forgetFootprints();
  adoptEmitters(state + STATE_EMITTERS);
  adoptEnvironment(state + STATE_ENVIRONMENT);
  adoptPunctual(state + STATE_PUNCTUAL);
  setSeeThrough(load<u32>(state, STATE_SEE_THROUGH) != 0);
  if (!adoptHierarchy(load<usize>(state, STATE_HIERARCHY))) return OUT_OF_MEMORY;
  prepareTables(load<u32>(state, STATE_TABLES));
  prepareLights();
  return 0;
}
