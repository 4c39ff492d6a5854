export { Compute, type ComputeDependencies } from './compute.ts';
export { ComputeError, type ComputeOptions, type Outcome, type Value } from './contract.ts';
export { COMPUTE_KIND, type ComputeKindDependencies, computeKind } from './kind.ts';
export type { Sandbox, SandboxProgram } from './sandbox.ts';
