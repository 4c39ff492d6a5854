/** In place of `peerjs-js-binarypack`, PeerJS's own serialization: our channels are `raw` (scripts/peerjs-parts.ts puts it in). */
export const pack = undefined;
export const unpack = undefined;
