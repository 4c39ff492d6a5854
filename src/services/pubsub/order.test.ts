import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integerBelow, seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { ArrivalOrder } from './arrival-order.ts';
import type { Subject } from './contract.ts';
import type { Incoming } from './publication-codec.ts';
import { isAfter, type Place, SendingOrder } from './sending-order.ts';

const random = seededRandom(3);
const [from, here, there, elsewhere] = [
  newNodeId(random),
  newNodeId(random),
  newNodeId(random),
  newNodeId(random),
] as [NodeId, NodeId, NodeId, NodeId];

function incoming(id: number, place: Place, payload = new Uint8Array()): Incoming {
  const { way, number } = place;
  const after = place.way === 'line' ? place.after : (place.after.get(here) ?? 0);
  const publication = { subject: String(id) as Subject, reply: undefined, headers: undefined, payload, from };
  return { publication, seq: 0, isForGroupsOnly: false, queues: [], place: { way, number, after } };
}

function arrivals() {
  const got: number[] = [];
  const gaps: NodeId[] = [];
  const order = new ArrivalOrder({
    deliver: ({ publication }) => got.push(Number(publication.subject)),
    gap: (node) => gaps.push(node),
  });
  return { order, got, gaps };
}

function sender(): SendingOrder {
  const sending = new SendingOrder();
  for (const node of [here, there, elsewhere]) sending.joined(node, 0);
  return sending;
}

