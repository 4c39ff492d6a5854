// What the network got wrong, as far as the noisy picture tells: ../correction.ts says how. A row holds planes one after the other (the clean
// light, the normal, the albedo, the residual, RGB or XYZ each, and the level that light counts by), so that four pixels are worked on at a time
// whatever their place; pixel 0 is the fourth of a plane, and what lies outside of the picture resembles nothing. Plain SIMD, + - * / only: the same bits everywhere.

/** Pixels to each side that a pixel hears. */
const RADIUS: i32 = 3;
/** Floats of a plane before pixel 0, and at least as many behind the last. */
const MARGIN: i32 = 4;
const PLANES: i32 = 13;
const NORMAL: i32 = 3;
const ALBEDO: i32 = 6;
const RESIDUAL: i32 = 9;
const LEVEL: i32 = 12;
/** An albedo that nothing has. */
const OUTSIDE: f32 = 1e6;
/** Differences of light (in its level), normal or albedo that make a pixel half of a stranger: its weight a quarter. Measured by `bench -- denoise`. */
const ALIKE: f32 = 0.3;
/** In levels: what a sample of a lamp seen once would add to its neighbours ends here. */
const MOST_RESIDUAL: f32 = 0.4;
/** A mean residual whose square is as many squared standard errors counts by a quarter. Less shows noise as mottle on flat walls. */
const DOUBT: f32 = 1.5;
/** Of a mean residual beyond doubt; the rest is what the network says, and whatever else is wrong nearby: more overshoots at soft edges. */
const TRUST: f32 = 0.6;
/** More than the evidence of what lies outside of the picture, less than any other. */
const TINY: f32 = 1e-12;
const MOST_LIGHT: f32 = 65504;

/** Floats of a plane of so many pixels. */
export function planeFloats(width: i32): i32 {
  return 2 * MARGIN + ((width + 3) & ~3);
}

export function rowBytes(width: i32): usize {
  return <usize>(4 * PLANES * planeFloats(width));
}

/** Rows that `correct` takes. */
export function windowRows(): i32 {
  return 2 * RADIUS + 1;
}

/** Makes a row outside of the picture. */
export function spreadNothing(row: usize, width: i32): void {
  const floats = planeFloats(width);
  for (let i = 0; i < PLANES * floats; i++) store<f32>(row + ((<usize>i) << 2), 0);
  for (let i = ALBEDO * floats; i < RESIDUAL * floats; i++) store<f32>(row + ((<usize>i) << 2), OUTSIDE);
  for (let i = LEVEL * floats; i < PLANES * floats; i++) store<f32>(row + ((<usize>i) << 2), 1);
}

/**
 * Makes a row of the picture; three f32 a pixel are read of each.
 * @param floor light that counts as none
 */
export function spread(
  clean: usize,
  noisy: usize,
  albedo: usize,
  normal: usize,
  row: usize,
  width: i32,
  floor: f32,
): void {
  spreadNothing(row, width);
  const plane = (<usize>planeFloats(width)) << 2;
  let to = row + ((<usize>MARGIN) << 2);
  for (let x = 0; x < width; x++) {
    const level = floor + 0.2126 * load<f32>(clean) + 0.7152 * load<f32>(clean, 4) + 0.0722 * load<f32>(clean, 8);
    for (let c = 0; c < 3; c++) {
      const at = (<usize>c) << 2;
      const light = load<f32>(clean + at);
      store<f32>(to + <usize>c * plane, light);
      store<f32>(to + <usize>(NORMAL + c) * plane, within(load<f32>(normal + at), -1, 1));
      store<f32>(to + <usize>(ALBEDO + c) * plane, within(load<f32>(albedo + at), 0, 1));
      const residual = (within(load<f32>(noisy + at), 0, MOST_LIGHT) - light) / level;
      store<f32>(to + <usize>(RESIDUAL + c) * plane, within(residual, -MOST_RESIDUAL, MOST_RESIDUAL));
    }
    store<f32>(to + <usize>LEVEL * plane, level);
    clean += 12;
    noisy += 12;
    albedo += 12;
    normal += 12;
    to += 4;
  }
}

/** What is no number is the least, what is out of bounds is brought in. */
function within(value: f32, low: f32, high: f32): f32 {
  return value > low ? (value < high ? value : high) : low;
}

/**
 * Makes the light of the row in the middle, three f32 a pixel, of pixels made up to a multiple of four.
 * @param rows addresses (u32) of as many rows as `windowRows` says, from the uppermost
 */
