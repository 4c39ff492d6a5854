/** For who makes and judges many signatures, and can afford 3 KiB for it: the mesh alone does without. */
export { quickenSignatures } from './identity/curve/quick-curve.ts';
