/**
 * Many clients of the signaling server in one process, each on the code that a tab runs (ServerLine) over a WebSocket. What they
 * have of each other and of their server is told to the parent process whenever it changed.
 */
import { sign } from 'node:crypto';
import { WebSocket } from 'ws';
import { testIdentity } from '../../signaling/client.testing.ts';
import { fromHex, systemRandom, systemTimers, toHex } from '../../src/runtime/index.ts';
import { ServerLine } from '../../src/transport/peerjs/server-line.ts';
import { serverProofInput } from '../../src/wire/index.ts';

export interface CrowdOptions {
  readonly ports: readonly number[];
  readonly sockets: number;
  readonly networkSize: number;
  /** Networks of different crowds are others. */
  readonly seed: number;
  /** Loopback address to come from. */
  readonly localAddress: string;
}

export interface CrowdReport {
  readonly online: number;
  /** Milliseconds since 1970, when it became so. */
  readonly atMs: number;
}

/** Opened at once; more would be a test of the accept queue. */
const OPEN_AT_ONCE = 64;
const REPORT_EVERY_MS = 20;

export function runCrowd(options: CrowdOptions, report: (report: CrowdReport) => void): void {
  let online = 0;
  let isReportPlanned = false;
  const changed = (by: number): void => {
    online += by;
    if (isReportPlanned) return;
    isReportPlanned = true;
    setTimeout(() => {
      isReportPlanned = false;
      report({ online, atMs: Date.now() });
    }, REPORT_EVERY_MS);
  };
  let opened = 0;
  const openNext = (): void => {
    if (opened >= options.sockets) return;
    const index = opened++;
    const line = lineOf(index, options);
    let isFirst = true;
    line.events.on('online', () => {
      changed(1);
      if (isFirst) openNext();
      isFirst = false;
    });
    let wasOnline = false;
    line.events.on('online', () => {
      wasOnline = true;
    });
    line.events.on('offline', () => {
      if (wasOnline) changed(-1);
      wasOnline = false;
    });
    line.start();
  };
  for (let i = 0; i < OPEN_AT_ONCE; i++) openNext();
}

function lineOf(index: number, { ports, networkSize, seed, localAddress }: CrowdOptions): ServerLine {
  const port = ports[index % ports.length] ?? 0;
  const { id, publicKey, privateKey } = testIdentity();
  const number = seed * 1_000_000 + Math.floor(index / networkSize);
  let socket: WebSocket | undefined;
  const line = new ServerLine({
    self: id,
    prover: {
      publicKey,
      prove: (nonce, network) => sign(null, serverProofInput({ id, nonce, network }), privateKey),
    },
    network: number.toString(16).padStart(64, '0'),
    timers: systemTimers,
    random: systemRandom,
    socket: {
      start() {
        const own = new WebSocket(`ws://127.0.0.1:${port}/peerjs/peerjs?key=peerjs&id=${id}&token=none`, {
          localAddress,
          perMessageDeflate: false,
          handshakeTimeout: 20_000,
        });
        socket = own;
        own.on('message', (data) => {
          if (socket === own) line.receive(JSON.parse(data.toString()));
        });
        own.on('error', () => undefined);
        own.on('close', () => {
          if (socket === own) line.disconnected();
        });
      },
      stop() {
        const own = socket;
        socket = undefined;
        own?.terminate();
      },
      send: (message) => socket?.send(JSON.stringify(message)),
    },
  });
  return line;
}

/** One that misbehaves as badly as it can: junk, full-sized signals, pings, as fast as the socket takes them, for ever. */
export function runAttacker(port: number): void {
  const { id, publicKey, privateKey } = testIdentity();
  const network = 'f'.repeat(64);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/peerjs/peerjs?key=peerjs&id=${id}&token=none`, {
    perMessageDeflate: false,
  });
  socket.on('error', () => undefined);
  socket.on('close', () => setTimeout(() => runAttacker(port), 5));
  const nobody = '00000000-0000-4000-8000-000000000000';
  const filler = 'x'.repeat(15_000);
  const signal = JSON.stringify({ type: 'ANSWER', dst: nobody, payload: { connectionId: 'a', sdp: filler } });
  const small = JSON.stringify({ type: 'OFFER', dst: nobody, payload: {} });
  const heavy = JSON.stringify({ type: 'OFFER', dst: nobody, payload: { a: new Array(7_000).fill([]) } });
  socket.on('message', (data) => {
    const message = JSON.parse(data.toString()) as { type: string; payload: { nonce: string } };
    if (message.type !== 'CHALLENGE') return;
    const nonce = fromHex(message.payload.nonce);
    const proof = toBase64(sign(null, serverProofInput({ id, nonce, network }), privateKey));
    socket.send(
      JSON.stringify({
        type: 'REGISTER',
        payload: { network, publicKey: toBase64(publicKey), signature: proof },
      }),
    );
    // What is within the limits is acted on, the rest costs its reading.
    for (let i = 0; i < 66; i++) socket.send(signal);
    for (let i = 0; i < 900; i++) socket.send(small);
    const more = setInterval(() => {
      if (socket.readyState !== socket.OPEN) clearInterval(more);
      else if (socket.bufferedAmount < 1e6) {
        for (let i = 0; i < 20; i++) socket.send(i % 4 === 0 ? heavy : small);
        socket.ping(toHex(nonce));
      }
    }, 1);
  });
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
