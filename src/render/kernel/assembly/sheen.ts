// KHR_materials_sheen: fibres that stand up from the surface, by the "Charlie" distribution of A. Estevez and C. Kulla
// ("Production Friendly Microfacet Sheen BRDF", 2017). Its directional albedo for white sheen is tabulated: what is below
// gets what that leaves, as the extension says.
import { alloc } from './memory';
import { circle } from './trigonometry';
import { add, clamp, larger, normalize, smaller, xOf, yOf, zOf } from './vector';

const INVERSE_TAU: f32 = 0.15915494;
const SIZE: i32 = 32;
/** Steps of cosine and of angle a cell. */
const STEPS: i32 = 24;
/** Smoother cloth than this shines at grazing angles only, in a line thinner than a pixel. */
const LEAST_ALPHA: f32 = 0.01;
const cells: usize = alloc((<usize>(SIZE * SIZE)) << 2, 16);
/** One a row: what keeps the fibres from returning more light than there is. Below roughness 0.2 the paper's fit does so at grazing angles. */
const factors: usize = alloc((<usize>SIZE) << 2, 16);
let isWritten: bool = false;

let alpha: f32 = 0;
let factor: f32 = 1;
let outgoing: v128 = f32x4.splat(0);
let lambdaOut: f32 = 0;

/** The polynomial of the paper's table 1, its parameters mixed by (1 - alpha)^2. */
function fitted(x: f32): f32 {
  const t = (<f32>1 - alpha) * (<f32>1 - alpha);
  const a = <f32>21.5473 + (<f32>25.3245 - <f32>21.5473) * t;
  const b = <f32>3.82987 + (<f32>3.32435 - <f32>3.82987) * t;
  const c = <f32>0.19823 + (<f32>0.16801 - <f32>0.19823) * t;
  const d = <f32>-1.9776 + (<f32>-1.27393 + <f32>1.9776) * t;
  const e = <f32>-4.32054 + (<f32>-4.85967 + <f32>4.32054) * t;
  return a / (<f32>1 + b * Mathf.pow(x, c)) + d * x + e;
}

function lambda(cos: f32): f32 {
  if (cos < 0.5) return Mathf.exp(fitted(cos));
  return Mathf.exp(fitted(0.5) * 2 - fitted(<f32>1 - cos));
}

/** Takes a direction and a perceptual roughness in hand. */
export function setSheen(direction: v128, roughness: f32): void {
  const y = clamp(roughness, 0, 1) * <f32>(SIZE - 1);
  const row = min(<i32>y, SIZE - 2);
  const at = factors + ((<usize>row) << 2);
  factor = load<f32>(at) + (load<f32>(at, 4) - load<f32>(at)) * (y - <f32>row);
  outgoing = direction;
  alpha = clamp(roughness * roughness, LEAST_ALPHA, 1);
  lambdaOut = lambda(clamp(zOf(direction), 0, 1));
}

/** White sheen's f cos for a direction with z > 0. */
export function sheenTowards(incoming: v128): f32 {
  const h = normalize(add(outgoing, incoming));
  const sin2 = clamp(xOf(h) * xOf(h) + yOf(h) * yOf(h), 0, 1);
  const inverse = <f32>1 / alpha;
  const density = (inverse + 2) * Mathf.pow(sin2, inverse * 0.5) * INVERSE_TAU;
  const cosIn = zOf(incoming);
  // The sample viewer keeps this factor within 1.
  const cosines = zOf(outgoing) * cosIn * 4;
  const visible = smaller(<f32>1 / ((<f32>1 + lambdaOut + lambda(clamp(cosIn, 0, 1))) * cosines), 1);
  return density * visible * cosIn * factor;
}

export function prepareSheenTable(): void {
  if (isWritten) return;
  isWritten = true;
  for (let row = 0; row < SIZE; row++) {
    const roughness = <f32>row / <f32>(SIZE - 1);
    for (let next = row; next < SIZE; next++) store<f32>(factors + ((<usize>next) << 2), 1);
    let most: f32 = 1;
    for (let column = 0; column < SIZE; column++) {
      const s = larger(<f32>column / <f32>(SIZE - 1), 0.01);
      const cos = s * s;
      setSheen(f32x4(Mathf.sqrt(<f32>1 - cos * cos), 0, cos, 0), roughness);
      const albedo = integral();
      most = larger(most, albedo);
      store<f32>(cells + ((<usize>(row * SIZE + column)) << 2), albedo);
    }
    for (let column = 0; column < SIZE; column++) {
      const at = cells + ((<usize>(row * SIZE + column)) << 2);
      store<f32>(at, load<f32>(at) / most);
    }
    store<f32>(factors + ((<usize>row) << 2), <f32>1 / most);
  }
}

/** Over the hemisphere: cosines in the middle of even steps of their square root's square, half the circle (it is symmetric). */
function integral(): f32 {
  let sum: f32 = 0;
  for (let i = 0; i < STEPS; i++) {
    const s = (<f32>i + <f32>0.5) / <f32>STEPS;
    const cos = s * s;
    const sin = Mathf.sqrt(<f32>1 - cos * cos);
    let ring: f32 = 0;
    for (let j = 0; j < STEPS; j++) {
      const around = circle((<f32>j + <f32>0.5) / <f32>(STEPS * 2));
      ring += sheenTowards(f32x4(sin * xOf(around), sin * yOf(around), cos, 0));
    }
    sum += ring * s * 2;
  }
  return (sum * <f32>6.2831853) / <f32>(STEPS * STEPS);
}

/** Share of light that white sheen returns towards a direction of this cosine. */
export function sheenAlbedo(roughness: f32, cos: f32): f32 {
  const y = clamp(roughness, 0, 1) * <f32>(SIZE - 1);
  const x = Mathf.sqrt(clamp(cos, 0, 1)) * <f32>(SIZE - 1);
  const row = min(<i32>y, SIZE - 2);
  const column = min(<i32>x, SIZE - 2);
  const at = cells + ((<usize>(row * SIZE + column)) << 2);
  const fx = x - <f32>column;
  const low = load<f32>(at) + (load<f32>(at, 4) - load<f32>(at)) * fx;
  const next = at + ((<usize>SIZE) << 2);
  const high = load<f32>(next) + (load<f32>(next, 4) - load<f32>(next)) * fx;
  return low + (high - low) * (y - <f32>row);
}
