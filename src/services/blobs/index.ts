export { type BlobDisk, openBlobDisk } from './blob-disk.ts';
export type { BlobHash, BlobService, FetchOptions, FetchProgress } from './contract.ts';
export { BlobCorruptError, BlobUnavailableError } from './errors.ts';
export { isBlobHash } from './messages.ts';
export { platformPacking } from './platform-packing.ts';
export { type BlobDependencies, createBlobs } from './service.ts';
export { BlobStore } from './store.ts';
export { hashOf, MAX_BLOB_BYTES } from './table.ts';
