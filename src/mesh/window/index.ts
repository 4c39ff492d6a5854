export {
  decodeMessage,
  encodeMessage,
  MAX_MESSAGE_HEAD_BYTES,
  MAX_NAME_BYTES,
  type MeshMessage,
  type PreparedMessage,
  prepareMessage,
} from './message.ts';
export type { Outgoing } from './outgoing-queue.ts';
export { DEFAULT_PACKET_BYTES, MAX_PACKET_BYTES, MIN_PACKET_BYTES } from './packet.ts';
export {
  type PacketOutcome,
  RECEIVE_QUEUE_BYTES,
  WindowReceiver,
  type WindowReceiverOptions,
} from './receiver.ts';
export {
  SEND_TIMEOUT_MS,
  type SenderEffect,
  type WindowFailure,
  WindowSender,
  type WindowSenderOptions,
} from './sender.ts';
export { WINDOW_SLOTS } from './sequence.ts';
