/** The golden bytes of records and gossip that docs/protocol.md shows, as the code makes them. */
import { encodeFrame, FrameType, parseNodeId } from '../../wire/index.ts';
import { beginLife, identityFrom, type OwnLife } from '../identity/identity.ts';
import { networkNameHash } from '../identity/network-name.ts';
import { realCryptography } from '../identity/real-cryptography.ts';
import { bucketOf } from './digest.ts';
import { sealRecord } from './record-codec.ts';
import { encodeRecords } from './record-list.ts';
import {
  encodeBuckets,
  encodeDigest,
  encodeFetch,
  encodeOffers,
  encodeStamps,
  encodeWant,
} from './request-codec.ts';

const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);

/** A farewell of the Alice of the handshake's vectors, on the real curves. */
function signedRecord(): Uint8Array {
  const identity = identityFrom(filled(32, 0xa1), realCryptography);
  const own = beginLife(identity, 1_700_000_000_000, filled(32, 0xa2), realCryptography);
  const fields = { version: 7, hasLeft: true, attributes: Uint8Array.of(0x80), neighbours: new Map() };
  return sealRecord(own, fields, networkNameHash('quiet-otter', realCryptography), realCryptography).bytes;
}

/** Keys and signature are written out instead of computed: what is shown is the layout. */
export function gossipVectors(): [string, Uint8Array][] {
  const a = parseNodeId('11111111-1111-4111-8111-111111111111');
  const b = parseNodeId('22222222-2222-4222-8222-222222222222');
  const publicKey = filled(32, 0xaa);
  const own: OwnLife = {
    id: a,
    publicKey,
    life: 0x0193_0000_0001,
    agreementKey: filled(32, 0xbb),
    agreementSecret: filled(32, 0),
    identity: { id: a, publicKey, secretKey: filled(32, 0) },
  };
  const signature = { sign: () => filled(64, 0xcc) };
  const fields = {
    version: 3,
    hasLeft: false,
    attributes: Uint8Array.of(0x80),
    neighbours: new Map([[b, 4]]),
  };
  const record = sealRecord(own, fields, filled(32, 0), signature);
  const [body = new Uint8Array()] = encodeRecords([record], 4096);
  const request = { type: FrameType.network_state_request, source: a, hopLimit: 1 };
  const mask = Array.from({ length: 64 }, (_, bucket) => bucket === bucketOf(record.ownerKey));
  return [
    ['record', record.bytes],
    ['record-signed', signedRecord()],
    ['new-edge', encodeFrame({ type: FrameType.new_edge, source: a, hopLimit: 1 }, body)],
    ['digest', encodeFrame(request, encodeDigest('digest', 8, { low: 0x01020304, high: 0x05060708 }))],
    ['welcome', encodeDigest('welcome', 1, { low: 0, high: 0 })],
    ['buckets', encodeBuckets(Uint32Array.from({ length: 64 }, (_, i) => (i === 17 ? 0x0a0b0c0d : 0)))],
    ['stamps', encodeStamps(mask, [record])],
    ['want', encodeWant([b])],
    [
      'offer',
      encodeOffers([{ owner: record.ownerKey, life: record.life % 0x1_0000, version: record.version }]),
    ],
    ['fetch', encodeFetch([record.ownerKey])],
  ];
}
