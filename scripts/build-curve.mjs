// Compiles src/mesh/identity/curve/assembly into src/mesh/identity/curve/compiled.ts, which is checked in: so small a module is a part of the
// script that uses it, and whoever builds the library needs no compiler. compile-curve.test.mjs compares the two.
//   npm run build:curve
import { writeFile } from 'node:fs/promises';
import { compileCurve } from './compile-curve.mjs';

const { curve, hash, cipher } = await compileCurve();
await writeFile(
  'src/mesh/identity/curve/compiled.ts',
  `/** Made by \`npm run build:curve\` from assembly/. */
export const COMPILED = {
  curve:
    '${curve}',
  hash:
    '${hash}',
  cipher:
    '${cipher}',
} as const;
`,
);
