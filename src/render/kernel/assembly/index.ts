// What the kernel exports to src/render/kernel/.
export { alloc, mark, release } from './memory';
