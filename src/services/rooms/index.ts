export * from './contract.ts';
export { createRooms, type RoomsDependencies } from './driver/rooms.ts';
export {
  RoomClosedError,
  RoomFullError,
  RoomLinkError,
  RoomOpenError,
  RoomReadOnlyError,
  RoomReducerError,
  RoomStoppedError,
  RoomTooFastError,
  RoomTooLargeError,
  RoomUnavailableError,
} from './errors.ts';
export { NotPlainError } from './plain.ts';
