/** Interpolation between rotations, without trigonometry: the same bits in every engine. */

export type Quaternion = readonly [number, number, number, number];

/**
 * Halvings before the rest of the arc counts as straight: the arc of at most a half turn is then below 2e-6, and the chord's
 * error, which falls with its cube, below the precision of numbers.
 */
const HALVINGS = 20;

/**
 * Spherical linear interpolation from a (t = 0) to b (t = 1) along the shorter arc, by bisection: the middle of an arc is
 * the sum of its ends at unit length, and t says, bit by bit, which half to go on with.
 */
export function slerp(a: Quaternion, b: Quaternion, t: number): Quaternion {
  let from = unit(a);
  let to = unit(b);
  if (dot(from, to) < 0) to = scaled(to, -1);
  let rest = t;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = unit(sum(from, to));
    rest *= 2;
    if (rest < 1) {
      to = middle;
    } else {
      from = middle;
      rest -= 1;
    }
  }
  return unit(sum(scaled(from, 1 - rest), scaled(to, rest)));
}

/** A quaternion without length is no rotation. */
export function unit(q: Quaternion): Quaternion {
  const length = Math.sqrt(dot(q, q));
  return length > 0 && length < Number.POSITIVE_INFINITY ? scaled(q, 1 / length) : [0, 0, 0, 1];
}

function dot(a: Quaternion, b: Quaternion): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
}

function sum(a: Quaternion, b: Quaternion): Quaternion {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

function scaled(q: Quaternion, factor: number): Quaternion {
  return [q[0] * factor, q[1] * factor, q[2] * factor, q[3] * factor];
}
