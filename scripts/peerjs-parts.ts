/**
 * Of PeerJS what this project calls: nearly half of it serves calls with sound and picture, serializations and events of its own, a server that gives
 * ids out, browsers of ten years ago, and a log that is never turned on. Bundlers cannot shake these off, because each could be asked for
 * by a message of a peer or by an option; server-messages.ts lets no such message through, and peer-client.ts passes no such option.
 *
 * What is left out is replaced by blanks, and the name of a text by the text, so that line and column of the rest stay what PeerJS's own
 * source map says. A PeerJS that looks different from the one this was written for fails the build.
 */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { EventEmitter } from '../src/transport/peerjs/no-eventemitter3.ts';

/** Classes that nobody makes an object of, or of whose object nobody asks anything, by a line that only they have. */
const UNUSED_CLASSES = {
  MediaConnection: 'addStream(remoteStream) {',
  API: 'async retrieveId() {',
  BinaryPack: '_sendChunks(blob) {',
  Json: 'this.stringify = JSON.stringify',
  BinaryPackChunker: 'this.chunkedMTU = ',
  Util: 'blobToArrayBuffer(blob, cb) {',
  StreamConnection: 'this.once("open", ()=>{',
  Logger: 'this._print(3, ...args)',
};

/** Pieces of classes that are used: from the first text up to the second, which stays. */
const UNUSED_PIECES: Readonly<Record<string, readonly (readonly [from: string, upTo: string])[]>> = {
  'which browser this is, for `util`, and its test connection to a public STUN server': [
    ['    isWebRTCSupported() {', '}();'],
  ],
  'events, for which no-eventemitter3.ts is put in': [
    ['var $c4dcfd1d1ea86647$exports = {};', 'var $78455e22dea96b8c$exports = {};'],
    ['var $78455e22dea96b8c$exports = {};', 'var $78455e22dea96b8c$export$3157'],
  ],
  'sound and picture': [
    [
      'if (this.connection.type === (0, $78455e22dea96b8c$export$3157d57b4135e3bc).Media',
      '// What do we need',
    ],
    ['peerConnection.ontrack = (evt)=>{', '}\n    cleanup() {'],
    ['_addTracksToConnection(stream, peerConnection) {', '}\n\n\n\n\n\nclass '],
    [
      'if (payload.type === (0, $78455e22dea96b8c$export$3157d57b4135e3bc).Media) {',
      'if (payload.type === (0, $78455e22dea96b8c$export$3157d57b4135e3bc).Data) {',
    ],
    ['call(peer, stream, options = {}) {', '/** Add a data/media connection'],
  ],
  'descriptions that the application changes': [
    [
      'if (this.connection.options.sdpTransform && typeof this.connection.options.sdpTransform === "function") offer',
      'try {',
    ],
    [
      'if (this.connection.options.sdpTransform && typeof this.connection.options.sdpTransform === "function") answer',
      'try {',
    ],
  ],
  'sending and receiving, which channel.ts does on the data channel itself': [
    ['send(data, chunked = false) {', 'async handleMessage(message) {'],
    ['get bufferSize() {', '_initializeDataChannel(dc) {\n        super.'],
    ['this.dataChannel.addEventListener("message", (e)=>this._handleDataMessage(e));', '}'],
    ['_bufferedSend(msg) {', '// Returns true if the send succeeds.'],
    ['_trySend(msg) {', '// Try to send the first message'],
    [
      '_tryBuffer() {\n        if (!this.open) return;',
      'constructor(...args){\n        super(...args), this._buffer = []',
    ],
    [
      '_handleDataMessage({ data: data }) {',
      'constructor(...args){\n        super(...args), this.serialization = (0, $78455e22dea96b8c$export$89f507cf986a947).None',
    ],
    ['if (options?.flush) {', 'if (this._negotiator) {'],
  ],
  'options that peer-client.ts gives or leaves out, and their checks': [
    ['json: (0, $817f931e3f9096cf$export$48880ac635f47186),', '}, this._id = null'],
    ['host: (0, $4f4134156c446392$export$7debb50ef11d5e0b).CLOUD_HOST,', 'path: "/",'],
    [
      'token: (0, $4f4134156c446392$export$7debb50ef11d5e0b).randomToken(),',
      '...options\n        };\n        this._options',
    ],
    ['// Detect relative URL host.', '// Set path correctly.'],
    ['// Set whether we use SSL', 'this._socket = this._createServerConnection();'],
    ['// Sanity checks', 'if (userId) this._initialize(userId);'],
    ['else this._api.retrieveId()', '}\n    _createServerConnection() {'],
  ],
  'what peer-client.ts hears and decides in its place, or never asks for': [
    ['socket.on((0, $78455e22dea96b8c$export$3b5c4a4b6354f023).Error', 'return socket;'],
    [
      'case (0, $78455e22dea96b8c$export$adb4a1754da6f10d).Error:',
      'case (0, $78455e22dea96b8c$export$adb4a1754da6f10d).Offer:\n                {',
    ],
    ['get connections() {', '/**\n\t * true if'],
    ['_delayedAbort(type, message) {', '/**\n\t * Destroys the Peer'],
    ['reconnect() {\n        if (this.disconnected && !this.destroyed)', '}\n\n\n\n\n\n\nclass '],
  ],
  'signals and messages that come too early, which peer-client.ts lets nobody send': [
    ['const messages = this._getMessages(connectionId);\n                    for', 'break;'],
    ['else if (connectionId) // Store for', 'break;'],
    ['_storeMessage(connectionId, message) {', '/**\n\t * Connects to'],
    ['this._lostMessages.delete(connection.connectionId);', '}\n    /** Retrieve a data/media'],
    [', this._lostMessages = new Map()', ';\n        let userId;'],
    [', this._messagesQueue = [];', '\n        const wsProtocol'],
    ['this._sendQueuedMessages();', '};\n    }\n    _scheduleHeartbeat() {'],
    ['_sendQueuedMessages() {\n        //Create', '/** Exposed send'],
    ["// If we didn't get an ID yet, we can't", 'if (!data.type) {'],
  ],
  'the heartbeat, which the server has': [
    ['_scheduleHeartbeat() {\n        this._wsPingTimer', '/** Is the websocket'],
    ['clearTimeout(this._wsPingTimer);', '}\n}'],
  ],
};
const CLASS = /^(class [$\w]+)([^{\n]*)\{\n([\s\S]*?)^\}$/gm;
/** Texts with names of their own: each name stands for one text. */
const NAMED_TEXTS = /^var ([$\w]+) = \/\*#__PURE__\*\/ function\(\w+\) \{\n([\s\S]*?)\n\}\(\{\}\);$/gm;
const NAMED_TEXT = /\["(\w+)"\] = ("[\w-]+");/g;
const NAME = /\(0, ([$\w]+)\)\.(\w+)/g;
const LEAST_NAMES = 20;
/** As it begins, in a class or on a prototype. */
const METHOD = /^(?: {4}|.*\*\/ )(?:static )?(?:async )?(\w+)\(.*\)? ?\{$|\.prototype\.(\w+) = /gm;
const COMMENT = /^ *\/\/.*$/gm;
/** A statement of its own, on a line of its own. */
const LOG_CALL = /^( *)\(0, [$\w]+\)\.(?:log|warn|error)\(.*\);$/gm;
const LEAST_LOG_CALLS = 50;

const standIn = (name: string): string =>
  fileURLToPath(new URL(`../src/transport/peerjs/${name}.ts`, import.meta.url));

/** Where it does not move what the source map tells of. */
const EVENTS = `import * as $c4dcfd1d1ea86647$exports from ${JSON.stringify(standIn('no-eventemitter3'))};`;

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
      handler: (code) => ({ code: `${usedParts(code)}\n${EVENTS}`, map: null }),
    },
  };
}

