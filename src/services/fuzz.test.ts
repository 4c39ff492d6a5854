/** Whatever bytes a member brings to Blobs, to Brokers and into rooms. */
import { seededRandom } from '../runtime/index.ts';
import { itWithstands } from '../wire/fuzzed.testing.ts';
import { newNodeId } from '../wire/index.ts';
import type { BlobHash } from './blobs/contract.ts';
import {
  decodeHolding,
  decodeOffer,
  decodePiece,
  decodePieceRequest,
  decodeQuestion,
  decodeTableRequest,
  encodeHolding,
  encodeOffer,
  encodePiece,
  encodePieceRequest,
  encodeQuestion,
  encodeTableRequest,
} from './blobs/messages.ts';
import { decodeTable, encodeTable } from './blobs/table.ts';
import type { Pattern, Subject } from './pubsub/contract.ts';
import { type BrokerMessage, decodeMessage, encodeMessage } from './pubsub/interest-messages.ts';
import { decodePublications, encodePublication } from './pubsub/publication-codec.ts';
import { decodePlain, encodePlain } from './rooms/canonical.ts';
import type { UpdateHash } from './rooms/contract.ts';
import { decodeLatest, encodeLatest } from './rooms/latest-messages.ts';
import {
  decodeAnswer,
  decodeHeads,
  decodeKnown,
  decodePieceName,
  decodeRole,
  encodeAnswer,
  encodeHeads,
  encodeKnown,
  encodePieceName,
  encodeRole,
} from './rooms/messages.ts';
import { decodeSnapshot, encodeSnapshot } from './rooms/snapshot.ts';

const random = seededRandom(1);
const [from, self] = [newNodeId(random), newNodeId(random)];
const hash = 'ab'.repeat(32) as BlobHash;
const head = 'cd'.repeat(32) as UpdateHash;
const edition = { epoch: 1_790_000_000_000, version: 4 };
const brokers: readonly BrokerMessage[] = [
  {
    ...{ type: 'delta', edition, order: 5, wantsSeen: true },
    changes: [{ pattern: 'jobs.*.>' as Pattern, queue: 'crew', count: 2 }],
  },
  { type: 'hello', edition, wantsTable: true },
  { type: 'result', result: { seq: 1, subscriptions: 2, dropped: 3, missing: ['crew'] } },
  { type: 'gap', after: 7 },
];
const publication = {
  ...{ subject: 'jobs.a' as Subject, reply: '_INBOX.1' as Subject, from },
  ...{ headers: new TextEncoder().encode('NATS/1.0\r\nA: b\r\n\r\n'), payload: new Uint8Array(20) },
};
const picks = new Map([[self, ['crew', 'other']]]);
const good = [
  ...brokers.map(encodeMessage),
  encodePublication(
    { publication, seq: 9, isForGroupsOnly: false, picks },
    { way: 'broadcast', number: 3, after: new Map([[self, 2]]) },
  ),
  encodePlain({ a: [1, -1, 0.5, 'text', null, true], b: { c: new Uint8Array(9) } }),
  encodeHeads({
    heads: [head, head],
    count: 12,
    isQuestion: true,
    stateHash: hash as never,
    checkpoint: hash as never,
  }),
  encodeKnown({ checkpoint: hash as never, hashes: [head, head, head] }),
  encodeAnswer({ items: [new Uint8Array(40), new Uint8Array(3)], left: 5, isSnapshot: false }),
  encodePieceName({ checkpoint: hash as never, index: 3 }),
  encodeRole({ key: new Uint8Array(32), certificate: new Uint8Array(64) }),
  encodeSnapshot({ state: ['a'], closed: new Map([['ab'.repeat(12) as never, 3]]), members: new Map() }),
  encodeLatest({
    ...{
      session: 7,
      credentials: { key: new Uint8Array(32), certificate: new Uint8Array(64) },
      words: ['hi'],
    },
    entries: [{ channel: 'cursors', key: 'mouse', number: 3, value: { x: 1 } }],
  }),
  encodeQuestion(hash, true),
  encodeTableRequest(hash),
  encodePieceRequest({ hash, menu: [3, 1, 4], mayBePacked: true }),
  encodePiece({ piece: 3, bytes: new Uint8Array(20) }),
  encodeHolding({ totalBytes: 3_000_000, bits: Uint8Array.of(5, 7), peers: [from, self] }),
  encodeTable({ totalBytes: 300_000, hashes: new Uint8Array(64) }),
  encodeOffer(hash, 12_345),
];

itWithstands(
  {
    'pubsub decodeMessage': (bytes) => brokers.map(({ type }) => decodeMessage(type, bytes)),
    decodePublications: (bytes) => decodePublications(bytes, from, self),
    decodePlain,
    decodeHeads,
    decodeKnown,
    decodeAnswer,
    decodePieceName,
    decodeRole,
    decodeSnapshot: (bytes) => decodeSnapshot(bytes, 1_000_000),
    decodeLatest,
    decodeQuestion,
    decodeTableRequest,
    decodePieceRequest,
    decodePiece,
    decodeHolding,
    decodeTable,
    decodeOffer,
  },
  good,
  13,
);
