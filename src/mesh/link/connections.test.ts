import { expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { TokenBucket } from '../health/rate-limit.ts';
import type { ChannelId } from '../vocabulary.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { Connections } from './connections.ts';
import type { LinksEffect } from './contract.ts';
import { aliceOptions, BOB, makeLife } from './link-pair.testing.ts';

const owner: ConnectionOwner = {
  isPaused: false,
  onProven: () => undefined,
  onBegunAnew: () => undefined,
  onRefused: () => undefined,
  onOver: () => undefined,
};
let lastChannel = 0;

/** One that shakes hands. */
function connection(peer: NodeId, isInitiator: boolean, openedAtMs: number): Connection {
  const channel = ++lastChannel as ChannelId;
  const options = {
    ...aliceOptions({ peer, isInitiator }),
    channel,
    mayBeginAnew: new TokenBucket({ perSecond: 1, burst: 1 }, openedAtMs),
    earlierLinks: 0,
    answersProbes: false,
    openedAtMs,
  };
  const made = new Connection(options, owner);
  made.start(openedAtMs, [] satisfies LinksEffect[]);
  return made;
}

it('are found by channel and by peer, in the order of opening, until they are gone', () => {
  const connections = new Connections();
  const other = makeLife(9).id;
  const [first, second, third] = [
    connection(BOB, true, 1),
    connection(other, false, 2),
    connection(BOB, false, 3),
  ];
  for (const each of [first, second, third]) connections.add(each);
  expect(connections.get(second.channel)).toBe(second);
  expect(connections.of(BOB)).toEqual([first, third]);
  expect(connections.list()).toEqual([first, second, third]);
  expect([...connections.strangers()]).toEqual([second, third]); // whom we call is none
  connections.delete(first);
  connections.delete(third);
  expect(connections.get(first.channel)).toBeUndefined();
  expect([connections.has(BOB), connections.has(other)]).toEqual([false, true]);
});

it('tell whether a call of ours, not too old, still shakes hands', () => {
  const connections = new Connections();
  connections.add(connection(BOB, false, 1000));
  expect(connections.isCalling(BOB, 0)).toBe(false);
  const call = connection(BOB, true, 1000);
  connections.add(call);
  expect([connections.isCalling(BOB, 999), connections.isCalling(BOB, 1000)]).toEqual([true, false]);
  expect(connections.isCalling(makeLife(9).id, 0)).toBe(false);
  call.leave('enough', 1000, []);
  expect(connections.isCalling(BOB, 0)).toBe(false);
});