/** @param code PeerJS's `dist/bundler.mjs` */
export function usedParts(code: string): string {
  const used = withoutNames(withoutPieces(withoutLog(withoutClasses(code))));
  checkCalls(code, used);
  return used;
}

/** What is left calls nothing that was left out, but what the stand-in for the events has. */
function checkCalls(whole: string, used: string): void {
  const left = methodsOf(used);
  const code = used.replace(COMMENT, '');
  for (const name of methodsOf(whole)) {
    if (!left.has(name) && !(name in EventEmitter.prototype) && code.includes(`.${name}(`))
      throw new Error(`PeerJS has changed: who calls ${name}?`);
  }
}

function methodsOf(code: string): ReadonlySet<string> {
  return new Set([...code.matchAll(METHOD)].map(([, ofClass, ofPrototype]) => ofClass ?? ofPrototype ?? ''));
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

function withoutPieces(code: string): string {
  let result = code;
  for (const [what, pieces] of Object.entries(UNUSED_PIECES)) {
    for (const [from, upTo] of pieces) {
      const start = result.indexOf(from);
      const end = result.indexOf(upTo, start + from.length);
      if (start < 0 || end < 0 || result.includes(from, start + 1)) {
        throw new Error(`PeerJS has changed: where is "${from}" (${what})?`);
      }
      result = result.slice(0, start) + blank(result.slice(start, end)) + result.slice(end);
    }
  }
  return result;
}

/** In place of the names of texts the texts themselves, which are shorter. */
function withoutNames(code: string): string {
  const texts = new Map<string, string>();
  for (const [, object, body = ''] of code.matchAll(NAMED_TEXTS)) {
    for (const [, name, text = ''] of body.matchAll(NAMED_TEXT)) texts.set(`${object}.${name}`, text);
  }
  let names = 0;
  const result = code.replace(NAME, (whole, object: string, name: string) => {
    const text = texts.get(`${object}.${name}`);
    if (text === undefined) return whole;
    names++;
    return text.padEnd(whole.length);
  });
  if (names < LEAST_NAMES) throw new Error(`PeerJS has changed: it names ${names} texts only`);
  return result;
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}
