/** The golden bytes of broadcasts that docs/protocol.md shows, as the code makes them. The signature is not a real one. */
import { encodeFrame, FrameType, parseNodeId } from '../../wire/index.ts';
import type { OwnLife } from '../identity/identity.ts';
import type { Token } from '../vocabulary.ts';
import { prepareMessage } from '../window/message.ts';
import { ANY, encodeGrafts, encodeHaves, encodePrunes } from './announcements.ts';
import { sealBroadcast } from './broadcast-frame.ts';
import { encodeTargets } from './chunks.ts';
import { OutgoingBroadcasts } from './outgoing.ts';

const source = parseNodeId('11111111-1111-8111-8111-111111111111');
const target = parseNodeId('22222222-2222-8222-8222-222222222222');
const key = new Uint8Array(32);
const own: OwnLife = {
  id: source,
  publicKey: key,
  life: 0x0102_0304_0506,
  agreementKey: key,
  identity: { id: source, publicKey: key, secretKey: key },
  agreementSecret: key,
};

export function multicastVectors(): [string, Uint8Array][] {
  const queue = new OutgoingBroadcasts();
  const hi = prepareMessage({ kind: 'message', name: 'chat', body: new TextEncoder().encode('hi') });
  queue.push(1 as Token, 2, [], hi, 1000, 0);
  queue.push(2 as Token, 3, [encodeTargets([target])], hi, 1000, 0);
  const frame = queue.pack(0)?.frame ?? new Uint8Array();
  sealBroadcast(frame, own, 10_005, {
    sign: () => new Uint8Array(64).fill(0x51),
    sha256: () => new Uint8Array(32),
  });
  const { id, life } = own;
  const have = encodeHaves([{ source: id, life, low: 9_990, next: 10_006, taken: 10_000 }]);
  const graft = encodeGrafts([{ source: id, life, isWanted: true, from: 10_003, to: ANY, withinMs: 5_000 }]);
  const link = { source: target, hopLimit: 1 };
  return [
    ['broadcast', frame],
    ['ihave', encodeFrame({ type: FrameType.ihave, ...link }, have)],
    ['graft', encodeFrame({ type: FrameType.graft, ...link }, graft)],
    ['prune', encodeFrame({ type: FrameType.prune, ...link }, encodePrunes([{ source: id, life }]))],
  ];
}
