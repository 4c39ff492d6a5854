// Light from infinitely far: a constant, or an equirectangular map. Row 0 is +Y; column 0 looks along -X, a quarter of the
// way is -Z, the middle +X, three quarters +Z (three.js's EquirectangularReflectionMapping of the same picture). A turn about
// +Y only shifts the columns; a strength is a factor on what is looked up.
//
// A map is sampled by the luminance that it shows: a cell lies between four neighbouring texel centres (and a half one
// above the first and below the last row), is chosen by what shines in it, and in the cell a point by the bilinear weights
// themselves. So the density follows the radiance exactly, but for the sine that varies over a row: a sun of a few texels
// is not noisier than a grey sky. Maps beyond MAX_COLUMNS x MAX_ROWS are averaged down for this, their look is not.
import { choose, distributionBytes, linear, remainder, writeDistribution } from './distribution';
import { ARRAY_PADDING, OUT_OF_MEMORY } from './layout';
import { alloc, mark, release } from './memory';
import { atan2Turns, circle } from './trigonometry';
import { clamp, larger, load3, luminance, maxComponent, mix, scale, vec3, xOf, yOf, zOf } from './vector';

/** Finer cells than this cost memory and find nothing. */
const MAX_COLUMNS: i32 = 1024;
const MAX_ROWS: i32 = 512;
/** A million suns at noon; sums of it stay finite. */
const LARGEST_RADIANCE: f32 = 1e15;
const TAU: f64 = 6.283185307179586;
/** Density is infinite at the poles, where sines are 0: a bound, for its use and its sampling alike. */
const LEAST_SINE: f32 = 1e-5;

let constant: v128 = f32x4.splat(0);
let strength: f32 = 1;
/** In turns, 0..1: counter-clockwise seen from above is towards lower columns. */
let rotation: f32 = 0;
let texels: usize = 0;
let width: i32 = 0;
let height: i32 = 0;
let columns: i32 = 0;
let rows: i32 = 0;
/** Mean luminance of each cell's corner, f32[rows * columns]; 0: the texels themselves are the corners. */
let corners: usize = 0;
/** What turns the luminance shown in a row of cells into a density, but for the sine: f32[rows + 1]. */
let rowFactors: usize = 0;
let rowTable: usize = 0;
let columnTables: usize = 0;
let columnTableBytes: usize = 0;
/** Radiance integrated over the sphere, as luminance; 0: there is nothing to aim at. */
export let environmentPower: f64 = 0;
/** False where the environment is black. */
export let hasEnvironment: bool = false;

/** For the constant or the map that is set next. */
export function setEnvironmentPlacement(newStrength: f32, newRotation: f32): void {
  strength = newStrength;
  rotation = newRotation;
}

export function setEnvironmentConstant(r: f32, g: f32, b: f32): void {
  constant = scale(vec3(r, g, b), strength);
  texels = 0;
  // Every direction is as good as any other: scattered rays find it at least as well as aimed ones.
  environmentPower = 0;
  hasEnvironment = maxComponent(constant) > 0;
}

/** For another instance over the same memory: writes what `adoptEnvironment` takes over, 72 bytes. */
export function saveEnvironment(to: usize): void {
  v128.store(to, constant);
  store<usize>(to, texels, 16);
  store<i32>(to, width, 20);
  store<i32>(to, height, 24);
  store<usize>(to, corners, 28);
  store<usize>(to, rowFactors, 36);
  store<usize>(to, rowTable, 40);
  store<usize>(to, columnTables, 44);
  store<usize>(to, columnTableBytes, 48);
  store<f64>(to, environmentPower, 52);
  store<u32>(to, hasEnvironment ? 1 : 0, 60);
  store<f32>(to, strength, 64);
  store<f32>(to, rotation, 68);
}

export function adoptEnvironment(from: usize): void {
  constant = v128.load(from);
  texels = load<usize>(from, 16);
  width = load<i32>(from, 20);
  height = load<i32>(from, 24);
  columns = min(width, MAX_COLUMNS);
  rows = min(height, MAX_ROWS);
  corners = load<usize>(from, 28);
  rowFactors = load<usize>(from, 36);
  rowTable = load<usize>(from, 40);
  columnTables = load<usize>(from, 44);
  columnTableBytes = load<usize>(from, 48);
  environmentPower = load<f64>(from, 52);
  hasEnvironment = load<u32>(from, 60) != 0;
  strength = load<f32>(from, 64);
  rotation = load<f32>(from, 68);
}

/** Room for a map's texels, 3 f32 each, to be filled before `setEnvironmentMap`; 0 when the memory cannot grow. */
export function allocEnvironment(mapWidth: i32, mapHeight: i32): usize {
  width = mapWidth;
  height = mapHeight;
  texels = alloc(<usize>mapWidth * <usize>mapHeight * 12 + ARRAY_PADDING, 16);
  return texels;
}

