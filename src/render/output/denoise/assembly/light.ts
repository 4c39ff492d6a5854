// Between light and what the network has learned to see: a curve on which steps of one size look alike from the darkest to the brightest (the
// "PU" transfer function of Open Image Denoise, with its constants).

const A: f32 = 1.41283765e3;
const B: f32 = 1.64593172;
const C: f32 = 4.31384981e-1;
const D: f32 = -2.94139609e-3;
const E: f32 = 1.92653254e-1;
const F: f32 = 6.26026094e-3;
const G: f32 = 9.98620152e-1;
/** Where its parts meet, in light; then on the curve. */
const Y0: f32 = 1.5794576e-6;
const Y1: f32 = 3.22087631e-2;
const X0: f32 = 2.23151711e-3;
const X1: f32 = 3.70974749e-1;
/** The brightest light that is told from a brighter one. */
const MOST: f32 = 65504;

function forward(y: f32): f32 {
  if (y <= Y0) return A * y;
  if (y <= Y1) return B * Mathf.pow(y, C) + D;
  return E * Mathf.log(y + F) + G;
}

function inverse(x: f32): f32 {
  if (x <= X0) return x / A;
  if (x <= X1) return Mathf.pow((x - D) / B, 1 / C);
  return Mathf.exp((x - G) / E) - F;
}

/** What is no number is none, what is out of bounds is brought in. */
function within(value: f32, low: f32, high: f32): f32 {
  return value > low ? (value < high ? value : high) : low;
}

export function log2(value: f32): f32 {
  return Mathf.log2(value);
}

/**
 * Makes a row of the network's input: light, albedo and normal of each pixel (three f32 each), as twelve channels, the last three 0.
 * @param out of pixel 0
 * @param scale brings the picture's light to where it is middling
 */
export function encode(light: usize, albedo: usize, normal: usize, out: usize, width: i32, scale: f32): void {
  const unit: f32 = 1 / forward(MOST);
  for (let x = 0; x < width; x++) {
    for (let at: usize = 0; at < 12; at += 4) {
      store<f32>(out + at, forward(within(load<f32>(light + at) * scale, 0, MOST)) * unit);
      store<f32>(out + at, within(load<f32>(albedo + at), 0, 1), 12);
      store<f32>(out + at, within(load<f32>(normal + at), -1, 1) * 0.5 + 0.5, 24);
    }
    light += 12;
    albedo += 12;
    normal += 12;
    out += 48;
  }
}

/** Makes light, three f32 a pixel, of the first three of the eight channels of a row. */
export function decode(row: usize, light: usize, width: i32, scale: f32): void {
  const unit = forward(MOST);
  for (let x = 0; x < width; x++) {
    for (let at: usize = 0; at < 12; at += 4) {
      store<f32>(light + at, inverse(load<f32>(row + at) * unit) / scale);
    }
    row += 32;
    light += 12;
  }
}
