/** For who makes and judges many signatures, or seals much, and can afford 6 KiB for it: the mesh alone does without. */
export { quickChacha20, quickenCryptography } from './identity/curve/quick-curve.ts';
