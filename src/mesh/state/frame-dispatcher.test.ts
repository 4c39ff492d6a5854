import { beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import {
  BULK_STREAM_BIT,
  encodeFrame,
  FrameFlag,
  FrameType,
  type Lane,
  type NodeId,
  newNodeId,
  parseFrameHeader,
} from '../../wire/index.ts';
import type { OpenLink } from '../link/contract.ts';
import type { Route } from '../topology/view.ts';
import type { FrameArrived, LinkId } from '../vocabulary.ts';
import { FrameDispatcher } from './frame-dispatcher.ts';
import { NodePaths } from './node-paths.ts';
import { Tracer } from './tracer.ts';

const random = seededRandom(3);
const [SELF, ADA, BOB, FAR, STRANGER] = Array.from({ length: 5 }, () => newNodeId(random)) as [
  NodeId,
  NodeId,
  NodeId,
  NodeId,
  NodeId,
];

let queued: { to: NodeId; frame: Uint8Array; lane: Lane; isTransit: boolean }[];
let routes: Map<NodeId, Route>;
let banned: Set<NodeId>;
let genuine: boolean;
let dispatcher: FrameDispatcher;

beforeEach(() => {
  queued = [];
  routes = new Map([[FAR, { nextHop: BOB, hops: 2, rttMs: 4 }]]);
  banned = new Set();
  genuine = true;
  const open = new Map([ADA, BOB].map((peer, i) => [peer, { peer, link: i as LinkId } as OpenLink]));
  const router = { route: (id: NodeId) => routes.get(id) };
  dispatcher = new FrameDispatcher({
    self: SELF,
    paths: new NodePaths(open, router as never, () => false),
    sessions: {
      tag: () => 1,
      seal: (_peer, frame) => Uint8Array.of(...frame, 0xee),
      isGenuine: () => genuine,
    },
    tracer: new Tracer(SELF),
    isOpen: (peer) => open.has(peer),
    isBanned: (id) => banned.has(id),
    queue: (to, frame, lane, isTransit) => queued.push({ to, frame, lane, isTransit }),
  });
});

function arrived(via: NodeId, fields: Partial<Parameters<typeof encodeFrame>[0]>): FrameArrived {
  const frame = encodeFrame({ type: FrameType.msg, source: via, ...fields }, new Uint8Array(40));
  const header = parseFrameHeader(frame);
  if (typeof header === 'string') throw new Error(header);
  return { type: 'frame', via, header, frame };
}

describe('a frame that arrives', () => {
  it('goes to the protocol that the table names', () => {
    const to = (fields: Partial<Parameters<typeof encodeFrame>[0]>) =>
      dispatcher.arrived(arrived(ADA, fields)).to;
    expect(to({ type: FrameType.msg, target: SELF })).toBe('unicast');
    expect(to({ type: FrameType.msg_broadcast })).toBe('multicast');
    expect(to({ type: FrameType.ihave })).toBe('multicast');
    expect(to({ type: FrameType.new_edge })).toBe('topology');
    expect(to({ type: FrameType.network_state_request })).toBe('topology');
    expect(to({ type: FrameType.ping, target: SELF })).toBe('health');
    expect(to({ type: FrameType.suspect })).toBe('health');
    expect(to({ type: FrameType.signal, target: SELF })).toBe('signaling');
    expect(to({ type: FrameType.hello })).toBe('nobody');
  });

  it('for another is passed on, in its lane, with the hop limit lowered, never back and never without end', () => {
    dispatcher.arrived(arrived(ADA, { target: FAR, hopLimit: 5, stream: BULK_STREAM_BIT }));
    dispatcher.arrived(arrived(ADA, { target: BOB, index: -1 }));
    expect(queued.map(({ to, lane, isTransit }) => ({ to, lane, isTransit }))).toEqual([
      { to: BOB, lane: 'bulk', isTransit: true },
      { to: BOB, lane: 'control', isTransit: true },
    ]);
    expect(queued[0]?.frame[2]).toBe(4);
    dispatcher.arrived(arrived(BOB, { target: FAR }));
    dispatcher.arrived(arrived(ADA, { target: FAR, hopLimit: 1 }));
    dispatcher.arrived(arrived(ADA, { target: STRANGER }));
    expect(queued).toHaveLength(2);
    expect([...dispatcher.drops]).toEqual([
      ['path leads back', 1],
      ['hop limit', 1],
      ['no path', 1],
    ]);
  });

  it('of our own, of somebody cut off, or in another’s name without a genuine seal, is dropped', () => {
    expect(dispatcher.arrived(arrived(ADA, { source: SELF, target: SELF })).to).toBe('nobody');
    banned.add(BOB);
    expect(dispatcher.arrived(arrived(ADA, { source: BOB, target: SELF })).to).toBe('nobody');
    banned.clear();
    const ping = { type: FrameType.ping, source: FAR, target: SELF } as const;
    expect(dispatcher.arrived(arrived(ADA, ping)).to).toBe('nobody');
    expect(dispatcher.arrived(arrived(ADA, { ...ping, flags: FrameFlag.sealed })).to).toBe('health');
    genuine = false;
    expect(dispatcher.arrived(arrived(ADA, { ...ping, flags: FrameFlag.sealed })).to).toBe('nobody');
    const signal = { type: FrameType.signal, source: FAR, target: SELF, flags: FrameFlag.sealed } as const;
    expect(dispatcher.arrived(arrived(ADA, signal)).to).toBe('nobody');
    expect(dispatcher.drops.get('forged')).toBe(3);
  });
});

describe('a frame of ours', () => {
  it('goes to a neighbour as it is, and sealed over a relay', () => {
    const body = Uint8Array.of(7);
    dispatcher.route({ type: 'route', target: ADA, frameType: FrameType.ping, body });
    dispatcher.route({ type: 'route', target: FAR, frameType: FrameType.ping, body });
    dispatcher.route({ type: 'route', target: ADA, frameType: FrameType.ping, body, via: BOB });
    expect(queued.map(({ to, frame }) => [to, frame.at(-1)])).toEqual([
      [ADA, 7],
      [BOB, 0xee],
      [BOB, 0xee],
    ]);
    expect(queued.every(({ lane, isTransit }) => lane === 'control' && !isTransit)).toBe(true);
  });

  it('that nobody can take is counted, not thrown', () => {
    dispatcher.route({ type: 'route', target: STRANGER, frameType: FrameType.ping, body: new Uint8Array() });
    dispatcher.tell(STRANGER, FrameType.ihave, new Uint8Array());
    expect(queued).toEqual([]);
    expect(dispatcher.drops.get('no path')).toBe(1);
    expect(dispatcher.drops.get('no Link')).toBe(1);
  });

  it('takes the lane that its bytes say: acknowledgements control, bulk streams bulk', () => {
    const path = { type: 'direct', link: 0 as LinkId } as const;
    const frame = (index: number, stream: number) =>
      encodeFrame({ type: FrameType.msg, source: SELF, target: ADA, index, stream }, new Uint8Array(2));
    for (const each of [frame(-1, BULK_STREAM_BIT), frame(9999, 3), frame(0, BULK_STREAM_BIT | 3)]) {
      dispatcher.transmit(ADA, path, each);
    }
    expect(queued.map(({ lane }) => lane)).toEqual(['control', 'messages', 'bulk']);
  });
});
