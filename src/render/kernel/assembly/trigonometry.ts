// Sine, cosine and arc tangent in single precision by the polynomials of Cephes (S. L. Moshier, sinf.c and atanf.c): a few
// multiplications, about 1e-7 off, and the same bits on every machine because nothing but strict arithmetic is used.
// Angles are in turns (1 is a full circle), which is what random numbers and texture coordinates come in.

const TAU: f32 = 6.2831853;

/** (cos, sin, 0, 0) of 2 pi u, for u in [0, 1]. */
export function circle(u: f32): v128 {
  const quarter = nearest<f32>(u * 4);
  const angle = (u - quarter * 0.25) * TAU;
  const a2 = angle * angle;
  const sin: f32 = angle + angle * a2 * ((-1.9515295891e-4 * a2 + 8.3321608736e-3) * a2 - 1.6666654611e-1);
  const cos: f32 =
    <f32>1 -
    a2 * 0.5 +
    a2 * a2 * ((2.443315711809948e-5 * a2 - 1.388731625493765e-3) * a2 + 4.166664568298827e-2);
  const q = <i32>quarter & 3;
  const swapped = (q & 1) != 0;
  const c = select(-sin, cos, swapped);
  const s = select(cos, sin, swapped);
  const flipped = q >= 2;
  return f32x4(select(-c, c, flipped), select(-s, s, flipped), 0, 0);
}

/** atan2(y, x) / 2 pi, in [-0.5, 0.5]; 0 for (0, 0). */
export function atan2Turns(y: f32, x: f32): f32 {
  const ax = Mathf.abs(x);
  const ay = Mathf.abs(y);
  const steep = ay > ax;
  const small = select(ax, ay, steep);
  const large = select(ay, ax, steep);
  if (!(large > 0)) return 0;
  let t = small / large;
  let base: f32 = 0;
  if (t > 0.41421356) {
    t = (t - 1) / (t + 1);
    base = 0.125;
  }
  const t2 = t * t;
  const p: f32 =
    (((8.05374449538e-2 * t2 - 1.38776856032e-1) * t2 + 1.99777106478e-1) * t2 - 3.33329491539e-1) * t2 * t +
    t;
  let turns = base + p * <f32>0.15915494309189535;
  if (steep) turns = <f32>0.25 - turns;
  if (x < 0) turns = <f32>0.5 - turns;
  return y < 0 ? -turns : turns;
}
