/**
 * AgX, Troy Sobotka's picture formation, in the form that Blender has had as its default view since 4.0 (Eary Chow's
 * AgX_LUT_Gen): the primaries of Rec. 2020 are pulled inwards, so that no bright colour stays a pure one; each channel goes
 * through a sigmoid over the logarithm of 16.5 stops around middle grey; a milder matrix brings the colour back. Without
 * the hue mixing and gamut compression that Blender bakes into its table; what lies outside of Rec. 709 is clipped.
 *
 * The sigmoid is Jed Smith's tunable one, exact, not the usual polynomial; a table makes it as fast.
 */
import { CurveTable } from '../curve-table.ts';
import { log2, power } from '../log2.ts';
import { type Matrix3, type Rgb, transform } from './rgb.ts';

/**
 * Linear Rec. 709 to Rec. 2020 (from their primaries), then AgX's inset as Filament and three.js give it. Multiplied out: no
 * pixel needs them apart. The rows sum to 1, so that grey stays grey.
 */
const INSET: Matrix3 = [
  0.5448147464882455, 0.3737873983726965, 0.0813978551390583, 0.1404169484640534, 0.7541375545673943,
  0.1054454969685523, 0.0888104196149098, 0.1788717564208575, 0.7323178239642321,
];
/** AgX's outset, which takes a part of the inset back, then Rec. 2020 to Rec. 709. */
const OUTSET: Matrix3 = [
  1.9648874116948847, -0.8559884956902146, -0.108898916004672, -0.299313364904742, 1.3263979646197994,
  -0.0270845997150577, -0.1643527425283929, -0.2381839694280882, 1.4025367119564802,
];

const MIDDLE_GREY = 0.18;
/** Stops below and above middle grey that the curve spans. */
const STOPS_BELOW = 10;
const STOPS_ABOVE = 6.5;
/** Of the straight part through middle grey, in the encoded picture against the normalised logarithm. */
const SLOPE = 2.4;
/** How suddenly toe and shoulder bend. */
const BEND = 1.5;
/** The exponent of the display for which the sigmoid was made. */
const DISPLAY_GAMMA = 2.4;

/** Far beyond white; infinity has no logarithm. */
const BRIGHTEST = 1e9;

const PIVOT_X = STOPS_BELOW / (STOPS_BELOW + STOPS_ABOVE);
const PIVOT_Y = power(MIDDLE_GREY, 1 / DISPLAY_GAMMA);
/** Where toe and shoulder would level off, so that the curve meets (0, 0) and (1, 1). */
const TOE = levelFor(PIVOT_X, PIVOT_Y);
const SHOULDER = levelFor(1 - PIVOT_X, 1 - PIVOT_Y);

const table = new CurveTable(agxChannel, -15, 5);

export function agx(colour: Rgb): void {
  colour[0] = Math.max(colour[0], 0);
  colour[1] = Math.max(colour[1], 0);
  colour[2] = Math.max(colour[2], 0);
  transform(INSET, colour);
  colour[0] = table.at(colour[0]);
  colour[1] = table.at(colour[1]);
  colour[2] = table.at(colour[2]);
  transform(OUTSET, colour);
}

/** One channel within AgX's primaries, linear in and linear out, exactly. For the table and its test. */
export function agxChannel(linear: number): number {
  if (!(linear > 0)) return 0;
  const stops = log2(Math.min(linear, BRIGHTEST) / MIDDLE_GREY);
  const x = Math.min(Math.max((stops + STOPS_BELOW) / (STOPS_BELOW + STOPS_ABOVE), 0), 1);
  return power(sigmoid(x), DISPLAY_GAMMA);
}

function sigmoid(x: number): number {
  const straight = SLOPE * (x - PIVOT_X);
  const level = x < PIVOT_X ? TOE : SHOULDER;
  const bend = 1 + power(Math.abs(straight) / level, BEND);
  return Math.max(PIVOT_Y + straight / power(bend, 1 / BEND), 0);
}

/** The level for which a line of SLOPE, bent, has risen by `rise` after `run`. */
function levelFor(run: number, rise: number): number {
  const straight = SLOPE * run;
  return straight / power(power(straight / rise, BEND) - 1, 1 / BEND);
}
