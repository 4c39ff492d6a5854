/**
 * The transport of a page in a Node process: the same code over PeerJS, WebRTC by node-datachannel. PeerJS looks for WebRTC and
 * WebSocket in the global scope and nowhere else, when it is imported and later: so they are put there first.
 */
import type { Transport } from '../contract.ts';
import type { PeerTransportOptions } from '../peerjs/index.ts';
import { countUsers } from './lifetime.ts';
import { HeadlessPeerConnection } from './peer-connection.ts';
import { HeadlessSessionDescription } from './session-description.ts';
import { HeadlessWebSocket } from './web-socket.ts';

/**
 * As `createPeerTransport`. Sets `RTCPeerConnection` and `RTCSessionDescription` of the process, and `WebSocket` where it has none.
 * @throws LeafcutterError `bad-server-address`
 */
export async function createHeadlessTransport(options: PeerTransportOptions): Promise<Transport> {
  Object.assign(globalThis, {
    RTCPeerConnection: HeadlessPeerConnection,
    RTCSessionDescription: HeadlessSessionDescription,
  });
  if (typeof WebSocket === 'undefined') Object.assign(globalThis, { WebSocket: HeadlessWebSocket });
  // Only now: PeerJS looks at the globals when it is evaluated.
  const { createPeerTransport } = await import('../peerjs/index.ts');
  const transport = createPeerTransport({
    ...options,
    onClosed() {
      countUsers(-1);
      options.onClosed?.();
    },
  });
  countUsers(1);
  return transport;
}
