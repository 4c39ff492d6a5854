export { ServerStartError } from './errors.ts';
export { createSignalingServer, type SignalingOptions, type SignalingServer } from './server.ts';
