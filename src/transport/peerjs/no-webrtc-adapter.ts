/**
 * In place of `webrtc-adapter`, which PeerJS imports to mend browsers of ten years ago: a twelfth of the page's script. Every browser with
 * WebAssembly SIMD speaks the standard. PeerJS itself asks it only for the browser's name, for diagnostics (scripts/peerjs-parts.ts puts it in).
 */
export default { browserDetails: { browser: 'standard', version: 0 } };
