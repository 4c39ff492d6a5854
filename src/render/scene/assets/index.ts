/** Everything that `npm run build:assets` writes below `public/`. Build time only: the page never imports this. */
import { BUILTIN_ENVIRONMENTS, BUILTIN_SAMPLES } from '../builtin.ts';
import { makeCornell } from './cornell.ts';
import { environmentFromExr } from './environments.ts';
import { makeForest } from './forest.ts';
import { makeTerrace } from './terrace.ts';

const SAMPLES: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  cornell: makeCornell,
  terrace: makeTerrace,
  forest: makeForest,
};

/** Paths relative to the page's root, and how to make each file. */
export function builtinAssets(): ReadonlyMap<string, () => Promise<Uint8Array>> {
  const assets = new Map<string, () => Promise<Uint8Array>>();
  for (const { name, path } of BUILTIN_SAMPLES) {
    const make = SAMPLES[name];
    if (make) assets.set(path, make);
  }
  for (const { name, path } of BUILTIN_ENVIRONMENTS) {
    assets.set(path, async () => {
      const { default: exr } = await import(`@pmndrs/assets/hdri/${name}.exr.js`);
      return environmentFromExr(exr);
    });
  }
  return assets;
}
