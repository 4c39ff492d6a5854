export * from './contract.ts';
export { createRooms, type RoomsDependencies } from './driver/rooms.ts';
export {
  RoomClosedError,
  RoomFullError,
  RoomKeysError,
  RoomLeftError,
  RoomLinkError,
  RoomLinkOutdatedError,
  RoomMemberError,
  RoomNotAdminError,
  RoomOpenError,
  RoomOvertakenError,
  RoomReadOnlyError,
  RoomReducerError,
  RoomRemovedError,
  RoomStoppedError,
  RoomTooFastError,
  RoomTooLargeError,
  RoomUnavailableError,
  RoomUndoError,
  RoomVersionError,
} from './errors.ts';
export { NotPlainError } from './plain.ts';
export {
  type ChatLine,
  type ChatUpdate,
  chatReducer,
  MAX_CHAT_LINES,
  MAX_CHAT_TEXT,
} from './reducers/chat.ts';
export { type Fields, type FieldsUpdate, fieldsReducer } from './reducers/fields.ts';
export { type ListEntry, type ListUpdate, listReducer, type Place, placeAt } from './reducers/list.ts';
export { mapReducer } from './reducers/map-reducer.ts';
export { demand, UpdateRefusedError } from './reducers/refusal.ts';
export { MAX_CHOICE, tally, type Votes, type VoteUpdate, votesReducer } from './reducers/votes.ts';
