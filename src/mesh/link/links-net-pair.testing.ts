/** Test support: two Nodes in a Net, strangers to each other or with a Link, and what is asked of them. */
import { expect } from 'vitest';
import { encodeFrame, FrameType, type Lane } from '../../wire/index.ts';
import type { OwnLife } from '../identity/identity.ts';
import type { ChannelId } from '../vocabulary.ts';
import type { LinksEffect } from './contract.ts';
import { makeLife } from './link-pair.testing.ts';
import { Net, type NetNode, type Pair } from './links-net.testing.ts';

export const [LOWER, HIGHER] = [makeLife(1), makeLife(2)].sort((a, b) => (a.id < b.id ? -1 : 1)) as [
  OwnLife,
  OwnLife,
];

export interface Two {
  readonly net: Net;
  readonly a: NetNode;
  readonly b: NetNode;
}

/** Two Nodes; `a` has the lower id. */
export const two = (seed = 1): Two => {
  const net = new Net(seed);
  return { net, a: net.add(LOWER), b: net.add(HIGHER) };
};
export const linked = (seed = 1): Two & { readonly pair: Pair } => {
  const both = two(seed);
  const pair = both.net.call(both.a, both.b);
  both.net.run(1000);
  return { ...both, pair };
};
export const message = (from: NetNode, to: NetNode, bytes = 10, fill = 0): Uint8Array =>
  encodeFrame({ type: FrameType.msg, source: from.id, target: to.id }, new Uint8Array(bytes).fill(fill));
export const queue = (
  net: Net,
  from: NetNode,
  to: NetNode,
  frame: Uint8Array,
  lane: Lane = 'messages',
  isTransit = false,
): readonly LinksEffect[] => net.tell(from, { type: 'queue', to: to.id, frame, lane, isTransit });
export const fillsAt = (node: NetNode): (number | undefined)[] =>
  node.all('frame').map(({ frame }) => frame.at(-1));
export const channelOf = (node: NetNode, pair: Pair): ChannelId => {
  const end = pair.ends.find((each) => each.node === node);
  if (!end) throw new Error('no end of that channel is there');
  return end.id;
};

/** Both have one Link to the other, and it is the same channel: what one sends arrives. */
export function expectOneLink({ net, a, b }: Two): void {
  expect([...a.links.open.keys()]).toEqual([b.id]);
  expect([...b.links.open.keys()]).toEqual([a.id]);
  const before = [a.all('frame').length, b.all('frame').length];
  queue(net, a, b, message(a, b));
  queue(net, b, a, message(b, a));
  net.run(1000);
  expect([a.all('frame').length, b.all('frame').length]).toEqual(before.map((count) => count + 1));
  expect([a.links.pending.size, b.links.pending.size]).toEqual([0, 0]);
}
