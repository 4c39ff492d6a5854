// Light from infinitely far: a constant, or an equirectangular map. Row 0 is +Y; column 0 looks along -X, a quarter of the
// way is -Z, the middle +X, three quarters +Z (three.js's EquirectangularReflectionMapping of the same picture). A turn about
// +Y only shifts the columns; a strength is a factor on what is looked up.
//
// A map is sampled by luminance: cells of at least one texel, a distribution over the rows of cells and one over the
// columns of each row, then evenly over the cell's solid angle. The weight of a cell is the integral of what the bilinear
// look-up shows in it, so that a bright texel's glow into its neighbours is expected where it falls.
import { chance, chanceOf, choose, distributionBytes, remainder, writeDistribution } from './distribution';
import { ARRAY_PADDING, OUT_OF_MEMORY } from './layout';
import { alloc, mark, release } from './memory';
import { atan2Turns, circle } from './trigonometry';
import { clamp, load3, luminance, maxComponent, mix, scale, vec3, xOf, yOf, zOf } from './vector';

/** Finer cells than this cost memory and find nothing. */
const MAX_COLUMNS: i32 = 1024;
const MAX_ROWS: i32 = 512;
/** A million suns at noon; sums of it stay finite. */
const LARGEST_RADIANCE: f32 = 1e15;
const TAU: f64 = 6.283185307179586;

let constant: v128 = f32x4.splat(0);
let strength: f32 = 1;
/** In turns, 0..1: counter-clockwise seen from above is towards lower columns. */
let rotation: f32 = 0;
let texels: usize = 0;
let width: i32 = 0;
let height: i32 = 0;
let columns: i32 = 0;
let rows: i32 = 0;
/** cos of the angle from +Y at each row's upper edge, f32[rows + 1]. */
let cosines: usize = 0;
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
  store<i32>(to, columns, 28);
  store<i32>(to, rows, 32);
  store<usize>(to, cosines, 36);
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
  columns = load<i32>(from, 28);
  rows = load<i32>(from, 32);
  cosines = load<usize>(from, 36);
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
  cosines = alloc((<usize>rows + 1) << 2, 16);
  rowTable = alloc(distributionBytes(rows), 16);
  columnTableBytes = distributionBytes(columns);
  columnTables = alloc(columnTableBytes * <usize>rows, 16);
  const scratch = mark();
  const rowWeights = alloc((<usize>rows) << 2, 16);
  const weights = alloc((<usize>columns) << 2, 16);
  if (!cosines || !rowTable || !columnTables || !rowWeights || !weights) {
    setEnvironmentConstant(0, 0, 0);
    return OUT_OF_MEMORY;
  }
  for (let row = 0; row <= rows; row++) {
    store<f32>(cosines + ((<usize>row) << 2), <f32>NativeMath.cos((TAU * 0.5 * <f64>row) / <f64>rows));
  }
  for (let row = 0; row < rows; row++) {
    const table = columnTables + columnTableBytes * <usize>row;
    writeWeights(row, weights);
    const sum = writeDistribution(table, weights, columns);
    const band = load<f32>(cosines + ((<usize>row) << 2)) - load<f32>(cosines + ((<usize>row) << 2), 4);
    store<f32>(rowWeights + ((<usize>row) << 2), <f32>(sum * <f64>band));
  }
  const sum = writeDistribution(rowTable, rowWeights, rows);
  environmentPower = (sum * TAU * <f64>strength) / <f64>columns;
  release(scratch);
  return 0;
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

/** Mean luminance of each cell of a row. */
function writeWeights(row: i32, weights: usize): void {
  const top = <i32>((<i64>row * <i64>height) / <i64>rows);
  const bottom = <i32>((<i64>(row + 1) * <i64>height) / <i64>rows);
  for (let column = 0; column < columns; column++) {
    const left = <i32>((<i64>column * <i64>width) / <i64>columns);
    const right = <i32>((<i64>(column + 1) * <i64>width) / <i64>columns);
    let sum: f64 = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) sum += <f64>shownLuminance(x, y);
    }
    const mean = <f32>(sum / <f64>((bottom - top) * (right - left)));
    store<f32>(weights + ((<usize>column) << 2), mean > 0 && mean < Infinity ? mean : 0);
  }
}

