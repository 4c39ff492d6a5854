/** The golden bytes of windows that docs/protocol.md shows, as the code makes them. */
import { FRAME_HEADER_BYTES, type NodeId, parseNodeId } from '../../wire/index.ts';
import type { LinkId, StreamId } from '../vocabulary.ts';
import { encodeAcknowledgement } from '../window/acknowledgement.ts';
import { encodeMessage, prepareMessage, refuseStream, WindowSender } from '../window/index.ts';
import { BEYOND_BEGINNING } from '../window/packet.ts';
import { addressAcknowledgement, addressPacket, probeFrame, type WindowAddress } from '../window/slot.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export function streamVectors(): [string, Uint8Array][] {
  const a = parseNodeId('11111111-1111-4111-8111-111111111111');
  const b = parseNodeId('22222222-2222-4222-8222-222222222222');
  const address = (source: NodeId, target: NodeId) => ({ source, target, stream: 2 as StreamId, session: 7 });
  const [first = text(''), second = text('')] = packets(address(a, b));
  const probe = probeFrame(1);
  addressPacket(probe, address(a, b), 9999, BEYOND_BEGINNING);
  const acknowledged = {
    lastInOrder: 10_000,
    held: 0b101,
    credit: 4,
    probe: 1,
    isShed: false,
    isFull: false,
  };
  return [
    ['message', encodeMessage({ kind: 'message', name: 'chat', body: text('hi') })],
    ['request', encodeMessage({ kind: 'request', name: 'sum', requestId: 258, body: Uint8Array.of(1, 2) })],
    ['response', encodeMessage({ kind: 'response', requestId: 258, body: Uint8Array.of(3) })],
    ['error', encodeMessage({ kind: 'error', requestId: 258, reason: 'no' })],
    ['packet-first', first],
    ['packet-second', second],
    ['probe', probe],
    [
      'acknowledgement',
      addressAcknowledgement(
        encodeAcknowledgement({ ...acknowledged, refused: undefined, isLost: false }, FRAME_HEADER_BYTES),
        address(b, a),
      ),
    ],
    [
      'refusal',
      addressAcknowledgement(
        encodeAcknowledgement(
          {
            lastInOrder: -1,
            held: 0,
            credit: 2,
            probe: 0,
            isShed: false,
            refused: 57,
            isLost: true,
            isFull: false,
          },
          FRAME_HEADER_BYTES,
        ),
        address(b, a),
      ),
    ],
    ['refusal-full', refuseStream(address(b, a), 57, Uint8Array.of(0, 0)) ?? text('')],
  ];
}

/** Packets of 256 bytes with a small message and the beginning and end of one that does not fit. */
function packets(address: WindowAddress): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const sender = new WindowSender<string>(
    { ...address, packetBytes: 256 },
    {
      transmit: (frame) => {
        frames.push(frame);
        return true;
      },
      settled: () => undefined,
    },
  );
  for (const [name, body] of [
    ['chat', text('hi')],
    ['big', new Uint8Array(300).fill(0xbb)],
  ] as const) {
    sender.enqueue(prepareMessage({ kind: 'message', name, body }), name, 1000, 0);
  }
  sender.pump(0, { type: 'direct', link: 0 as LinkId });
  return frames;
}
