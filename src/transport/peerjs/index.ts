export { createInvitingTransport } from './inviting-transport.ts';
export { ServedIce } from './served-ice.ts';
export { createPeerTransport, type PeerTransportOptions } from './transport.ts';
