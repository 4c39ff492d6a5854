// Choosing emitters ahead. The way down the tree of light-tree.ts is a chain of reads and arithmetic in which each link waits
// for the one before; so a few hits that are about to be shaded choose their emitters together, as ahead.ts reads for them
// together. Which hits will aim is guessed from what is cheap to see: a choice that nobody asks for is forgotten, and one that
// is missing, or was made for light from the other sides, is made when it is needed. No result depends on it.
import { AHEAD } from './ahead';
import { bounces } from './camera';
import { triangleOfEmitter } from './emitters';
import { layersOf } from './layers';
import { MATERIAL_IS_UNLIT, MATERIAL_METALLIC, MATERIAL_ROUGHNESS, MATERIAL_TRANSMISSION } from './layout';
import { chosenBy, Descent, DESCENT_BYTES, descendTogether, standAt, standWith } from './light-tree';
import { beginChoice } from './lights';
import { hasFlag, isDoubleSided } from './material';
import { alloc } from './memory';
import { HIT_BYTES, hits, pathAt, RAY_BYTES, rayPaths, rays } from './paths';
import { drawBits, SET_LIGHT, SETS_PER_VERTEX } from './sampler';
import { cornersOf, materialOf, positionAt } from './scene';
import { geometricNormal, isFront, locate, position } from './surface';
import { instanceOf } from './tracing';
import { withW, wOf } from './vector';

/** Light is not aimed at from facets as smooth as this. */
const SMOOTH: f32 = 0.0316;

const descents: usize = alloc(<usize>AHEAD * DESCENT_BYTES, 64);
/** Those under way. */
const list: usize = alloc(<usize>AHEAD * 4, 16);
/** Bit i: hit i of the group has its emitter. */
let chosen: u32 = 0;

function descentAt(i: u32): Descent {
  return changetype<Descent>(descents + <usize>i * DESCENT_BYTES);
}

/** For hits `first` up to `end` of the batch, AHEAD at most. */
export function chooseAhead(first: u32, end: u32): void {
  chosen = 0;
  let count = 0;
  for (let i = first; i < end; i++) {
    const down = descentAt(i - first);
    if (!begins(i, down)) continue;
    store<usize>(list + ((<usize>count) << 2), changetype<usize>(down));
    count++;
    chosen |= (<u32>1) << (i - first);
  }
  descendTogether(list, count);
  readEmittersAhead(end - first);
}

/** What aiming at the chosen ones reads, in three rounds: each place is known only from the one before. */
function readEmittersAhead(count: u32): void {
  let end = list;
  for (let i: u32 = 0; i < count; i++) {
    if (!((chosen >> i) & 1)) continue;
    const emitter = chosenBy(descentAt(i));
    if (emitter < 0) continue;
    store<u32>(end, triangleOfEmitter(emitter));
    end += 4;
  }
  for (let at = list; at < end; at += 4) {
    const triangle = load<u32>(at);
    load<u32>(cornersOf(triangle));
    load<u32>(cornersOf(triangle), 8);
    load<u32>(materialOf(triangle));
  }
  for (let at = list; at < end; at += 4) {
    const corners = cornersOf(load<u32>(at));
    load<f32>(positionAt(load<u32>(corners)));
    load<f32>(positionAt(load<u32>(corners, 4)));
    load<f32>(positionAt(load<u32>(corners, 8)));
  }
}

/** Stands at a surface, with the emitter that hit `i` of the group has for it, if it has. */
export function standChoosing(i: u32, point: v128, normal: v128): void {
  const down = descentAt(i);
  if ((chosen >> i) & 1 && wOf(down.normal) == wOf(normal)) standWith(down);
  else standAt(point, normal);
}

/** @returns whether the hit seems to ask for an emitter */
function begins(i: u32, down: Descent): bool {
  const hit = hits + <usize>i * HIT_BYTES;
  const triangle = load<i32>(hit, 12);
  if (triangle < 0) return false;
  const path = pathAt(load<u32>(rayPaths + ((<usize>i) << 2)));
  if (path.depth >= bounces) return false;
  const material = materialOf(triangle);
  if (hasFlag(material, MATERIAL_IS_UNLIT) || seemsMirror(material)) return false;
  const set = SET_LIGHT + path.depth * SETS_PER_VERTEX;
  if (!beginChoice(down, drawBits(path.pixelHash, path.reversedSample, set))) return false;
  const direction = v128.load(rays + <usize>i * RAY_BYTES, 16);
  if (!locate(triangle, instanceOf(hit), load<f32>(hit, 4), load<f32>(hit, 8), direction)) return false;
  if (!isFront && path.depth == 0 && !isDoubleSided(material)) return false;
  const isPassing = layersOf(material) != 0 || load<f32>(material, MATERIAL_TRANSMISSION) > 0;
  down.point = position;
  down.normal = withW(geometricNormal, isPassing ? 1 : 0);
  return true;
}

function seemsMirror(material: usize): bool {
  if (load<f32>(material, MATERIAL_ROUGHNESS) > SMOOTH) return false;
  return load<f32>(material, MATERIAL_METALLIC) == 1 || load<f32>(material, MATERIAL_TRANSMISSION) == 1;
}
