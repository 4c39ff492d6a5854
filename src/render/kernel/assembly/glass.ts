// Refraction at a facet, and how much of the light a rough refracting surface keeps: what one meeting with a facet returns
// or lets through, tabulated for each index of refraction in the scene. The rest is given back by lobes of further bounces
// on either side (C. Kulla and A. Conty 2017; see interface.ts).
//
// A table: for the side in front and the side behind, 16 rows of roughness, each 32 columns by the square root of the
// cosine, then the row's loss averaged over the cosine-weighted hemisphere.
import { alphaOf, sampleVisibleNormal, schlickWeight, smithTerm } from './ggx';
import { alloc } from './memory';
import { reverseBits } from './sampler';
import { clamp, larger, xOf, zOf } from './vector';

const ROWS: i32 = 16;
const COLUMNS: i32 = 32;
const ROW_BYTES: usize = <usize>(COLUMNS + 1) * 4;
const SIDE_BYTES: usize = <usize>ROWS * ROW_BYTES;
/** Even directions a cell: the error stays below 5e-3, and a table takes about ten milliseconds. */
const SAMPLES: u32 = 128;
/** Closer to 1 the facets' normals drown in rounding; what is bent by less than this looks straight. */
const LEAST_BEND: f32 = 1e-3;

/** One over the bend from which roughness counts in full. */
const FADE: f32 = 20;

/** An index of refraction that bends at least a little. */
export function bendingIor(ior: f32): f32 {
  if (ior > <f32>1 + LEAST_BEND || ior < <f32>1 - LEAST_BEND) return ior;
  return <f32>1 + LEAST_BEND;
}

/** Roughness fades where so little is bent that facets hardly matter: with an index of 1 there is no surface at all. */
export function smoothedRoughness(roughness: f32, ior: f32): f32 {
  const bend = Mathf.abs(ior - 1) * FADE;
  return bend < 1 ? roughness * bend : roughness;
}

/** Cosine behind a facet that is met at `cos`; `ratio` is the index in front over the one behind. -1: all is reflected (Snell). */
export function refractedCosine(cos: f32, ratio: f32): f32 {
  const sin2 = ratio * ratio * (<f32>1 - cos * cos);
  return sin2 < 1 ? Mathf.sqrt(<f32>1 - sin2) : -1;
}

/** Share of light that a bare facet reflects: Schlick's approximation in the cosine on the thinner side. */
function reflectedShare(cos: f32, ratio: f32): f32 {
  const behind = refractedCosine(cos, ratio);
  if (behind < 0) return 1;
  const root = (ratio - 1) / (ratio + 1);
  return root * root + (<f32>1 - root * root) * schlickWeight(ratio > 1 ? behind : cos);
}

/** Loss at one meeting with facets of width alpha. */
function lossOf(cos: f32, alpha: f32, ratio: f32): f32 {
  const alpha2 = alpha * alpha;
  const outgoing = f32x4(Mathf.sqrt(<f32>1 - cos * cos), 0, cos, 0);
  const termOut = smithTerm(cos, alpha2);
  let kept: f32 = 0;
  for (let i: u32 = 0; i < SAMPLES; i++) {
    const u1 = (<f32>i + <f32>0.5) / <f32>SAMPLES;
    const u2 = <f32>(reverseBits(i) >> 8) * <f32>5.9604645e-8 + <f32>0.5 / <f32>SAMPLES;
    const h = sampleVisibleNormal(outgoing, alpha, u1, u2);
    const hz = zOf(h);
    const oh = xOf(outgoing) * xOf(h) + cos * hz;
    const behind = refractedCosine(oh, ratio);
    const share = reflectedShare(oh, ratio);
    const reflectedZ = oh * 2 * hz - cos;
    if (reflectedZ > 0) kept += share * unmasked(cos, termOut, reflectedZ, alpha2);
    if (behind < 0) continue;
    const refractedZ = (ratio * oh - behind) * hz - ratio * cos;
    if (refractedZ < 0) kept += (<f32>1 - share) * unmasked(cos, termOut, -refractedZ, alpha2);
  }
  return larger(<f32>1 - kept / <f32>SAMPLES, 0);
}

/** G2 / G1: what sampling visible normals leaves. */
function unmasked(cosOut: f32, termOut: f32, cosIn: f32, alpha2: f32): f32 {
  return (cosIn * (cosOut + termOut)) / (cosOut * smithTerm(cosIn, alpha2) + cosIn * termOut);
}

/** @returns the address of a table for this index; 0 when the memory cannot grow. */
export function writeGlassTable(ior: f32): usize {
  const table = alloc(SIDE_BYTES * 2, 16);
  if (!table) return 0;
  const bending = bendingIor(ior);
  writeSide(table, <f32>1 / bending);
  writeSide(table + SIDE_BYTES, bending);
  return table;
}

function writeSide(at: usize, ratio: f32): void {
  for (let row = 0; row < ROWS; row++) {
    const alpha = alphaOf(<f32>row / <f32>(ROWS - 1));
    const cells = at + <usize>row * ROW_BYTES;
    for (let column = 0; column < COLUMNS; column++) {
      // The first column stands for the limit of grazing light, where the formulas divide by zero.
      const s = larger(<f32>column / <f32>(COLUMNS - 1), 0.01);
      store<f32>(cells + ((<usize>column) << 2), lossOf(s * s, alpha, ratio));
    }
    // 2 integral of loss * cos dcos = 4 integral of loss * s^3 ds.
    let sum: f64 = 0;
    const steps = 8 * (COLUMNS - 1);
    for (let i = 0; i < steps; i++) {
      const s = (<f64>i + 0.5) / <f64>steps;
      sum += 4 * s * s * s * <f64>interpolated(cells, <f32>s * <f32>(COLUMNS - 1));
    }
    store<f32>(cells + ((<usize>COLUMNS) << 2), <f32>(sum / <f64>steps));
  }
}

function interpolated(cells: usize, x: f32): f32 {
  const column = min(<i32>x, COLUMNS - 2);
  const low = load<f32>(cells + ((<usize>column) << 2));
  return low + (load<f32>(cells + ((<usize>column) << 2), 4) - low) * (x - <f32>column);
}

/** Loss towards a direction of this cosine on one side. */
export function glassLoss(table: usize, isBehind: bool, roughness: f32, cos: f32): f32 {
  const y = clamp(roughness, 0, 1) * <f32>(ROWS - 1);
  const row = min(<i32>y, ROWS - 2);
  const cells = table + (isBehind ? SIDE_BYTES : 0) + <usize>row * ROW_BYTES;
  const x = Mathf.sqrt(clamp(cos, 0, 1)) * <f32>(COLUMNS - 1);
  const low = interpolated(cells, x);
  return low + (interpolated(cells + ROW_BYTES, x) - low) * (y - <f32>row);
}

/** The same averaged over the side's hemisphere, weighed by the cosine. */
export function meanGlassLoss(table: usize, isBehind: bool, roughness: f32): f32 {
  const y = clamp(roughness, 0, 1) * <f32>(ROWS - 1);
  const row = min(<i32>y, ROWS - 2);
  const mean = table + (isBehind ? SIDE_BYTES : 0) + <usize>row * ROW_BYTES + ((<usize>COLUMNS) << 2);
  const low = load<f32>(mean);
  return low + (load<f32>(mean + ROW_BYTES) - low) * (y - <f32>row);
}
