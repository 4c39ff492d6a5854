export { read16, read32, read48, write16, write32, write48 } from './big-endian.ts';
export { type ControlValue, decodeControl, encodeControl } from './control.ts';
export type { ControlLimits } from './control-reader.ts';

export {
  asFields,
  type Fields,
  readBoolean,
  readBytes,
  readInteger,
  readList,
  readNodeId,
  readNumber,
  readText,
} from './fields.ts';
export {
  ACKNOWLEDGEMENT_INDEX,
  DEFAULT_HOP_LIMIT,
  encodeFrame,
  FrameFlag,
  type FrameHeader,
  frameBody,
  frameFlags,
  frameProblem,
  INDEX_MODULUS,
  lowerHopLimit,
  MAX_HOP_LIMIT,
  PROTOCOL_VERSION,
  parseFrameHeader,
  SEAL_BYTES,
  setFrameFlags,
  writeFrameHeader,
} from './frame.ts';
export {
  BULK_STREAM_BIT,
  FRAME_HEADER_BYTES,
  FRAME_RULES,
  FrameType,
  frameRule,
  frameTypeName,
  type Lane,
  laneOf,
  laneOfStream,
  MAX_BODY_BYTES,
  MAX_FRAME_LENGTH,
} from './frame-type.ts';
export { isIceUrl, isTurnUrl } from './ice-url.ts';
export {
  formatInvite,
  type Invite,
  InviteError,
  networkHash,
  newInvite,
  parseInvite,
} from './invite.ts';
export {
  isNodeId,
  NODE_ID_BYTES,
  type NodeId,
  newNodeId,
  nodeIdFromBytes,
  nodeIdOf,
  nodeIdToBytes,
  parseNodeId,
  writeNodeId,
} from './node-id.ts';
export {
  BEAT_INTERVAL_MS,
  type GoodbyeReason,
  MAX_INSTANCES,
  type RegistryReply,
  type RegistryRequest,
  readRegistryReply,
  readRegistryRequest,
} from './registry-messages.ts';
export { SERVER_NONCE_BYTES, serverProofInput } from './server-proof.ts';
export {
  encodeSignal,
  MAX_CONNECTION_NAME,
  MAX_SIGNAL_TEXT,
  parseSignal,
  type Signal,
  type SignalKind,
} from './signal.ts';
export { NAME_WORDS } from './words.ts';
