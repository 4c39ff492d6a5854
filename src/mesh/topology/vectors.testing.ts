/** The golden bytes of gossip and health that docs/protocol.md shows, as the code makes them. */
import { encodeFrame, FrameType, parseNodeId } from '../../wire/index.ts';
import { encodeAck, encodeSyn } from '../health/datagram.ts';
import { encodeRecords, encodeStamps, sealRecord } from './record-codec.ts';

export function gossipVectors(): [string, Uint8Array][] {
  const a = parseNodeId('11111111-1111-4111-8111-111111111111');
  const b = parseNodeId('22222222-2222-4222-8222-222222222222');
  const record = sealRecord({
    id: a,
    epoch: 0,
    version: 3,
    hasLeft: false,
    info: { deviceName: 'Ada', cores: 8, workers: 7, platform: 'page' },
    neighbours: new Map([[b, 1.5]]),
  });
  const [body = new Uint8Array()] = encodeRecords([record]);
  const syn = encodeSyn(Uint8Array.from({ length: 16 }, (_, i) => i));
  return [
    ['record', record.encoded],
    ['new-edge', encodeFrame({ type: FrameType.new_edge, source: a, index: 12 }, body)],
    ['stamps', encodeStamps([record])],
    ['syn', syn],
    ['ack', encodeAck(syn)],
  ];
}
