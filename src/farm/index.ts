export type {
  ArchivedJob,
  Helper,
  JobArchive,
  JobControl,
  JobDescription,
  JobEvent,
  JobId,
  JobKind,
  JobPhase,
  JobRole,
  JobView,
  JobWish,
  Liar,
  NodeWork,
  OpenContext,
  PieceRange,
  ResultStore,
  TaskRunner,
  Term,
  WorkerRef,
} from './contract.ts';
export { MAX_RESULT_BYTES, MAX_SPEC_BYTES, MAX_TITLE } from './contract.ts';
export {
  cleanDeviceName,
  type DeviceInfo,
  deviceAttributes,
  deviceInfoOf,
  MAX_DEVICE_NAME_LENGTH,
} from './device-info.ts';
export { openJobArchive } from './driver/archive/archive.ts';
export { callRoll, type RollCallOptions } from './driver/roll-caller.ts';
export { JobFailedError, JobRefusedError, JobUnattendedError } from './errors.ts';
export { Farm, type FarmDependencies, type FarmEvents } from './farm.ts';
export type { JobRequest } from './job-request.ts';
export { JobsMeanwhile } from './jobs-meanwhile.ts';
export { type LocalJob, type LocalRunOptions, runLocally } from './local.ts';
export type { ReadableLog } from './log/job-log.ts';
export { eventText, workText } from './log/log-text.ts';
export { oneLine } from './one-line.ts';
