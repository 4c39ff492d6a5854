export {
  isNodeId,
  NODE_ID_BYTES,
  type NodeId,
  newNodeId,
  nodeIdFromBytes,
  nodeIdToBytes,
  parseNodeId,
} from './node-id.ts';
