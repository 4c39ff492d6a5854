// What share of light one facet reflects, in colour: Schlick's approximation for dielectric and metal, under a thin film
// where the material has one. Directions come in as the cosine between facet and light, on the side of the thinner medium.
import { schlickWeight } from './ggx';
import { filmReflectance, setFilm } from './thin-film';
import { add, maxComponent, mix, scale, splat, sub } from './vector';

/** Reflectance of the dielectric at normal incidence, RGB; at grazing incidence, grey. */
export let dielectricF0: v128 = f32x4.splat(0);
export let dielectricF90: f32 = 0;
let metalF0: v128 = f32x4.splat(0);
let film: f32 = 0;

export function setReflectance(
  f0: v128,
  f90: f32,
  metal: v128,
  filmShare: f32,
  filmIor: f32,
  filmThickness: f32,
): void {
  dielectricF0 = f0;
  dielectricF90 = f90;
  metalF0 = metal;
  film = filmShare;
  if (filmShare > 0) setFilm(filmIor, filmThickness);
}

function filmed(plain: v128, cos: f32, f0: v128): v128 {
  return mix(plain, filmReflectance(cos, f0), film);
}

export function dielectricReflectance(cos: f32): v128 {
  const plain = add(dielectricF0, scale(sub(splat(dielectricF90), dielectricF0), schlickWeight(cos)));
  return film > 0 ? filmed(plain, cos, dielectricF0) : plain;
}

export function metalReflectance(cos: f32): v128 {
  const plain = add(metalF0, scale(sub(splat(1), metalF0), schlickWeight(cos)));
  return film > 0 ? filmed(plain, cos, metalF0) : plain;
}

// For the tables of albedo.ts, which know Schlick's approximation only: reflectances at normal incidence that stand for
// those under a film.

/** Of the metal. */
export function plainMetalF0(): v128 {
  return film > 0 ? metalReflectance(1) : metalF0;
}

/** Of the dielectric. */
export function plainDielectricF0(): v128 {
  return film > 0 ? dielectricReflectance(1) : dielectricF0;
}

/** The largest channel of the dielectric: what is below gets no more than this leaves, so that its colour does not turn into the opposite. */
export function highestReflectance(cos: f32): f32 {
  return maxComponent(dielectricReflectance(cos));
}

export function hasFilm(): bool {
  return film > 0;
}
