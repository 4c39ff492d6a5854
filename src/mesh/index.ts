export * from './contract.ts';
export * from './errors.ts';
export { createNode, type NodeOptions } from './node/node.ts';
