export type { Compute } from './compute.ts';
export { COMPUTE_KIND, ComputeError, type ComputeOptions, type Outcome, type Value } from './contract.ts';
export { type ComputeDesk, type ComputeOn, registerCompute } from './register.ts';
export type { Sandbox, SandboxProgram } from './sandbox.ts';
