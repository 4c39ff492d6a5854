/** What a page needs before anybody computes: the rest (index.ts) comes with the first computation. */
export { COMPUTE_KIND } from './contract.ts';
