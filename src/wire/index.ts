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
  nodeIdToBytes,
  parseNodeId,
} from './node-id.ts';
export {
  MAX_INSTANCES_PER_NETWORK,
  MAX_REGISTRY_REQUEST_BYTES,
  parseRegistryReply,
  parseRegistryRequest,
  type RegistryReply,
  type RegistryRequest,
} from './registry-messages.ts';
