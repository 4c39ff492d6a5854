export { createPeerTransport } from './transport.ts';