/** Prepares the map that was just written. @returns 0 or OUT_OF_MEMORY. */
export function setEnvironmentMap(): i32 {
  environmentPower = 0;
  hasEnvironment = strength > 0;
  makeSane();
  columns = min(width, MAX_COLUMNS);
  rows = min(height, MAX_ROWS);
  const isFine = columns == width && rows == height;
  corners = isFine ? 0 : alloc((<usize>columns * <usize>rows) << 2, 16);
  rowFactors = alloc((<usize>rows + 1) << 2, 16);
  rowTable = alloc(distributionBytes(rows + 1), 16);
  columnTableBytes = distributionBytes(columns);
  columnTables = alloc(columnTableBytes * <usize>(rows + 1), 16);
  const scratch = mark();
  const rowWeights = alloc((<usize>rows + 1) << 2, 16);
  const weights = alloc((<usize>columns) << 2, 16);
  if ((!corners && !isFine) || !rowFactors || !rowTable || !columnTables || !rowWeights || !weights) {
    setEnvironmentConstant(0, 0, 0);
    return OUT_OF_MEMORY;
  }
  if (corners) writeCorners();
  for (let row = 0; row <= rows; row++) {
    writeWeights(row, weights);
    const sum = writeDistribution(columnTables + columnTableBytes * <usize>row, weights, columns);
    const isHalf = row == 0 || row == rows;
    const weight = sum * sineOfRow(row) * (isHalf ? 0.5 : 1);
    store<f32>(rowWeights + ((<usize>row) << 2), <f32>weight);
  }
  const sum = writeDistribution(rowTable, rowWeights, rows + 1);
  // The map's square has an area of pi times two pi on the sphere, where the sine is one.
  const cell = (TAU * TAU * 0.5) / (<f64>rows * <f64>columns);
  environmentPower = sum * cell * <f64>strength;
  for (let row = 0; row <= rows; row++) {
    const factor = sum > 0 ? sineOfRow(row) / (sum * cell) : 0;
    store<f32>(rowFactors + ((<usize>row) << 2), <f32>factor);
  }
  release(scratch);
  return 0;
}

/** Sine of the angle from +Y in the middle of a row of cells. */
function sineOfRow(row: i32): f64 {
  const middle: f64 = row == 0 ? 0.25 : row == rows ? <f64>rows - 0.25 : <f64>row;
  return NativeMath.sin((TAU * 0.5 * middle) / <f64>rows);
}

/** Radiance is finite and not negative: files bring overflown halves (the sun), and noise around zero. */
function makeSane(): void {
  const end = texels + <usize>width * <usize>height * 12;
  for (let at = texels; at < end; at += 4) {
    const value = load<f32>(at);
    if (!(value >= 0)) store<f32>(at, 0);
    else if (value > LARGEST_RADIANCE) store<f32>(at, LARGEST_RADIANCE);
  }
}

/** Mean luminance of the texels around each corner. */
function writeCorners(): void {
  for (let row = 0; row < rows; row++) {
    const top = <i32>((<i64>row * <i64>height) / <i64>rows);
    const bottom = <i32>((<i64>(row + 1) * <i64>height) / <i64>rows);
    for (let column = 0; column < columns; column++) {
      const left = <i32>((<i64>column * <i64>width) / <i64>columns);
      const right = <i32>((<i64>(column + 1) * <i64>width) / <i64>columns);
      let sum: f64 = 0;
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) sum += <f64>texelLuminance(x, y);
      }
      const mean = <f32>(sum / <f64>((bottom - top) * (right - left)));
      store<f32>(corners + ((<usize>(row * columns + column)) << 2), mean);
    }
  }
}

function cornerAt(column: i32, row: i32): f32 {
  if (!corners) return texelLuminance(column, row);
  return load<f32>(corners + ((<usize>(row * columns + column)) << 2));
}

/** Mean luminance of each cell of a row: of its four corners. */
function writeWeights(row: i32, weights: usize): void {
  const upper = max(row - 1, 0);
  const lower = min(row, rows - 1);
  for (let column = 0; column < columns; column++) {
    const right = column + 1 < columns ? column + 1 : 0;
    const sum =
      cornerAt(column, upper) + cornerAt(right, upper) + cornerAt(column, lower) + cornerAt(right, lower);
    store<f32>(weights + ((<usize>column) << 2), sum * 0.25);
  }
}

function texelLuminance(x: i32, y: i32): f32 {
  return luminance(texelAt(x, y));
}

function texelAt(x: i32, y: i32): v128 {
  return load3(texels + <usize>(y * width + x) * 12);
}

// The direction that `environmentTowards` was asked about last: on the map, and what the map shows there.
let askedU: f32 = 0;
let askedV: f32 = 0;
let askedSine: f32 = 0;
let askedRadiance: v128 = f32x4.splat(0);

