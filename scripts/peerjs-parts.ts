/**
 * Of PeerJS what this project calls: nearly half of it serves calls with sound and picture, serializations of its own, a server that gives
 * ids out, browsers of ten years ago, and a log that is never turned on. Bundlers cannot shake these off, because each could be asked for
 * by a message of a peer or by an option; server-messages.ts lets no such message through, and peer-client.ts passes no such option.
 *
 * What is left out is replaced by blanks, so that line and column of the rest stay what PeerJS's own source map says. A PeerJS that
 * looks different from the one this was written for fails the build.
 */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/** Classes that nobody makes an object of (of the API one, which nobody asks for anything), by a line that only they have. */
const UNUSED_CLASSES = {
  MediaConnection: 'addStream(remoteStream) {',
  API: 'async retrieveId() {',
  BinaryPack: '_sendChunks(blob) {',
  Json: 'this.stringify = JSON.stringify',
};
const CLASS = /^(class [$\w]+)([^{\n]*)\{\n([\s\S]*?)^\}$/gm;
/** A statement of its own, on a line of its own. */
const LOG_CALL = /^( *)\(0, [$\w]+\)\.(?:log|warn|error)\(.*\);$/gm;
const LEAST_LOG_CALLS = 50;

const standIn = (name: string): string =>
  fileURLToPath(new URL(`../src/transport/peerjs/${name}.ts`, import.meta.url));

export function peerJsParts(): Plugin {
  return {
    name: 'leafcutter-peerjs-parts',
    enforce: 'pre',
    config: () => ({
      resolve: {
        alias: {
          'webrtc-adapter': standIn('no-webrtc-adapter'),
          'peerjs-js-binarypack': standIn('no-binarypack'),
        },
      },
    }),
    transform: {
      filter: { id: /peerjs\/dist\/bundler\.mjs$/ },
      handler: (code) => ({ code: usedParts(code), map: null }),
    },
  };
}

/** @param code PeerJS's `dist/bundler.mjs` */
export function usedParts(code: string): string {
  return withoutLog(withoutClasses(code));
}

function withoutClasses(code: string): string {
  const left = new Map(Object.entries(UNUSED_CLASSES));
  const result = code.replace(CLASS, (whole, name: string, heritage: string, body: string) => {
    const [unused] = [...left].find(([, line]) => body.includes(line)) ?? [];
    if (unused === undefined) return whole;
    left.delete(unused);
    return `${name}${blank(heritage)}{\n${blank(body)}}`;
  });
  if (left.size > 0) throw new Error(`PeerJS has changed: which class is ${[...left.keys()].join(', ')}?`);
  return result;
}

function withoutLog(code: string): string {
  let calls = 0;
  const result = code.replace(LOG_CALL, (whole, indent: string) => {
    calls++;
    return `${indent};${blank(whole.slice(indent.length + 1))}`;
  });
  if (calls < LEAST_LOG_CALLS) throw new Error(`PeerJS has changed: it logs at ${calls} places only`);
  return result;
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}
