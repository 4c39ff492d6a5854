export { createSignalingServer } from './server.ts';
