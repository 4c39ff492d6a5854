export { packetContents } from './contents.ts';
export {
  decodeMessage,
  encodeMessage,
  MAX_NAME_BYTES,
  type MeshMessage,
  type PreparedMessage,
  prepareMessage,
} from './message.ts';
export type { Outgoing } from './outgoing-queue.ts';
export {
  assemblyBytes,
  CREDIT_BYTES,
  type PacketOutcome,
  type ReceiverHost,
  refuseStream,
  type Standing,
  WindowReceiver,
} from './receiver.ts';
export { WindowSender } from './sender.ts';
export type { SenderHost } from './sender-contract.ts';
export { WINDOW_SLOTS } from './sequence.ts';
export { EMPTY_SLOT, type WindowAddress } from './slot.ts';
export { MESSAGE_OVERHEAD_BYTES } from './unpacking.ts';
