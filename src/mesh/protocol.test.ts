/** docs/protocol.md shows golden bytes; here the code makes the same ones. A change of either is a change of the protocol. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../runtime/index.ts';
import {
  ACKNOWLEDGEMENT_INDEX,
  encodeControl,
  encodeFrame,
  FrameFlag,
  FrameType,
  frameBody,
  frameTypeName,
  parseFrameHeader,
  parseNodeId,
} from '../wire/index.ts';
import type { StreamId } from './contract.ts';
import { encodeBundle } from './link/bundle.ts';
import { Handshake, refuseFrame } from './link/handshake.ts';
import { Link } from './link/index.ts';
import { networkNameHash, proofOf } from './link/proof.ts';
import { gossipVectors } from './topology/vectors.testing.ts';
import { writeAcknowledgement } from './window/acknowledgement.ts';
import { encodeMessage, prepareMessage, WindowSender } from './window/index.ts';

const document = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');
const golden = new Map(
  [...document.matchAll(/```hex (\S+)\n([^`]*)```/g)].map(([, name, hex]) => [
    name,
    (hex ?? '').replace(/\s/g, ''),
  ]),
);

const a = parseNodeId('11111111-1111-4111-8111-111111111111');
const b = parseNodeId('22222222-2222-4222-8222-222222222222');
const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const empty = new Uint8Array();

function acknowledgement(): Uint8Array {
  const body = new Uint8Array(6);
  writeAcknowledgement(body, 0, { lastInOrder: 10_000, held: 0b101, isPaused: true, isReset: false });
  return encodeFrame(
    { type: FrameType.msg, source: b, target: a, index: ACKNOWLEDGEMENT_INDEX, stream: 2, epoch: 7 },
    body,
  );
}

/** Packets of 256 bytes with a small message and the beginning and end of one that does not fit. */
function packets(): Uint8Array[] {
  const stream = 2 as StreamId;
  const sender = new WindowSender<string>({
    source: a,
    target: b,
    stream,
    nextEpoch: () => 7,
    packetBytes: 256,
  });
  sender.enqueue(prepareMessage({ kind: 'message', name: 'chat', body: text('hi') }), 'small');
  sender.enqueue(
    prepareMessage({ kind: 'message', name: 'big', body: new Uint8Array(300).fill(0xbb) }),
    'big',
  );
  return sender.pump(0).flatMap((effect) => (effect.type === 'send' ? [effect.frame] : []));
}

const linkOptions = {
  self: a,
  peer: b,
  isInitiator: true,
  fingerprints: { local: filled(0x0a), remote: filled(0x0b) },
  networkName: 'quiet-otter',
  networkKey: filled(0x4b),
  nonce: filled(0x0c),
};

function proof(role: 'initiator' | 'responder'): Uint8Array {
  const initiator = { id: a, nonce: filled(0x0c), fingerprint: filled(0x0a) };
  const responder = { id: b, nonce: filled(0x0d), fingerprint: filled(0x0b) };
  return proofOf(role, filled(0x4b), networkNameHash('quiet-otter'), initiator, responder);
}

function goodbye(): Uint8Array {
  const link = new Link(linkOptions);
  link.start(0);
  const [effect] = link.leave('bye', 0);
  return effect?.type === 'send' ? effect.bytes : empty;
}

const ping = encodeFrame({ type: FrameType.ping, source: a, hopLimit: 1 }, empty);
const [firstPacket = empty, secondPacket = empty] = packets();
const made = new Map<string, Uint8Array>([
  [
    'frame-msg',
    encodeFrame(
      { type: FrameType.msg, source: a, target: b, index: 9999, stream: 2, epoch: 7 },
      Uint8Array.of(0),
    ),
  ],
  [
    'frame-msg-broadcast',
    encodeFrame({ type: FrameType.msg_broadcast, source: a, hopLimit: 3, index: 5 }, text('x')),
  ],
  ['acknowledgement', acknowledgement()],
  ['control-body', encodeControl({ list: [1, -1, 0.5, true, null], text: 'é', bytes: Uint8Array.of(1, 2) })],
  ['message', encodeMessage({ kind: 'message', name: 'chat', body: text('hi') })],
  ['request', encodeMessage({ kind: 'request', name: 'sum', requestId: 258, body: Uint8Array.of(1, 2) })],
  ['response', encodeMessage({ kind: 'response', requestId: 258, body: Uint8Array.of(3) })],
  ['error', encodeMessage({ kind: 'error', requestId: 258, reason: 'no' })],
  ['packet-first', firstPacket],
  ['packet-second', secondPacket],
  ['bundle', encodeBundle([ping, ping], 1 + 2 * (2 + ping.length))],
  ['network-name-hash', networkNameHash('quiet-otter')],
  ['hello', new Handshake(linkOptions).hello()],
  ['proof-initiator', proof('initiator')],
  ['proof-responder', proof('responder')],
  [
    'auth',
    encodeFrame(
      { type: FrameType.auth, source: a, hopLimit: 1 },
      encodeControl({ proof: proof('initiator') }),
    ),
  ],
  ['refuse', refuseFrame(a, 'wrong-key')],
  ['goodbye', goodbye()],
  ...gossipVectors(),
]);

describe('the protocol document', () => {
  it.each([...made])('shows the bytes of %s as the code makes them', (name, bytes) => {
    expect(toHex(bytes)).toBe(golden.get(name));
  });

  it('shows no bytes of the link, window and wire that are not checked here', () => {
    expect([...golden.keys()].sort()).toEqual([...made.keys()].sort());
  });

  it('lists every message type with its number', () => {
    for (const [name, type] of Object.entries(FrameType)) {
      expect(document).toContain(`| ${type} | \`${name}\` |`);
      expect(frameTypeName(type)).toBe(name);
    }
  });

  it('holds frames that parse', () => {
    expect(parseFrameHeader(fromHex(golden.get('packet-first') ?? ''))).toMatchObject({
      flags: FrameFlag.opening,
      epoch: 7,
    });
    expect(frameBody(fromHex(golden.get('frame-msg') ?? ''))).toEqual(Uint8Array.of(0));
  });

  it('describes an auth frame that the code sends when it hears the other side’s hello', () => {
    const other = new Handshake({
      ...linkOptions,
      self: b,
      peer: a,
      isInitiator: false,
      nonce: filled(0x0d),
    });
    const step = new Handshake(linkOptions).onBytes(other.hello());
    expect(step.type === 'reply' && toHex(step.frame)).toBe(golden.get('auth'));
  });
});
