export type { PageAddress } from './addresses.ts';
export { basePath } from './base-path.ts';
export { readIceServers } from './ice-servers.ts';
export { createSignalingServer } from './server.ts';
export { readTlsIdentity, type TlsFiles } from './tls.ts';
