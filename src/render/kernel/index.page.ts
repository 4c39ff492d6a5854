/** What a page needs of its workers' kernels: the rest (index.ts) is in the workers. */
export { abandonSite, type BuildSite, MAX_HELPERS } from './build-site.ts';
