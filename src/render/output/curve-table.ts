/**
 * A curve of one channel as a table, because logarithms and roots a pixel are too slow on the page's main thread. The cells
 * are equal parts of each octave, found in the bits of the float: no logarithm is needed to look one up, and the relative
 * resolution is the same for dim and bright. Between two entries the value is interpolated linearly; for a power x^p the
 * error is below |p (p - 1)| / (8 * steps^2), 1e-6 for the curves here. It is made when first asked: most commands of the terminal
 * show no picture.
 */
import { exp2 } from './exp2.ts';

const MANTISSA_BITS = 23;
const EXPONENT_BIAS = 127;
/** 2^8 cells an octave. */
const STEP_BITS = 8;
const STEPS = 1 << STEP_BITS;
const CELL_SHIFT = MANTISSA_BITS - STEP_BITS;
const CELL_MASK = (1 << CELL_SHIFT) - 1;

export class CurveTable {
  readonly #curve: (x: number) => number;
  readonly #firstOctave: number;
  readonly #cells: number;
  readonly #firstCell: number;
  readonly #from: number;
  readonly #to: number;
  readonly #float = new Float32Array(1);
  readonly #bits = new Uint32Array(this.#float.buffer);
  #values: Float64Array | undefined;

  /** Holds `curve` from 2^firstOctave to 2^lastOctave; what is asked for beyond gets the value at that end. */
  constructor(curve: (x: number) => number, firstOctave: number, lastOctave: number) {
    this.#curve = curve;
    this.#firstOctave = firstOctave;
    this.#cells = (lastOctave - firstOctave) * STEPS;
    this.#from = exp2(firstOctave);
    this.#to = exp2(lastOctave);
    this.#firstCell = (firstOctave + EXPONENT_BIAS) << STEP_BITS;
  }

  /** Not a number counts as the lower end. */
  at(x: number): number {
    this.#values ??= this.#tabulated();
    const values = this.#values;
    if (!(x > this.#from)) return values[0] ?? 0;
    if (x >= this.#to) return values[values.length - 1] ?? 0;
    this.#float[0] = x;
    const bits = this.#bits[0] ?? 0;
    const cell = (bits >>> CELL_SHIFT) - this.#firstCell;
    const low = values[cell] ?? 0;
    // Rounding to a float may reach the last entry, beyond which nothing is needed.
    const high = values[cell + 1] ?? low;
    return low + (high - low) * ((bits & CELL_MASK) / (CELL_MASK + 1));
  }

  #tabulated(): Float64Array {
    return Float64Array.from({ length: this.#cells + 1 }, (_, cell) => {
      const octave = this.#firstOctave + Math.floor(cell / STEPS);
      return this.#curve(exp2(octave) * (1 + (cell % STEPS) / STEPS));
    });
  }
}
