/** The same for a process: WebRTC by node-datachannel. */
import { quickenCryptography } from '../mesh/index.curve.ts';
import { createHeadlessTransport } from '../transport/headless/index.ts';
import type { NetworkNameAndKey } from './invitation.ts';
import { type JoinOptions, joinOver } from './join.ts';
import type { Mesh } from './mesh.ts';

/** As in a page. Sets `RTCPeerConnection`, `RTCSessionDescription` and, where there is none, `WebSocket` of the process, for PeerJS. */
export function joinNetwork(network: string | NetworkNameAndKey, options: JoinOptions = {}): Promise<Mesh> {
  quickenCryptography();
  return joinOver(createHeadlessTransport, network, options);
}

export * from './exports.ts';
