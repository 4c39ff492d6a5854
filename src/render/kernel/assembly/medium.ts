// Inside which volume a path is: the two innermost, as addresses of layers records. Only paths that entered a surface of
// KHR_materials_volume are inside anything. Backs are believed more than this memory: who meets the back of a volume's
// surface was inside that volume, wherever the path began and however the meshes overlap.
//
// The lowest two bits of the first address (records lie at multiples of 16) hold the colour that a path follows once
// dispersion has parted it from the others: 0 all of them, 1 red, 2 green, 3 blue.
import { haveLayers } from './layers';
import { LAYERS_ABSORPTION, LAYERS_HAVE_VOLUME } from './layout';
import { load3, mul, vec3, xOf, yOf, zOf } from './vector';
import { Path } from './paths';

const COLOR_BITS: u32 = 3;

export function colorOf(path: Path): u32 {
  return path.inside & COLOR_BITS;
}

export function followColor(path: Path, color: u32): void {
  path.inside = (path.inside & ~COLOR_BITS) | color;
}

export function mediumOf(path: Path): usize {
  return <usize>(path.inside & ~COLOR_BITS);
}

function enter(path: Path, medium: usize): void {
  path.inside = (<u32>medium) | (path.inside & COLOR_BITS);
}

/** The medium that a segment lay in which ends at a surface with these layers (0: plain). */
export function mediumBefore(path: Path, layers: usize, isFront: bool): usize {
  return !isFront && layers && haveLayers(layers, LAYERS_HAVE_VOLUME) ? layers : mediumOf(path);
}

/** Goes through a surface with these layers. */
export function cross(path: Path, layers: usize, isFront: bool): void {
  if (!haveLayers(layers, LAYERS_HAVE_VOLUME)) return;
  if (isFront) {
    path.around = <u32>mediumOf(path);
    enter(path, layers);
  } else if (mediumOf(path) == layers || !mediumOf(path)) {
    enter(path, <usize>path.around);
    path.around = 0;
  } else if (<usize>path.around == layers) {
    // Leaves the outer of two that overlap: the inner one remains.
    path.around = 0;
  }
}

/** What of `light` is left after a way through a medium (Beer and Lambert); endless ways are taken as outside. */
export function absorbed(light: v128, medium: usize, distance: f32): v128 {
  if (!(distance < Infinity)) return light;
  const absorption = load3(medium + LAYERS_ABSORPTION);
  return mul(
    light,
    vec3(
      transmittance(xOf(absorption) * distance),
      transmittance(yOf(absorption) * distance),
      transmittance(zOf(absorption) * distance),
    ),
  );
}

function transmittance(depth: f32): f32 {
  return depth > 0 ? Mathf.exp(-depth) : 1;
}
