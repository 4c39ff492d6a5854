/** The part of this folder's face that does not load PeerJS, which looks at the global scope when it is loaded. */
export { type IceConfiguration, readIceServer, ServedIce } from './served-ice.ts';
export { serverUrl } from './server-address.ts';
