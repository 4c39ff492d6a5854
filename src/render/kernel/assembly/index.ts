// What the kernel exports to src/render/kernel/.

export { buildBvh, traceAny, traceClosest } from './bvh/index';
export { alloc, mark, release } from './memory';
