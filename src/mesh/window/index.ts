export { messageTitle, packetContents } from './contents.ts';
export {
  decodeMessage,
  encodeMessage,
  MAX_NAME_BYTES,
  type MeshMessage,
  type PreparedMessage,
  prepareMessage,
} from './message.ts';
export type { Outgoing } from './outgoing-queue.ts';
export { MAX_PACKET_BYTES } from './packet.ts';

export {
  type PacketOutcome,
  WindowReceiver,
  type WindowReceiverOptions,
} from './receiver.ts';
export {
  type SenderEffect,
  type WindowFailure,
  WindowSender,
  type WindowSenderOptions,
} from './sender.ts';
