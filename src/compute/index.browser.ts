/** What a page needs once somebody computes: apart from the rest, which registers at once, so that a page may load it then. */
export { createBrowserSandbox } from './browser-sandbox.ts';
export { Compute } from './compute.ts';
