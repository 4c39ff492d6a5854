/**
 * Automatic exposure: the stops that suit a picture, as a photographer would meter it. It looks at the picture's linear means alone
 * and says how to show them; nothing that is rendered or hashed depends on it. What is well exposed is left as it is:
 *
 * - The bright parts (95 of 100 fields are darker) belong between a half and one: above, white surfaces would run together, so
 *   they are brought down to three quarters; below, the picture is murky, so they are brought up to a half.
 * - A lamp or a window in the picture may be as bright as it likes: darkening stops where the middle of what is lit would come
 *   below the grey card's 18 percent.
 *
 * Fields are means over parts of the picture, so noise and single glints hardly count. All of it is arithmetic without the host's
 * logarithms: the same picture has the same exposure on every machine.
 */
import { log2 } from './log2.ts';

/** Fields across and down at most. */
const FIELDS = 64;
/** Pixels looked at across and down a field. */
const PROBES = 4;

const BRIGHT_SHARE = 0.95;
const BRIGHTEST = 1;
const BROUGHT_DOWN = 0.75;
const DARKEST = 0.5;
const GREY_CARD = 0.18;
/** A thousandth of the bright parts: what is darker is not lit. */
const LEAST_LIT = 1 / 1024;

/** Stops either way, as far as a person can set them: a thousand-watt lamp in candela takes 15, one in units of its own up to 30. */
const MOST_STOPS = 32;

/** The radiance of a pixel's brightest channel: it is the first to be white, and pure red is no darker than grey. */
export type BrightestAt = (x: number, y: number) => number;

/**
 * @param means linear Rec. 709 radiance, RGB, row-major, 3 floats a pixel
 * @returns stops, to a tenth; 0 for a picture without any light
 */
export function suitedExposure(means: Float32Array, width: number, height: number): number {
  const brightest: BrightestAt = (x, y) => {
    const at = 3 * (y * width + x);
    return Math.max(means[at] ?? 0, means[at + 1] ?? 0, means[at + 2] ?? 0);
  };
  return meteredExposure(brightest, width, height);
}

/** The same for a picture that is not kept row by row: only some of its pixels are looked at. */
export function meteredExposure(brightest: BrightestAt, width: number, height: number): number {
  // Black around a thing is no part of it.
  const fields = fieldsOf(brightest, width, height)
    .filter((value) => value > 0)
    .sort();
  const reference = fields[Math.floor(BRIGHT_SHARE * fields.length)] ?? 0;
  if (!(reference > 0 && reference < Number.POSITIVE_INFINITY)) return 0;
  if (reference < DARKEST) return rounded(log2(DARKEST / reference));
  if (reference <= BRIGHTEST) return 0;
  const lit = fields.filter((value) => value > reference * LEAST_LIT);
  const middle = lit[lit.length >> 1] ?? reference;
  // From one on the goal falls to three quarters, so that no picture jumps.
  const goal = Math.max(BROUGHT_DOWN, BRIGHTEST / reference);
  return rounded(Math.min(0, Math.max(log2(goal / reference), log2(GREY_CARD / middle))));
}

function rounded(stops: number): number {
  return Math.round(10 * Math.min(Math.max(stops, -MOST_STOPS), MOST_STOPS)) / 10 + 0;
}

/** Mean of each field. */
function fieldsOf(brightest: BrightestAt, width: number, height: number): Float64Array {
  const [across, down] = [Math.min(width, FIELDS), Math.min(height, FIELDS)];
  const fields = new Float64Array(across * down);
  for (let row = 0; row < down; row++) {
    const rows = probesOf((row * height) / down, ((row + 1) * height) / down);
    for (let column = 0; column < across; column++) {
      const columns = probesOf((column * width) / across, ((column + 1) * width) / across);
      let sum = 0;
      for (const y of rows) {
        for (const x of columns) sum += brightest(x, y);
      }
      fields[row * across + column] = sum / (rows.length * columns.length);
    }
  }
  return fields;
}

/** Up to PROBES whole numbers evenly from `start` up to, not including, `end`. */
function probesOf(start: number, end: number): readonly number[] {
  const [first, last] = [Math.floor(start), Math.max(Math.floor(start) + 1, Math.ceil(end))];
  const count = Math.min(PROBES, last - first);
  return Array.from({ length: count }, (_, i) => first + Math.floor(((i + 0.5) * (last - first)) / count));
}