/** Luminance of the bilinear look-up averaged over one texel: weights 1/8, 6/8, 1/8 each way. */
function shownLuminance(x: i32, y: i32): f32 {
  const left = x > 0 ? x - 1 : width - 1;
  const right = x + 1 < width ? x + 1 : 0;
  let sum: f32 = 0;
  for (let dy = -1; dy <= 1; dy++) {
    const row = min(max(y + dy, 0), height - 1);
    const here = texelLuminance(left, row) + texelLuminance(x, row) * 6 + texelLuminance(right, row);
    sum += dy == 0 ? here * 6 : here;
  }
  return sum * <f32>(1.0 / 64.0);
}

function texelLuminance(x: i32, y: i32): f32 {
  return luminance(texelAt(x, y));
}

function texelAt(x: i32, y: i32): v128 {
  return load3(texels + <usize>(y * width + x) * 12);
}

/** Radiance from a unit direction. */
export function environmentTowards(direction: v128): v128 {
  if (!texels) return constant;
  return scale(radianceAt(horizontal(direction), vertical(direction)), strength);
}

/** Map coordinates of a direction, both in [0, 1]. */
function horizontal(direction: v128): f32 {
  const u = atan2Turns(zOf(direction), xOf(direction)) + <f32>0.5 + rotation;
  return u > 1 ? u - 1 : u;
}

function vertical(direction: v128): f32 {
  const x = xOf(direction);
  const z = zOf(direction);
  return atan2Turns(Mathf.sqrt(x * x + z * z), yOf(direction)) * 2;
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

/** Density per steradian with which `sampleEnvironment` gives a direction. */
export function environmentDensity(direction: v128): f32 {
  const column = min(<i32>(horizontal(direction) * <f32>columns), columns - 1);
  const row = min(<i32>(vertical(direction) * <f32>rows), rows - 1);
  return cellDensity(column, row);
}

function cellDensity(column: i32, row: i32): f32 {
  const band = load<f32>(cosines + ((<usize>row) << 2)) - load<f32>(cosines + ((<usize>row) << 2), 4);
  return densityOf(chanceOf(rowTable, row) * chanceOf(columnTables + columnTableBytes * <usize>row, column), band);
}

/** Per steradian, of a cell chosen with a chance; its row spans `band` in cosine. */
function densityOf(cellChance: f32, band: f32): f32 {
  return (cellChance * <f32>columns) / (<f32>TAU * band);
}

/** Density of the direction that `sampleEnvironment` gave, per steradian. */
export let sampledDensity: f32 = 0;

/** A unit direction by luminance, from two even 32-bit numbers; for environmentPower > 0. */
export function sampleEnvironment(bits1: u32, bits2: u32): v128 {
  const row = choose(rowTable, rows, bits2);
  const fractionV = remainder;
  const rowChance = chance;
  const column = choose(columnTables + columnTableBytes * <usize>row, columns, bits1);
  const fractionU = remainder;
  const top = load<f32>(cosines + ((<usize>row) << 2));
  const bottom = load<f32>(cosines + ((<usize>row) << 2), 4);
  sampledDensity = densityOf(rowChance * chance, top - bottom);
  const cos = top + (bottom - top) * fractionV;
  const sin = Mathf.sqrt(clamp(<f32>1 - cos * cos, 0, 1));
  // Half a turn from -X, where the map begins.
  const u = (<f32>column + fractionU) / <f32>columns - rotation;
  const around = circle(u < 0 ? u + 1 : u);
  return vec3(-xOf(around) * sin, cos, -yOf(around) * sin);
}
