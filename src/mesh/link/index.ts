export type { Lane } from './lanes.ts';
export {
  HANDSHAKE_TIMEOUT_MS,
  LINGER_MS,
  Link,
  type LinkEffect,
  type LinkOptions,
} from './link.ts';
export { NONCE_BYTES } from './proof.ts';
export { channelToKeep } from './simultaneous.ts';
