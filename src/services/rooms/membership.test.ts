import { expect, it, vi } from 'vitest';
import { toHex } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { Authors } from './authors.ts';
import type { AuthorId, DeviceId } from './contract.ts';
import type { Introductions } from './introductions.ts';
import type { MemberEntry } from './members.ts';
import { membersNow } from './membership.ts';
import { TestRoom } from './room.testing.ts';

const room = new TestRoom();

function member() {
  const { id, publicKey } = room.author();
  const device = toHex(room.random.bytes(32)) as DeviceId;
  const entry: MemberEntry = { device, author: toHex(publicKey) as AuthorId, grant: 'write' };
  return { node: id, entry };
}

it('are a thousand members looked up once each, those who are here and those who are away', () => {
  const [here, listed] = [Array.from({ length: 500 }, member), Array.from({ length: 500 }, member)];
  const authors = new Authors(room.cryptography);
  const asked = vi.spyOn(authors, 'nodeOf');
  const introductions = { self: member().entry, entries: here.map(({ entry }) => entry) };
  const members = membersNow({
    ...{ self: 'self' as NodeId, authors, peers: here.map(({ node }) => node) },
    introductions: introductions as unknown as Introductions,
    listed: new Map(listed.map(({ entry }) => [entry.device, entry])),
  });
  expect(members.map(({ isHere }) => isHere)).toEqual([...Array(501).fill(true), ...Array(500).fill(false)]);
  expect(members.slice(1).map(({ device }) => device)).toEqual(
    [...here, ...listed].map(({ entry }) => entry.device),
  );
  expect(asked).toHaveBeenCalledTimes(1_000);
});
