/** The golden bytes of health that docs/protocol.md shows, as the code makes them. */
import { encodeControl, encodeFrame, FrameType, parseNodeId } from '../../wire/index.ts';
import { encodeAck, encodeSyn } from './datagram.ts';
import { encodeStatement } from './statement.ts';
import { encodeAnswer } from './table-exchange.ts';

export function healthVectors(): [string, Uint8Array][] {
  const a = parseNodeId('11111111-1111-4111-8111-111111111111');
  const b = parseNodeId('22222222-2222-4222-8222-222222222222');
  const c = parseNodeId('33333333-3333-4333-8333-333333333333');
  const counting = (length: number) => Uint8Array.from({ length }, (_, i) => i);
  const syn = encodeSyn(counting(16));
  const suspicion = {
    kind: 'silent',
    hopsLeft: 1,
    silenceMs: 1800,
    subject: b,
    incarnation: 7,
    witnesses: [c],
  } as const;
  return [
    ['syn', syn],
    ['ack', encodeAck(syn)],
    ['busy-ack', encodeAck(syn, true)],
    ['ping', encodeFrame({ type: FrameType.ping, source: a, target: b }, counting(8))],
    ['suspect', encodeStatement(suspicion)],
    ['peers-question', encodeControl({ question: 7 })],
    ['peers-answer', encodeAnswer(7, [{ id: c, heardFrom: c, lastProofMs: 1500, rttMs: 12.5, loss: 0.25 }])],
  ];
}
