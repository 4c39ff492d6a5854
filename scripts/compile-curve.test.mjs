import { expect, it } from 'vitest';
import { COMPILED } from '../src/mesh/identity/curve/compiled.ts';
import { compileCurve } from './compile-curve.mjs';

it('is what the curve of signatures was compiled to: else npm run build:curve', async () => {
  expect(await compileCurve()).toEqual(COMPILED);
});

it.each(Object.entries(COMPILED))(
  'is below the 4 KiB that browsers compile at once on a page (%s)',
  (_, part) => {
    expect(atob(part).length).toBeLessThan(4096);
  },
);
