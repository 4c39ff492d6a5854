export { createPeerTransport, type PeerTransportOptions } from './transport.ts';
