/** Whatever bytes a neighbour sends: no parser of the mesh throws, or keeps anything. */
import { describe } from 'vitest';
import { itWithstands } from '../wire/fuzzed.testing.ts';
import { FRAME_HEADER_BYTES, frameBody, parseFrameHeader, parseSignal } from '../wire/index.ts';
import { parseStatement } from './health/statement.ts';
import { parseEntries, parsePeers } from './health/table-exchange.ts';
import { healthVectors } from './health/vectors.testing.ts';
import { readBundle } from './link/bundle.ts';
import { readRefusal } from './link/handshake.ts';
import { linkVectors } from './link/vectors.testing.ts';
import { readAttributes } from './membership/attributes.ts';
import { parseGrafts, parseHaves, parsePrunes } from './multicast/announcements.ts';
import { readBroadcastHead } from './multicast/broadcast-frame.ts';
import { readBroadcastChunk } from './multicast/chunks.ts';
import { multicastVectors } from './multicast/vectors.testing.ts';
import { signalingVectors } from './signaling/vectors.testing.ts';
import { streamVectors } from './streams/vectors.testing.ts';
import { isRecordShaped, parseRecord } from './topology/record-codec.ts';
import { splitRecords } from './topology/record-list.ts';
import { parseRequest } from './topology/request-codec.ts';
import { gossipVectors } from './topology/vectors.testing.ts';
import { readAcknowledgement } from './window/acknowledgement.ts';
import { decodeMessage } from './window/message.ts';
import { readChunk } from './window/packet.ts';

/** Everything that docs/protocol.md shows, whole and without a frame's head. */
const GOOD = [
  ...[linkVectors, healthVectors, multicastVectors, signalingVectors, streamVectors, gossipVectors],
].flatMap((vectors) => vectors().map(([, bytes]) => bytes));
const BODIES = [
  ...GOOD,
  ...GOOD.filter(({ length }) => length > FRAME_HEADER_BYTES).map((frame) => frameBody(frame)),
];
const ID = '11111111-1111-4111-8111-111111111111' as never;

const parsers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  parseFrameHeader,
  parseSignal,
  parsePeers,
  parseEntries,
  parseStatement,
  readBundle: (bytes) => readBundle(bytes, () => undefined),
  readRefusal,
  readAttributes,
  parseHaves,
  parseGrafts,
  parsePrunes,
  readBroadcastHead: (bytes) => {
    const header = parseFrameHeader(bytes);
    return typeof header === 'string' ? header : readBroadcastHead(header, bytes);
  },
  readBroadcastChunk: (bytes) => readBroadcastChunk(bytes, 0),
  parseRecord: (bytes) => isRecordShaped(bytes) && parseRecord(bytes, ID),
  splitRecords,
  parseRequest,
  readAcknowledgement: (bytes) => readAcknowledgement(bytes, 70_000),
  decodeMessage,
  readChunk: (bytes) => readChunk(bytes, 0),
};

describe('of bent and random bytes', () => {
  itWithstands(parsers, BODIES, 7);
});
