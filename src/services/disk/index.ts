export { bytesOfKey, type Claims, type Disk, DiskFullError, type DiskRecord } from './contract.ts';
export { type DeviceKeeping, type DiskPlace, ONLY_COPIES } from './place.ts';
export { type DiskTrouble, Shelf, type ShelfEvents } from './shelf.ts';