describe('publications that take two ways', () => {
  it('arrive in the order in which they were sent, however the two overtake each other', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.constantFrom('one', 'several', 'others', 'all', 'settle')),
        (seed, what) => {
          const dice = seededRandom(seed);
          const sending = sender();
          const ways: { line: (() => void)[]; broadcast: (() => void)[] } = { line: [], broadcast: [] };
          const { order, got } = arrivals();
          const sent: number[] = [];
          let settled = 0;
          const arrive = (way: 'line' | 'broadcast'): void => {
            const next = ways[way].shift();
            next?.();
            if (next && way === 'line') settled++;
          };
          for (const [id, kind] of what.entries()) {
            if (kind === 'all') {
              const number = sending.broadcast();
              ways.broadcast.push(() => order.heard(from, number, 0));
            } else if (kind === 'settle') {
              for (; settled > 0; settled--) sending.settled(here, 1);
            } else {
              const targets = { one: [here], several: [there, here], others: [there, elsewhere] }[kind];
              const place = sending.place(targets);
              if (kind !== 'others') {
                sent.push(id);
                ways[place.way].push(() => order.published(incoming(id, place), 0));
              }
            }
            if (integerBelow(dice, 2) === 0) arrive(integerBelow(dice, 2) === 0 ? 'line' : 'broadcast');
          }
          for (let i = 0; i < 2 * what.length; i++)
            arrive(integerBelow(dice, 2) === 0 ? 'line' : 'broadcast');
          for (const way of ['line', 'broadcast'] as const) while (ways[way].length > 0) arrive(way);
          expect(got).toEqual(sent);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('go to one alone when one alone wants them', () => {
    const sending = sender();
    expect(sending.place([here])).toEqual({ way: 'line', number: 1, after: 0 });
    expect(sending.place([here, there])).toEqual({
      way: 'broadcast',
      number: 2,
      after: new Map([[here, 1]]),
    });
    sending.settled(here, 1);
    expect(sending.place([here, there])).toEqual({ way: 'broadcast', number: 3, after: new Map() });
    expect(sending.place([there])).toEqual({ way: 'line', number: 4, after: 3 });
  });

  it('wait for no broadcast that was sent before their target came, or that it says it has missed', () => {
    const sending = sender();
    sending.broadcast();
    const late = newNodeId(random);
    sending.joined(late, 0);
    expect(sending.place([late])).toMatchObject({ after: 0 });
    sending.missed(here);
    expect(sending.place([here])).toMatchObject({ after: 0 });
    expect(sending.place([there])).toMatchObject({ after: 1 });
    sending.left(there, 0);
    sending.joined(there, 0);
    expect(sending.place([here, there])).toMatchObject({ after: new Map([[here, 3]]) });
  });

  it('wait for what was broadcast before their target was taken for gone, for a minute, unless it has begun anew', () => {
    const sending = sender();
    const number = sending.broadcast();
    sending.left(there, 0);
    sending.joined(there, 59_999);
    expect(sending.place([there])).toMatchObject({ after: number });
    sending.left(there, 60_000);
    sending.joined(there, 120_000);
    expect(sending.place([there])).toMatchObject({ after: 0 });
    sending.left(here, 0);
    sending.joined(here, 1);
    sending.reborn(here);
    expect(sending.place([here])).toMatchObject({ after: 0 });
    sending.left(elsewhere, 0);
    sending.reborn(elsewhere);
    sending.joined(elsewhere, 1);
    expect(sending.place([elsewhere])).toMatchObject({ after: 0 });
  });

  it('remember of those who were taken for gone the last thousand', () => {
    const sending = sender();
    const many = Array.from({ length: 1_025 }, () => newNodeId(random));
    for (const node of many) sending.joined(node, 0);
    sending.broadcast();
    for (const node of many) sending.left(node, 0);
    const [first, second] = many;
    for (const node of many.slice(0, 2)) sending.joined(node, 1);
    expect([first, second].map((node) => node && sending.place([node]))).toMatchObject([
      { after: 0 },
      { after: 1 },
    ]);
  });

  it('are compared by numbers that begin anew', () => {
    expect([isAfter(1, 0xffff_ffff), isAfter(0xffff_ffff, 1), isAfter(5, 5)]).toEqual([true, false, false]);
  });

  const line = (number: number, after: number): Place => ({ way: 'line', number, after });
  const cast = (number: number, after = 0): Place => ({
    way: 'broadcast',
    number,
    after: new Map(after > 0 ? [[here, after]] : []),
  });

  it('wait ten seconds for what never comes, and their Node hears of it', () => {
    const { order, got, gaps } = arrivals();
    order.published(incoming(1, line(2, 1)), 1_000);
    order.published(incoming(2, line(3, 1)), 5_000);
    expect([got, order.nextWakeAt]).toEqual([[], 11_000]);
    order.wake(10_999);
    expect(got).toEqual([]);
    order.wake(11_000);
    expect([got, gaps, order.nextWakeAt]).toEqual([[1], [from], 15_000]);
    order.wake(15_000);
    expect([got, order.nextWakeAt]).toEqual([[1, 2], Number.POSITIVE_INFINITY]);
  });

  it('wait no longer for broadcasts that are lost, but for what was sent to us alone and is on its way', () => {
    const { order, got } = arrivals();
    order.published(incoming(1, line(3, 1)), 0);
    order.published(incoming(3, cast(6, 5)), 0);
    order.missed(from);
    expect(got).toEqual([1]);
    order.published(incoming(2, line(5, 1)), 0);
    expect(got).toEqual([1, 2, 3]);
  });

  it('wait for nothing when their Node is gone, and need not wait again when it comes back', () => {
    const { order, got, gaps } = arrivals();
    order.published(incoming(1, cast(2)), 0);
    order.published(incoming(2, line(4, 3)), 0);
    order.left(from);
    expect([got, gaps]).toEqual([[1, 2], [from]]);
    order.published(incoming(3, line(5, 3)), 0);
    order.published(incoming(4, cast(7, 6)), 0);
    expect(got).toEqual([1, 2, 3]);
    order.left(from);
    expect([got, gaps]).toEqual([[1, 2, 3, 4], [from]]);
  });

  it('take no more memory than one Node may have, whatever it says that they wait for', () => {
    const { order, got } = arrivals();
    const payload = new Uint8Array(1024 * 1024);
    for (let i = 0; i < 10; i++) order.published(incoming(i, line(i + 2, 1), payload), 0);
    expect(got).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('take no more memory than all Nodes together may have, and give it back', () => {
    const { order, got } = arrivals();
    const payload = new Uint8Array(1024 * 1024);
    const nodes = Array.from({ length: 100 }, () => newNodeId(random));
    const send = (id: number, node: NodeId, place: Place): void => {
      const { publication, ...rest } = incoming(id, place, payload);
      order.published({ ...rest, publication: { ...publication, from: node } }, 0);
    };
    for (const [i, node] of nodes.entries()) send(i, node, line(2, 1));
    expect(got).toHaveLength(100 - 63);
    for (const node of nodes) order.missed(node);
    expect(got).toHaveLength(100);
    for (const [i, node] of nodes.entries()) send(i, node, line(4, 3));
    expect(got).toHaveLength(200 - 63);
  });

  it('wait for what went before in the present life of their Node, whatever came in another', () => {
    const { order, got } = arrivals();
    order.published(incoming(1, cast(100)), 0);
    order.published(incoming(2, line(102, 101)), 0);
    order.reborn(from);
    expect(got).toEqual([1, 2]);
    order.published(incoming(4, line(6, 5)), 0);
    expect(got).toEqual([1, 2]);
    order.published(incoming(3, cast(5)), 0);
    order.published(incoming(5, line(7, 5)), 0);
    expect(got).toEqual([1, 2, 3, 4, 5]);
  });

  it('do not wait for what came long ago because thousands of others came and went', () => {
    const { order, got } = arrivals();
    order.published(incoming(1, cast(5)), 0);
    for (let i = 0; i < 10_000; i++) {
      const passing = newNodeId(random);
      order.heard(passing, 1, 0);
      order.left(passing);
    }
    order.published(incoming(2, line(6, 5)), 0);
    expect(got).toEqual([1, 2]);
  });

  it('of Nodes without number are not waited for either', () => {
    const { order, got } = arrivals();
    for (let i = 0; i < 5_000; i++) {
      const { publication, ...rest } = incoming(i, line(2, 1));
      order.published({ ...rest, publication: { ...publication, from: newNodeId(random) } }, 0);
    }
    expect(got).toEqual(Array.from({ length: 5_000 - 4_096 }, (_, i) => i));
  });
});
