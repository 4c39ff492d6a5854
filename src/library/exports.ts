/** What both faces of the library have. */
export {
  type Attributes,
  type Member,
  type MeshEvents,
  MessageTooLargeError,
  NodeClosedError,
  type NodeHealth,
  RequestFailedError,
  type RequestOptions,
  RequestTimeoutError,
  type SendOptions,
  SendTimeoutError,
  TargetLeftError,
  TargetsUnreachableError,
  TargetUnreachableError,
  TooManyStreamsError,
} from '../mesh/index.ts';
export { CancelledError, LeafcutterError } from '../runtime/index.ts';
export type { PathKind, RendezvousState } from '../transport/index.ts';
export { type Invite, InviteError, isNodeId, type NodeId, parseNodeId } from '../wire/index.ts';
export { NetworkRefusedError, ServerUnreachableError } from './errors.ts';
export type { NetworkNameAndKey } from './invitation.ts';
export type { JoinOptions } from './join.ts';
export type { Mesh } from './mesh.ts';
export type { Message, Payload } from './message.ts';
export { newNetwork } from './new-network.ts';
