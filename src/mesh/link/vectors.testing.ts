/** Test support: the frames, handshake and seals whose bytes docs/protocol.md shows, made by the code, with real curves. */
import { encodeFrame, FrameType, type NodeId, nodeIdToBytes } from '../../wire/index.ts';
import { beginLife, identityFrom, type OwnLife } from '../identity/identity.ts';
import { networkNameHash } from '../identity/network-name.ts';
import { realCryptography } from '../identity/real-cryptography.ts';
import { createSessions } from '../identity/session.ts';
import { encodeBundle } from './bundle.ts';
import { Handshake, type HandshakeOptions, refuseFrame } from './handshake.ts';
import { Link } from './link.ts';
import { type Party, proofInput, signatureInput, transcript } from './proof.ts';

const cryptography = realCryptography;
const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const empty = new Uint8Array();

/** As in the rest of the document. */
const A = '11111111-1111-4111-8111-111111111111' as NodeId;
const B = '22222222-2222-4222-8222-222222222222' as NodeId;

const ALICE = lifeOf(0xa1, 1_700_000_000_000, 0xa2);
const BOB = lifeOf(0xb1, 1_700_000_000_001, 0xb2);
const NAME_HASH = networkNameHash('quiet-otter', cryptography);
const NETWORK_KEY = filled(0x4b);

function lifeOf(seed: number, life: number, agreementSecret: number): OwnLife {
  return beginLife(identityFrom(filled(seed), cryptography), life, filled(agreementSecret), cryptography);
}

/** Name and bytes of every golden vector of the sections on frames, bundles, handshake, sessions and seals. */
export function linkVectors(): [string, Uint8Array][] {
  const aliceParty: Party = { identity: ALICE, nonce: filled(0x0c), fingerprint: filled(0x0a) };
  const bobParty: Party = { identity: BOB, nonce: filled(0x0d), fingerprint: filled(0x0b) };
  const established = transcript(NAME_HASH, aliceParty, bobParty);
  const prune = encodeFrame({ type: FrameType.prune, source: A, hopLimit: 1 }, empty);
  const { hmac, sign } = cryptography;
  return [
    [
      'frame-msg',
      encodeFrame(
        { type: FrameType.msg, source: A, target: B, index: 9999, stream: 2, session: 0x07080910 },
        Uint8Array.of(0),
      ),
    ],
    [
      'frame-msg-broadcast',
      encodeFrame({ type: FrameType.msg_broadcast, source: A, hopLimit: 3, index: 5 }, Uint8Array.of(0x78)),
    ],
    ['bundle', encodeBundle([prune, prune], 1 + 2 * (2 + prune.length))],
    ['alice-public-key', ALICE.publicKey],
    ['alice-id', nodeIdToBytes(ALICE.id)],
    ['alice-agreement-key', ALICE.agreementKey],
    ['bob-public-key', BOB.publicKey],
    ['bob-id', nodeIdToBytes(BOB.id)],
    ['bob-agreement-key', BOB.agreementKey],
    ['network-name-hash', NAME_HASH],
    ['hello', new Handshake(optionsOf(ALICE, BOB, true)).hello()],
    ['transcript', established],
    ['proof-initiator', hmac(NETWORK_KEY, proofInput('initiator', established))],
    ['proof-responder', hmac(NETWORK_KEY, proofInput('responder', established))],
    [
      'signature-initiator',
      sign(ALICE.identity.secretKey, ALICE.publicKey, signatureInput('initiator', established)),
    ],
    [
      'signature-responder',
      sign(BOB.identity.secretKey, BOB.publicKey, signatureInput('responder', established)),
    ],
    ['auth', aliceAuth()],
    ['refuse', refuseFrame(ALICE.id, { reason: 'wrong-key' })],
    ['goodbye', goodbye()],
    ...sealVectors(),
  ];
}

function optionsOf(own: OwnLife, peer: OwnLife, isInitiator: boolean): HandshakeOptions {
  const [local, remote] = isInitiator ? [filled(0x0a), filled(0x0b)] : [filled(0x0b), filled(0x0a)];
  return {
    own,
    peer: peer.id,
    isInitiator,
    fingerprints: { local, remote },
    nameHash: NAME_HASH,
    networkKey: NETWORK_KEY,
    nonce: filled(isInitiator ? 0x0c : 0x0d),
    cryptography,
  };
}

function aliceAuth(): Uint8Array {
  const step = new Handshake(optionsOf(ALICE, BOB, true)).onBytes(
    new Handshake(optionsOf(BOB, ALICE, false)).hello(),
  );
  return step.type === 'reply' ? step.frame : empty;
}

function goodbye(): Uint8Array {
  const link = new Link(optionsOf(ALICE, BOB, true));
  link.start(0);
  const [effect] = link.leave('bye', 0);
  return effect?.type === 'send' ? effect.bytes : empty;
}

function sealVectors(): [string, Uint8Array][] {
  const sessions = createSessions({
    own: ALICE,
    cryptography,
    directory: new Map([[BOB.id, BOB]]),
    mayDerive: () => true,
  });
  const session = sessions.tag(BOB.id) ?? 0;
  const frame = encodeFrame(
    { type: FrameType.msg, source: ALICE.id, target: BOB.id, index: 3, stream: 2, session },
    Uint8Array.of(1, 2, 3),
  );
  return [
    ['shared-secret', cryptography.agree(ALICE.agreementSecret, BOB.agreementKey) ?? empty],
    ['frame-sealed', sessions.seal(BOB.id, frame) ?? empty],
  ];
}
