export type {
  JobId,
  JobKind,
  JobOffer,
  JobPhase,
  JobSource,
  JobStatus,
  OpenContext,
  TaskRunner,
  WorkerRef,
} from './contract.ts';
export { MAX_SPEC_BYTES } from './contract.ts';
export {
  cleanDeviceName,
  type DeviceInfo,
  deviceAttributes,
  deviceInfoOf,
  MAX_DEVICE_NAME_LENGTH,
} from './device-info.ts';
export { JobFailedError, JobRefusedError } from './errors.ts';
export { Farm, type FarmEvents } from './farm.ts';
export { type LocalRunOptions, runLocally } from './local.ts';
export type { OwnedJob } from './owned-job.ts';
