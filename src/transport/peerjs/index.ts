export { ServedIce } from './served-ice.ts';
export { createPeerTransport, type PeerTransportOptions } from './transport.ts';