/** Radiance from a unit direction. */
export function environmentTowards(direction: v128): v128 {
  if (!texels) return constant;
  const x = xOf(direction);
  const z = zOf(direction);
  askedSine = Mathf.sqrt(x * x + z * z);
  const u = atan2Turns(z, x) + <f32>0.5 + rotation;
  askedU = u > 1 ? u - 1 : u;
  askedV = atan2Turns(askedSine, yOf(direction)) * 2;
  askedRadiance = radianceAt(askedU, askedV);
  return scale(askedRadiance, strength);
}

function radianceAt(u: f32, v: f32): v128 {
  const x = u * <f32>width - <f32>0.5;
  const y = clamp(v * <f32>height - <f32>0.5, 0, <f32>(height - 1));
  const left = Mathf.floor(x);
  const top = Mathf.floor(y);
  let x0 = min(max(<i32>left, -1), width - 1);
  let x1 = x0 + 1;
  if (x0 < 0) x0 = width - 1;
  if (x1 >= width) x1 = 0;
  const y0 = <i32>top;
  const y1 = min(y0 + 1, height - 1);
  const fx = x - left;
  return mix(mix(texelAt(x0, y0), texelAt(x1, y0), fx), mix(texelAt(x0, y1), texelAt(x1, y1), fx), y - top);
}

/** Density per steradian with which `sampleEnvironment` gives the direction that `environmentTowards` was asked about last. */
export function environmentDensity(): f32 {
  const row = min(<i32>(askedV * <f32>rows + <f32>0.5), rows);
  return densityOf(row, corners ? averagedAt(askedU, askedV) : luminance(askedRadiance), askedSine);
}

function densityOf(row: i32, shown: f32, sine: f32): f32 {
  return (shown * load<f32>(rowFactors + ((<usize>row) << 2))) / larger(sine, LEAST_SINE);
}

/** As `radianceAt`, of the corners. */
function averagedAt(u: f32, v: f32): f32 {
  const x = u * <f32>columns - <f32>0.5;
  const y = clamp(v * <f32>rows - <f32>0.5, 0, <f32>(rows - 1));
  const left = Mathf.floor(x);
  let x0 = min(max(<i32>left, -1), columns - 1);
  const x1 = x0 + 1 < columns ? x0 + 1 : 0;
  if (x0 < 0) x0 = columns - 1;
  const y0 = <i32>y;
  const y1 = min(y0 + 1, rows - 1);
  const s = x - left;
  const upper = cornerAt(x0, y0) * (<f32>1 - s) + cornerAt(x1, y0) * s;
  const lower = cornerAt(x0, y1) * (<f32>1 - s) + cornerAt(x1, y1) * s;
  return upper + (lower - upper) * (y - <f32>y0);
}

/** Of the direction that `sampleEnvironment` gave: its density per steradian, and the radiance from there. */
export let sampledDensity: f32 = 0;
export let sampledRadiance: v128 = f32x4.splat(0);

/** A unit direction by luminance, from two even 32-bit numbers; for environmentPower > 0. */
export function sampleEnvironment(bits1: u32, bits2: u32): v128 {
  const row = choose(rowTable, rows + 1, bits2);
  const fractionV = remainder;
  const left = choose(columnTables + columnTableBytes * <usize>row, columns, bits1);
  const fractionU = remainder;
  const right = <i32>left + 1 < columns ? left + 1 : 0;
  const upper = max(<i32>row - 1, 0);
  const lower = min(<i32>row, rows - 1);
  const upperLeft = cornerAt(left, upper);
  const upperRight = cornerAt(right, upper);
  const lowerLeft = cornerAt(left, lower);
  const lowerRight = cornerAt(right, lower);
  const t = linear(fractionV, upperLeft + upperRight, lowerLeft + lowerRight);
  const atLeft = upperLeft + (lowerLeft - upperLeft) * t;
  const atRight = upperRight + (lowerRight - upperRight) * t;
  const s = linear(fractionU, atLeft, atRight);
  const isHalf = row == 0 || <i32>row == rows;
  const y = row == 0 ? t * <f32>0.5 : <f32>row - <f32>0.5 + (isHalf ? t * <f32>0.5 : t);
  // v is half a turn from pole to pole; u begins at -X.
  const down = circle((y / <f32>rows) * <f32>0.5);
  const turned = (<f32>left + <f32>0.5 + s) / <f32>columns - rotation;
  const u = turned < 0 ? turned + 1 : turned;
  const around = circle(u < 1 ? u : u - 1);
  const sine = yOf(down);
  const direction = vec3(-xOf(around) * sine, xOf(down), -yOf(around) * sine);
  sampledDensity = densityOf(row, atLeft + (atRight - atLeft) * s, sine);
  sampledRadiance = corners
    ? environmentTowards(direction)
    : scale(
        mix(
          mix(texelAt(left, upper), texelAt(right, upper), s),
          mix(texelAt(left, lower), texelAt(right, lower), s),
          t,
        ),
        strength,
      );
  return direction;
}
