/** The colour spaces that FLIP walks through, all under sRGB's white (D65). */

export type Triple = [number, number, number];

/** Linear sRGB to CIE XYZ (IEC 61966-2-1), and back. */
const TO_XYZ: readonly Triple[] = [
  [0.4123908, 0.3575843, 0.1804808],
  [0.212639, 0.7151687, 0.0721923],
  [0.0193308, 0.1191948, 0.9505322],
];
const FROM_XYZ: readonly Triple[] = [
  [3.2409699, -1.5373832, -0.4986108],
  [-0.9692436, 1.8759675, 0.0415551],
  [0.0556301, -0.203977, 1.0569715],
];
const WHITE = TO_XYZ.map(([r, g, b]) => r + g + b) as Triple;

export function decoded(srgb: number): number {
  return srgb <= 0.04045 ? srgb / 12.92 : ((srgb + 0.055) / 1.055) ** 2.4;
}

function times(matrix: readonly Triple[], v: Triple): Triple {
  return matrix.map(([a, b, c]) => a * v[0] + b * v[1] + c * v[2]) as Triple;
}

/** XYZ over the white's. */
function relativeXyz(linear: Triple): Triple {
  const xyz = times(TO_XYZ, linear);
  return [xyz[0] / WHITE[0], xyz[1] / WHITE[1], xyz[2] / WHITE[2]];
}

/** An opponent space linear in light, in which the eye's contrast sensitivity was measured: lightness, red-green, blue-yellow. */
export function yCxCz(linear: Triple): Triple {
  const [x, y, z] = relativeXyz(linear);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

export function linearFromYCxCz([lightness, cx, cz]: Triple): Triple {
  const y = (lightness + 16) / 116;
  return times(FROM_XYZ, [(y + cx / 500) * WHITE[0], y * WHITE[1], (y - cz / 200) * WHITE[2]]);
}

/** CIE L*a*b* with Hunt's effect: the darker a colour, the less its hue counts. */
export function huntLab(linear: Triple): Triple {
  const [x, y, z] = relativeXyz(linear).map(labCurve) as Triple;
  const lightness = 116 * y - 16;
  return [lightness, 0.01 * lightness * 500 * (x - y), 0.01 * lightness * 200 * (y - z)];
}

function labCurve(t: number): number {
  const delta = 6 / 29;
  return t > delta ** 3 ? Math.cbrt(t) : t / (3 * delta * delta) + 4 / 29;
}

/** The distance for large colour differences (Abasi et al. 2020): city block in lightness, straight line in hue and chroma. */
export function hyab(a: Triple, b: Triple): number {
  return Math.abs(a[0] - b[0]) + Math.hypot(a[1] - b[1], a[2] - b[2]);
}
