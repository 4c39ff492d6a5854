/** The golden bytes of signaling that docs/protocol.md shows, as the code makes them. */
import { encodeFrame, encodeSignal, FrameType, parseNodeId } from '../../wire/index.ts';

export function signalingVectors(): [string, Uint8Array][] {
  const source = parseNodeId('11111111-1111-4111-8111-111111111111');
  const target = parseNodeId('22222222-2222-4222-8222-222222222222');
  const body = encodeSignal({ kind: 'offer', connection: 'dc_7', text: 'v=0' });
  return [['frame-signal', encodeFrame({ type: FrameType.signal, source, target }, body)]];
}
