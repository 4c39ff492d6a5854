/** What has come to a page over WebRTC and WebSockets, whoever opened them. Must run before anything that opens one. */
let ofSockets = 0;
const connections = new Set<RTCPeerConnection>();

const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...args: ConstructorParameters<typeof Socket>) {
    super(...args);
    this.addEventListener('message', ({ data }) => {
      ofSockets += typeof data === 'string' ? data.length : (data.byteLength ?? data.size);
    });
  }
};

const Connection = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Connection {
  constructor(...args: ConstructorParameters<typeof Connection>) {
    super(...args);
    connections.add(this);
  }
};

/** Payloads of messages, without what carries them. Of connections that are closed, nothing. */
export async function receivedBytes(): Promise<number> {
  let bytes = ofSockets;
  for (const connection of connections) {
    if (connection.connectionState === 'closed') connections.delete(connection);
    else
      for (const report of (await connection.getStats()).values())
        if (report.type === 'data-channel') bytes += report.bytesReceived;
  }
  return bytes;
}
