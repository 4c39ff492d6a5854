import type { Triple } from './testing.ts';

/**
 * Test support: KHR_materials_iridescence, the extension's formulas as its text has them, with everything in f64. What is returned
 * of light of 1 at the cosine `cos`, by a film of `thickness` nm on a base of which `base` is returned at normal incidence.
 */
export function thinFilm(cos: number, filmIor: number, thickness: number, base: Triple): Triple {
  const f0 = (a: number, b: number) => ((a - b) / (a + b)) ** 2;
  const schlick = (r0: number, c: number) => r0 + (1 - r0) * (1 - c) ** 5;
  const inner = Math.sqrt(1 - (1 - cos * cos) / filmIor ** 2);
  const r12 = schlick(f0(filmIor, 1), cos);
  const t121 = 1 - r12;
  const path = 2 * filmIor * thickness * inner * 1e-9;
  const bases = base.map((value) => (1 + Math.sqrt(value)) / (1 - Math.sqrt(value)));
  const r23 = bases.map((ior) => schlick(f0(ior, filmIor), inner));
  const shift = bases.map((ior) => Math.PI + (ior < filmIor ? Math.PI : 0));
  const light = [0, 1, 2].map((i) => r12 + (t121 ** 2 * (r23[i] ?? 0)) / (1 - r12 * (r23[i] ?? 0)));
  const order = light.map((c0) => c0 - r12 - t121);
  for (const m of [1, 2]) {
    const response = sensitivity(
      m * path,
      shift.map((phase) => m * phase),
    );
    for (let i = 0; i < 3; i++) {
      order[i] = (order[i] ?? 0) * Math.sqrt(r12 * (r23[i] ?? 0));
      light[i] = (light[i] ?? 0) + (order[i] ?? 0) * 2 * (response[i] ?? 0);
    }
  }
  const [r = 0, g = 0, b = 0] = light.map((value) => Math.min(Math.max(value, 0), 1));
  return [r, g, b];
}

function sensitivity(path: number, shift: readonly number[]): Triple {
  const phase = 2 * Math.PI * path;
  const bump = (value: number, place: number, width: number, turn = 0) =>
    (value *
      Math.sqrt(2 * Math.PI * width) *
      Math.cos(place * phase + turn) *
      Math.exp(-width * phase ** 2)) /
    1.0685e-7;
  const x = bump(5.4856e-13, 1.681e6, 4.3278e9, shift[0]) + bump(9.747e-14, 2.2399e6, 4.5282e9, shift[0]);
  const y = bump(4.4201e-13, 1.7953e6, 9.3046e9, shift[1]);
  const z = bump(5.2481e-13, 2.2084e6, 6.6121e9, shift[2]);
  return [
    3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
    -0.969266 * x + 1.8760108 * y + 0.041556 * z,
    0.0556434 * x - 0.2040259 * y + 1.0572252 * z,
  ];
}
