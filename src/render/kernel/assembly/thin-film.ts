// KHR_materials_iridescence: light reflected by a film of some hundred nanometres interferes with itself, so that colours
// change with thickness and angle (L. Belcour and P. Barla, "A Practical Extension to Microfacet Theory for the Modeling
// of Varying Iridescence", 2017), computed as the extension's text says: two orders of interference, the eye's response as
// Gaussians in the frequency domain.
import { schlickWeight } from './ggx';
import { circle } from './trigonometry';
import { add, clamp, mul, scale, splat, sub, vec3, xOf, yOf, zOf } from './vector';

/** Thinner films (nanometres) fade out, so that a thickness going to 0 does not end in a step. */
const FADE: f32 = 0.03;

let filmIor: f32 = 1;
let thickness: f32 = 0;
/** Square of 1 / filmIor. */
let bend2: f32 = 1;
/** Of air against the film, at normal incidence. */
let outerF0: f32 = 0;

/** Takes a film in hand: its index (at least 1), its thickness in nanometres. */
export function setFilm(ior: f32, nanometres: f32): void {
  const t = clamp(nanometres / FADE, 0, 1);
  filmIor = <f32>1 + (ior - 1) * t * t * (<f32>3 - t * 2);
  thickness = nanometres;
  bend2 = <f32>1 / (filmIor * filmIor);
  outerF0 = reflectance(filmIor, 1);
}

function reflectance(to: f32, from: f32): f32 {
  const root = (to - from) / (to + from);
  return root * root;
}

function schlick(f0: f32, cos: f32): f32 {
  return f0 + (<f32>1 - f0) * schlickWeight(cos);
}

/** Reflectance RGB at this cosine in air of a film over a body whose own reflectance at normal incidence is `bodyF0`. */
export function filmReflectance(cos: f32, bodyF0: v128): v128 {
  const inner2 = <f32>1 - bend2 * (<f32>1 - cos * cos);
  if (!(inner2 > 0)) return splat(1);
  const inner = Mathf.sqrt(inner2);
  const outer = schlick(outerF0, cos);
  const passed = (<f32>1 - outer) * (<f32>1 - outer);
  const path = filmIor * 2 * thickness * inner;
  // Light is turned by half a wave where it is reflected by something denser: at the film's upper side seen from within
  // never (it is denser than air), at the body by channel.
  const lower0 = underside(xOf(bodyF0), inner);
  const lower1 = underside(yOf(bodyF0), inner);
  const lower2 = underside(zOf(bodyF0), inner);
  const turns = vec3(halfTurn(xOf(bodyF0)), halfTurn(yOf(bodyF0)), halfTurn(zOf(bodyF0)));
  const lower = vec3(lower0, lower1, lower2);

  const both = f32x4.pmax(f32x4.pmin(scale(lower, outer), splat(0.9999)), splat(1e-5));
  const amplitude = f32x4.sqrt(both);
  const inside = f32x4.div(scale(lower, passed), sub(splat(1), both));
  let light = add(splat(outer), inside);
  let order = sub(inside, splat(<f32>1 - outer));
  order = mul(order, amplitude);
  light = add(light, mul(order, scale(sensitivity(path, turns), 2)));
  order = mul(order, amplitude);
  light = add(light, mul(order, scale(sensitivity(path * 2, scale(turns, 2)), 2)));
  return f32x4.pmin(f32x4.pmax(light, splat(0)), splat(1));
}

/** Index of refraction of a body from its reflectance in air. */
function iorOf(f0: f32): f32 {
  const root = Mathf.sqrt(clamp(f0, 0, 0.9999));
  return (<f32>1 + root) / (<f32>1 - root);
}

/** Reflectance where the film meets the body. */
function underside(bodyF0: f32, inner: f32): f32 {
  return schlick(reflectance(iorOf(bodyF0), filmIor), inner);
}

/** Turns of phase (of a full circle) that reflection at the film's two sides adds: pi at its upper one from within, as the extension counts. */
function halfTurn(bodyF0: f32): f32 {
  return iorOf(bodyF0) < filmIor ? <f32>1 : <f32>0.5;
}

/** Cosine of an angle in turns. */
function wave(turns: f32): f32 {
  return xOf(circle(turns - Mathf.floor(turns)));
}

/** One Gaussian of the eye's response: its place and width in cycles a metre (times 2 pi), at a path in nanometres. */
function response(weight: f32, place: f32, width: f32, path: f32, turns: f32): f32 {
  const metres = path * <f32>1e-9;
  const phase = metres * <f32>6.2831853;
  return weight * wave(place * metres + turns) * Mathf.exp(-width * phase * phase);
}

/** The eye's response to interference at a difference of path (nanometres), as linear Rec. 709. */
function sensitivity(path: f32, turns: v128): v128 {
  // Weights: val * sqrt(2 pi var) / 1.0685e-7, with the extension's numbers.
  const x =
    response(0.84659000, 1.681e6, 4.3278e9, path, xOf(turns)) +
    response(0.15386831, 2.2399e6, 4.5282e9, path, xOf(turns));
  const y = response(1.0002219, 1.7953e6, 9.3046e9, path, yOf(turns));
  const z = response(1.0011225, 2.2084e6, 6.6121e9, path, zOf(turns));
  return vec3(
    <f32>3.2404542 * x - <f32>1.5371385 * y - <f32>0.4985314 * z,
    <f32>-0.969266 * x + <f32>1.8760108 * y + <f32>0.041556 * z,
    <f32>0.0556434 * x - <f32>0.2040259 * y + <f32>1.0572252 * z,
  );
}
