import { describe, expect, it } from 'vitest';
import { Emitter, seededRandom } from '../../runtime/index.ts';
import {
  encodeFrame,
  type FrameFields,
  type FrameHeader,
  FrameType,
  type NodeId,
  newNodeId,
  parseFrameHeader,
} from '../../wire/index.ts';
import type { MeshEvents, TraceEntry } from '../contract.ts';
import { RouteTable } from '../routing/route-table.ts';
import { sealRecord } from '../topology/record-codec.ts';
import { Topology } from '../topology/topology.ts';
import { Dispatcher, MALFORMED } from './dispatcher.ts';
import type { LinkSet } from './link-set.ts';
import { Tracer } from './tracer.ts';

const random = seededRandom(3);
const [self, left, right, far] = [newNodeId(random), newNodeId(random), newNodeId(random), newNodeId(random)];
const info = { deviceName: 'tab', cores: 4, workers: 3, platform: 'page' } as const;

/** A Node between `left` and `right`; `far` lies behind `right`. */
function middle(answer: string | undefined = undefined) {
  const topology = new Topology(self, info);
  topology.setNeighbours(
    new Map([
      [left, 1],
      [right, 1],
    ]),
  );
  const others: [NodeId, NodeId[]][] = [
    [left, [self]],
    [right, [self, far]],
    [far, [right]],
  ];
  topology.merge(
    others.map(([id, edges]) =>
      sealRecord({
        id,
        epoch: 0,
        version: 1,
        hasLeft: false,
        info,
        neighbours: new Map(edges.map((e) => [e, 1])),
      }),
    ),
  );
  const sent: { to: NodeId; frame: Uint8Array; isBulk: boolean; isRelayed: boolean }[] = [];
  const accused: NodeId[] = [];
  const handed: string[] = [];
  const links = {
    open: new Map([
      [left, {}],
      [right, {}],
    ]),
    send: (to: NodeId, frame: Uint8Array, isBulk: boolean, isRelayed = false) => {
      sent.push({ to, frame, isBulk, isRelayed });
      return true;
    },
    accuse: (peer: NodeId) => accused.push(peer),
  } as unknown as LinkSet;
  const events = new Emitter<MeshEvents>();
  const traced: TraceEntry[] = [];
  events.on('trace', (entry) => traced.push(entry));
  const hand = (what: string) => {
    handed.push(what);
    return answer;
  };
  const dispatcher = new Dispatcher({
    self,
    links,
    routes: new RouteTable(self, topology),
    tracer: new Tracer(self, events, { now: () => 0 }),
    firstIndex: 9999,
    sink: {
      onMessage: () => hand('message'),
      onBroadcast: () => hand('broadcast'),
      onAnnouncement: () => hand('announcement'),
      onProbe: () => hand('probe'),
      onState: () => hand('state'),
    },
  });
  const arrive = (via: NodeId, fields: FrameFields, body = Uint8Array.of(0xff, 0xfe)) => {
    const frame = encodeFrame(fields, body);
    dispatcher.onFrame(via, parseFrameHeader(frame) as FrameHeader, frame);
    return frame;
  };
  return { dispatcher, arrive, sent, accused, handed, traced };
}

describe('a frame for another Node', () => {
  it('is passed on in the same buffer with one hop less, its body untouched', () => {
    const { arrive, sent, handed } = middle();
    const frame = arrive(left, { type: FrameType.msg, source: left, target: far, hopLimit: 9, stream: 2 });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ to: right, isBulk: true, isRelayed: true });
    expect(sent[0]?.frame).toBe(frame);
    expect((parseFrameHeader(frame) as FrameHeader).hopLimit).toBe(8);
    expect(handed).toEqual([]);
  });

  it('goes before bulk when it acknowledges', () => {
    const { arrive, sent } = middle();
    arrive(left, { type: FrameType.msg, source: left, target: far, index: -1, stream: 2 });
    expect(sent[0]?.isBulk).toBe(false);
  });

  it('is dropped and counted when its hops are used up, no path leads on, or the path leads back', () => {
    const { arrive, sent, dispatcher, traced } = middle();
    arrive(left, { type: FrameType.msg, source: left, target: far, hopLimit: 1 });
    arrive(left, { type: FrameType.msg, source: left, target: newNodeId(random) });
    arrive(right, { type: FrameType.msg, source: right, target: far });
    arrive(left, { type: FrameType.msg, source: self, target: far });
    expect(sent).toEqual([]);
    const reasons = ['hop limit', 'no path', 'path leads back', 'our own, come back'];
    expect(dispatcher.drops).toEqual(new Map(reasons.map((reason) => [reason, 1])));
    expect(traced.map(({ note }) => note)).toEqual(reasons);
  });
});

describe('a flooded frame', () => {
  it('is taken and passed on once, to all but where it came from', () => {
    const { arrive, sent, handed } = middle();
    arrive(left, { type: FrameType.msg_broadcast, source: far, index: 7, hopLimit: 4 });
    arrive(right, { type: FrameType.msg_broadcast, source: far, index: 7, hopLimit: 4 });
    expect(handed).toEqual(['broadcast']);
    expect(sent.map(({ to }) => to)).toEqual([right]);
  });

  it('goes no further when its hops are used up or its body is malformed', () => {
    const last = middle();
    last.arrive(left, { type: FrameType.new_edge, source: far, hopLimit: 1 });
    expect([last.handed, last.sent]).toEqual([['announcement'], []]);
    const bad = middle(MALFORMED);
    bad.arrive(left, { type: FrameType.new_edge, source: far });
    expect([bad.sent, bad.accused]).toEqual([[], [left]]);
  });

  it('of ours carries the next index, over the wrap', () => {
    const { dispatcher, sent } = middle();
    for (let i = 0; i < 2; i++) dispatcher.flood(FrameType.msg_broadcast, new Uint8Array(1));
    const indexes = sent.map(({ to, frame }) => [to, (parseFrameHeader(frame) as FrameHeader).index]);
    expect(indexes).toEqual([
      [left, 9999],
      [right, 9999],
      [left, 0],
      [right, 0],
    ]);
  });
});

describe('a frame for us', () => {
  it('goes to its protocol', () => {
    const { arrive, handed } = middle();
    arrive(left, { type: FrameType.msg, source: far, target: self });
    arrive(left, { type: FrameType.ping, source: left });
    arrive(left, { type: FrameType.pong, source: far, target: self });
    arrive(left, { type: FrameType.network_state, source: left });
    expect(handed).toEqual(['message', 'probe', 'probe', 'state']);
  });

  it('accuses the neighbour that claims to speak for another on a matter between us two, not one that relays', () => {
    const { arrive, handed, accused } = middle();
    arrive(left, { type: FrameType.network_state, source: far });
    arrive(left, { type: FrameType.ping, source: far });
    expect([handed, accused]).toEqual([[], [left, left]]);
    const relaying = middle(MALFORMED);
    relaying.arrive(left, { type: FrameType.pong, source: far, target: self });
    expect(relaying.accused).toEqual([]);
  });
});
