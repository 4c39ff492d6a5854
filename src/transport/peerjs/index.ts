export { ServedIce } from './served-ice.ts';
export { createPeerTransport } from './transport.ts';
