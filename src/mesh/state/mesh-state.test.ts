import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { encodeFrame, FrameType, newNodeId } from '../../wire/index.ts';
import { TestNodes } from '../topology/nodes.testing.ts';
import { encodeRecords } from '../topology/record-list.ts';
import type { StreamId, Token } from '../vocabulary.ts';
import { NETWORK_NAME, type WiredState, Wires } from './wired-states.testing.ts';

const STREAM = 7 as StreamId;
const body = Uint8Array.of(1, 2, 3);
const message = { kind: 'message', name: 'hi', body } as const;

function send(wires: Wires, from: WiredState, to: WiredState, token: number): void {
  wires.feed(from, {
    type: 'send',
    token: token as Token,
    target: to.state.id,
    stream: STREAM,
    message,
    timeoutMs: 60_000,
  });
}

describe('MeshState', () => {
  it('makes a mesh of channels: all are members everywhere, and each joined is told once', () => {
    const wires = new Wires();
    const states = wires.mesh(4);
    const ids = states.map(({ state }) => state.id).sort();
    for (const wired of states) {
      expect(wires.memberIds(wired).sort()).toEqual(ids);
      expect(wires.of(wired, 'joined')).toHaveLength(3);
    }
  });

  it('carries a message to its target and settles the send, gathering what one turn asks for', () => {
    const wires = new Wires();
    const [a, b] = wires.mesh(2) as [WiredState, WiredState];
    for (let token = 1; token <= 100; token++) send(wires, a, b, token);
    expect(wires.of(b, 'deliver')).toEqual([]);
    wires.run(10);
    const delivered = wires.of(b, 'deliver');
    expect(delivered.flatMap(({ messages }) => messages)).toHaveLength(100);
    expect(delivered.length).toBeLessThan(5);
    expect(wires.of(a, 'settled').flatMap(({ tokens }) => tokens)).toHaveLength(100);
  });

  it('relays over others, sealed, when there is no Link', () => {
    const wires = new Wires();
    const [a, b, c] = [wires.add(), wires.add(), wires.add()];
    wires.connect(a, b);
    wires.connect(b, c);
    wires.run(2000);
    expect(wires.memberIds(a)).toHaveLength(3);
    send(wires, a, c, 1);
    wires.run(100);
    expect(wires.of(c, 'deliver')[0]).toMatchObject({ from: a.state.id, stream: STREAM });
    expect(wires.of(a, 'settled')).toEqual([{ type: 'settled', tokens: [1], failure: undefined }]);
    expect(wires.of(b, 'deliver')).toEqual([]);
  });

  it('calls a member through the others, carries what its transport says there, and asks the rendezvous when that failed', () => {
    const wires = new Wires();
    const [a, b, c] = [wires.add(), wires.add(), wires.add()];
    wires.connect(a, b);
    wires.connect(b, c);
    wires.run(2000);
    const [caller, callee] = [a, c].sort(({ state: x }, { state: y }) => (x.id < y.id ? -1 : 1)) as [
      WiredState,
      WiredState,
    ];
    const peer = callee.state.id;
    expect(wires.of(caller, 'connect')).toEqual([{ type: 'connect', peer, way: 'mesh' }]);
    const signal = { kind: 'offer', connection: 'dc_1', text: 'v=0' } as const;
    wires.feed(caller, { type: 'signal', to: peer, signal });
    wires.run(100);
    expect(wires.of(callee, 'signal')).toEqual([{ type: 'signal', from: caller.state.id, signal }]);
    expect(wires.of(b, 'signal')).toEqual([]);
    wires.feed(caller, { type: 'connect-failed', peer, reason: 'no answer' });
    wires.run(2000);
    expect(wires.of(caller, 'connect').at(-1)).toEqual({ type: 'connect', peer, way: 'rendezvous' });
    wires.feed(caller, { type: 'rendezvous', state: 'offline' });
    wires.feed(caller, { type: 'connect-failed', peer, reason: 'the meeting point is away' });
    wires.run(5000);
    expect(wires.of(caller, 'connect').at(-1)).toEqual({ type: 'connect', peer, way: 'mesh' });
  });

  it('goes on speaking with its neighbours while a member invents more Nodes than lives are kept', () => {
    const wires = new Wires();
    const [victim, honest, hostile] = wires.mesh(3) as [WiredState, WiredState, WiredState];
    const inventions = new TestNodes(5, wires.cryptography, NETWORK_NAME);
    const channel = [...victim.ends].find(([, { other }]) => other === hostile)?.[0];
    if (channel === undefined) throw new Error('they are linked');
    const header = { type: FrameType.new_edge, source: hostile.state.id, hopLimit: 1 };
    for (let i = 0; i < 8400; i++) {
      const [body] = encodeRecords([inventions.record(inventions.life())], 8000);
      if (body) wires.feed(victim, { type: 'channel-message', channel, bytes: encodeFrame(header, body) });
      if (i % 20 === 0) wires.run(100); // as many as may be looked at
    }
    send(wires, honest, victim, 1);
    send(wires, victim, honest, 1);
    wires.run(1000);
    for (const wired of [honest, victim]) {
      expect(wires.of(wired, 'settled')).toEqual([{ type: 'settled', tokens: [1], failure: undefined }]);
    }
  });

  it('says at once that nobody knows a target', () => {
    const wires = new Wires();
    const a = wires.add();
    const stranger = newNodeId(seededRandom(1));
    wires.feed(a, {
      type: 'send',
      token: 1 as Token,
      target: stranger,
      stream: STREAM,
      message,
      timeoutMs: 1,
    });
    wires.feed(a, { type: 'ask-table', token: 2 as Token, target: stranger, timeoutMs: 1 });
    expect(wires.of(a, 'settled').map(({ tokens, failure }) => [tokens, failure?.reason])).toEqual([
      [[1], 'unreachable'],
      [[2], 'unreachable'],
    ]);
  });

  it('takes leave: the others hear the farewell, what is pending settles, nothing new begins', () => {
    const wires = new Wires();
    const [a, b, c] = wires.mesh(3) as [WiredState, WiredState, WiredState];
    wires.feed(b, { type: 'pause', isPaused: true });
    send(wires, a, b, 1);
    wires.run(10);
    wires.feed(a, { type: 'leave' });
    expect(wires.of(a, 'settled')).toMatchObject([{ tokens: [1], failure: { reason: 'closed' } }]);
    send(wires, a, b, 2);
    expect(wires.of(a, 'settled')[1]).toMatchObject({ tokens: [2], failure: { reason: 'closed' } });
    wires.run(1000);
    expect(wires.of(c, 'left')).toEqual([{ type: 'left', id: a.state.id, reason: 'it said goodbye' }]);
    expect(a.ends.size).toBe(0);
    expect(wires.of(a, 'connect')).toEqual([]);
  });

  it('gives way to a newer life of its own key, and says so', () => {
    const wires = new Wires();
    const [a, b] = wires.mesh(3) as [WiredState, WiredState, WiredState];
    const second = wires.add(a.identity, 2);
    wires.connect(b, second);
    wires.run(2000);
    expect(wires.of(a, 'replaced')).toHaveLength(1);
    expect(wires.of(second, 'replaced')).toEqual([]);
    send(wires, b, second, 1);
    wires.run(100);
    expect(wires.of(second, 'deliver')).toHaveLength(1);
    expect(wires.of(a, 'deliver')).toEqual([]);
  });

  it('refuses an older life of a Node of whose newer life a record has told, and shows it: it ends with a word', () => {
    const wires = new Wires();
    const [a, b, c] = wires.mesh(3) as [WiredState, WiredState, WiredState];
    const young = wires.add(undefined, 2);
    wires.connect(b, young); // the others hear of it
    wires.run(2000);
    const old = wires.add(young.identity, 1);
    wires.connect(old, a);
    wires.run(100);
    expect(wires.of(a, 'refused')).toMatchObject([{ peer: old.state.id, reason: 'duplicate' }]);
    expect(wires.of(old, 'replaced')).toHaveLength(1);
    expect(wires.of(old, 'refused')).toEqual([]);
    send(wires, old, a, 1);
    expect(wires.of(old, 'settled')).toMatchObject([{ failure: { reason: 'closed' } }]);
    expect(a.state.snapshot(wires.now).links.map(({ peer }) => peer)).not.toContain(old.state.id);
    expect(wires.memberIds(c)).toContain(young.state.id);
  });

  it.each([
    [1, 1],
    [2, 1],
    [1, 2],
  ])(
    'of two lives of one key that never meet (numbers %i and %i) the same one goes for all',
    (first, second) => {
      const wires = new Wires();
      const one = wires.add(undefined, first);
      const twin = wires.add(one.identity, second);
      const [a, b] = [wires.add(), wires.add()];
      wires.connect(a, b);
      wires.connect(one, a);
      wires.connect(b, twin);
      wires.run(20_000);
      const isReplaced = (wired: WiredState) => wires.of(wired, 'replaced').length === 1;
      expect([one, twin].filter(isReplaced)).toHaveLength(1);
      const survivor = isReplaced(one) ? twin : one;
      send(wires, a, survivor, 1);
      send(wires, b, survivor, 1);
      wires.run(1000);
      expect(wires.of(survivor, 'deliver')).toHaveLength(2);
    },
  );

  it.each([1, 2])(
    'a life whose place at a neighbour a twin (number %i) has taken ends with a word, or wins',
    (second) => {
      const wires = new Wires();
      const one = wires.add(undefined, 1);
      const twin = wires.add(one.identity, second);
      const neighbour = wires.add();
      for (let turn = 0; turn < 6; turn++) {
        wires.connect(turn % 2 === 0 ? one : twin, neighbour);
        wires.run(2500); // longer than calls count as simultaneous, in all
      }
      const told = (wired: WiredState) =>
        wires.of(wired, 'replaced').length + wires.of(wired, 'refused').length;
      expect([one, twin].filter((wired) => told(wired) > 0)).toHaveLength(1);
    },
  );

  it('blocks and unblocks a Link by hand, and drops one that may come again', () => {
    const wires = new Wires();
    const [a, b] = wires.mesh(2) as [WiredState, WiredState];
    wires.feed(a, { type: 'block', peer: b.state.id, isBlocked: true });
    wires.run(2000);
    expect(a.state.snapshot(wires.now).links).toEqual([]);
    expect(a.state.blockedLinks).toEqual(new Set([b.state.id]));
    wires.connect(b, a);
    wires.run(2000);
    expect(a.state.snapshot(wires.now).links).toEqual([]);
    wires.feed(a, { type: 'block', peer: b.state.id, isBlocked: false });
    wires.feed(a, { type: 'candidates', ids: [b.state.id] });
    wires.run(20_000);
    expect(wires.of(a, 'connect').map(({ peer }) => peer)).toContain(b.state.id);
  });

  it('traces frames only while somebody looks', () => {
    const wires = new Wires();
    const [a, b] = wires.mesh(2) as [WiredState, WiredState];
    send(wires, a, b, 1);
    wires.run(10);
    expect(wires.of(a, 'trace')).toEqual([]);
    wires.feed(a, { type: 'trace', isOn: true });
    send(wires, a, b, 2);
    wires.run(10);
    const entries = wires
      .of(a, 'trace')
      .map(({ entry }) => `${entry.direction} ${entry.type} ${entry.index}`);
    expect(entries).toEqual(['out msg 1', 'in msg -1']);
  });

  it('tells its network table to whoever asks', () => {
    const wires = new Wires();
    const [a, b, c] = wires.mesh(3) as [WiredState, WiredState, WiredState];
    wires.run(3000);
    wires.feed(a, { type: 'ask-table', token: 1 as Token, target: b.state.id, timeoutMs: 5000 });
    wires.run(1000);
    const [answer] = wires.of(a, 'table');
    expect(answer?.token).toBe(1);
    expect(answer?.entries.map(({ id }) => id)).toEqual([c.state.id]);
  });
});