export function correct(rows: usize, light: usize, width: i32): void {
  const plane = (<usize>planeFloats(width)) << 2;
  const middle = <usize>load<u32>(rows + ((<usize>RADIUS) << 2));
  for (let x = 0; x < width; x += 4) {
    const first = (<usize>(MARGIN + x)) << 2;
    const here = middle + first;
    const level = v128.load(here + <usize>LEVEL * plane);
    const perLevel = f32x4.div(f32x4.splat(1 / ALIKE), level);
    const own = here + <usize>RESIDUAL * plane;
    const ownRed = v128.load(own);
    const ownGreen = v128.load(own + plane);
    const ownBlue = v128.load(own + 2 * plane);
    // Of the others alone, their residuals less the own one: nothing cancels out where nearly no other is alike.
    let weights = f32x4.splat(0);
    let squaredWeights = weights;
    let red = weights;
    let green = weights;
    let blue = weights;
    let redSquares = weights;
    let greenSquares = weights;
    let blueSquares = weights;
    for (let dy = 0; dy <= 2 * RADIUS; dy++) {
      const row = <usize>load<u32>(rows + ((<usize>dy) << 2)) + first;
      for (let there = row - 4 * RADIUS; there <= row + 4 * RADIUS; there += 4) {
        if (there == here) continue;
        const bright = f32x4.mul(distance(there, here, plane), f32x4.mul(perLevel, perLevel));
        const surface = f32x4.add(
          distance(there + <usize>NORMAL * plane, here + <usize>NORMAL * plane, plane),
          distance(there + <usize>ALBEDO * plane, here + <usize>ALBEDO * plane, plane),
        );
        const strangeness = f32x4.add(bright, f32x4.mul(surface, f32x4.splat(1 / (ALIKE * ALIKE))));
        const share = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), strangeness));
        const weight = f32x4.mul(share, share);
        const residual = there + <usize>RESIDUAL * plane;
        weights = f32x4.add(weights, weight);
        squaredWeights = f32x4.add(squaredWeights, f32x4.mul(weight, weight));
        const r = f32x4.sub(v128.load(residual), ownRed);
        const g = f32x4.sub(v128.load(residual + plane), ownGreen);
        const b = f32x4.sub(v128.load(residual + 2 * plane), ownBlue);
        const weightedRed = f32x4.mul(weight, r);
        const weightedGreen = f32x4.mul(weight, g);
        const weightedBlue = f32x4.mul(weight, b);
        red = f32x4.add(red, weightedRed);
        green = f32x4.add(green, weightedGreen);
        blue = f32x4.add(blue, weightedBlue);
        redSquares = f32x4.add(redSquares, f32x4.mul(weightedRed, r));
        greenSquares = f32x4.add(greenSquares, f32x4.mul(weightedGreen, g));
        blueSquares = f32x4.add(blueSquares, f32x4.mul(weightedBlue, b));
      }
    }
    const all = f32x4.add(f32x4.splat(1), weights);
    const part = f32x4.div(level, all);
    const support = f32x4.sub(f32x4.mul(f32x4.add(f32x4.splat(1), all), weights), squaredWeights);
    const doubt = f32x4.mul(f32x4.splat(DOUBT), f32x4.add(f32x4.splat(1), squaredWeights));
    put(light, corrected(here, significant(ownRed, red, redSquares, all, support, doubt), part), 0);
    put(light, corrected(here + plane, significant(ownGreen, green, greenSquares, all, support, doubt), part), 4);
    put(light, corrected(here + 2 * plane, significant(ownBlue, blue, blueSquares, all, support, doubt), part), 8);
    light += 48;
  }
}

/** Of three planes from two addresses on, squared. */
function distance(a: usize, b: usize, plane: usize): v128 {
  const x = f32x4.sub(v128.load(a), v128.load(b));
  const y = f32x4.sub(v128.load(a + plane), v128.load(b + plane));
  const z = f32x4.sub(v128.load(a + 2 * plane), v128.load(b + 2 * plane));
  return f32x4.add(f32x4.mul(x, x), f32x4.add(f32x4.mul(y, y), f32x4.mul(z, z)));
}

/**
 * What of the sum of weighted residuals is given back: with their mean m and its squared standard error e, times TRUST (m^2 / (m^2 + DOUBT e))^2. Both sides of
 * the fraction are multiplied by weights^2 support, so a pixel that none resembles, whose error nothing tells, gives back nothing.
 * @param own the pixel's own residual, of weight 1
 * @param others the sum of the weighted differences from it
 * @param squares that of their weighted squares
 * @param weights the sum of all weights
 * @param support its square less the sum of the squared weights
 * @param doubt DOUBT times the sum of the squared weights
 */
function significant(own: v128, others: v128, squares: v128, weights: v128, support: v128, doubt: v128): v128 {
  const sum = f32x4.add(f32x4.mul(own, weights), others);
  const evidence = f32x4.mul(f32x4.mul(sum, sum), support);
  const variance = f32x4.pmax(f32x4.splat(0), f32x4.sub(f32x4.mul(squares, weights), f32x4.mul(others, others)));
  const noise = f32x4.add(f32x4.mul(doubt, variance), f32x4.splat(TINY));
  const share = f32x4.div(evidence, f32x4.add(evidence, noise));
  return f32x4.mul(f32x4.mul(f32x4.splat(TRUST), sum), f32x4.mul(share, share));
}

function corrected(clean: usize, residuals: v128, part: v128): v128 {
  return f32x4.pmax(f32x4.splat(0), f32x4.add(v128.load(clean), f32x4.mul(residuals, part)));
}

/** Every third float from `light + channel` on. */
function put(light: usize, values: v128, channel: usize): void {
  const to = light + channel;
  store<f32>(to, f32x4.extract_lane(values, 0));
  store<f32>(to, f32x4.extract_lane(values, 1), 12);
  store<f32>(to, f32x4.extract_lane(values, 2), 24);
  store<f32>(to, f32x4.extract_lane(values, 3), 36);
}
