import { describe, expect, it } from 'vitest';
import type { Member, Mesh, MeshEvents } from '../library/index.ts';
import { Emitter } from '../runtime/index.ts';
import { parseNodeId } from '../wire/index.ts';
import { findNode, nodeAmong } from './find-node.ts';

const member = (id: string, isSelf = false): Member => ({ id: parseNodeId(id), isSelf }) as Member;
const self = member('aaaaaaaa-0000-8000-8000-000000000000', true);
const one = member('aaaaaaaa-1111-8000-8000-000000000000');
const two = member('aaaaaaab-2222-8000-8000-000000000000');

describe('a Node is named', () => {
  it('by its id or a beginning of it that only it has, in any case; ourselves are not meant', () => {
    const members = [self, one, two];
    expect(nodeAmong(members, 'aaaaaaab')).toBe(two);
    expect(nodeAmong(members, 'AAAAAAAB-22')).toBe(two);
    expect(nodeAmong(members, one.id)).toBe(one);
    expect(nodeAmong(members, 'aaaaaaaa')).toBe(one);
    expect(nodeAmong(members, 'aaaaaaac')).toBeUndefined();
    expect(nodeAmong([self], 'aaaaaaaa')).toBeUndefined();
  });

  it('and told apart where it is not', () => {
    expect(() => nodeAmong([self, one, two], 'aaaaaaa')).toThrow(/2 Nodes begin with aaaaaaa/);
    for (const text of ['', 'aaa', 'kitchen', 'aaaaaaa*']) {
      expect(() => nodeAmong([self, one], text)).toThrow(/first 8 characters/);
    }
  });
});

/** A mesh whose members the test sets. */
function mesh(...members: Member[]) {
  const events = new Emitter<MeshEvents>();
  const on = events.on.bind(events) as Mesh['on'];
  return {
    mesh: { members: () => members, on } as unknown as Mesh,
    join(...more: Member[]) {
      members.push(...more);
      events.emit('membersChanged', undefined);
    },
    events,
  };
}

describe('looking for a Node', () => {
  const { signal } = new AbortController();

  it('waits for it, and listens no longer than it has to', async () => {
    const { mesh: it, join, events } = mesh(self, one);
    const found = findNode(it, 'aaaaaaab', { timeoutMs: 60_000, signal });
    join(two);
    expect(await found).toBe(two);
    expect(events.hasListeners('membersChanged')).toBe(false);
  });

  it('ends with who there is, when it does not come', async () => {
    await expect(findNode(mesh(self, one).mesh, 'bbbb', { timeoutMs: 1, signal })).rejects.toThrow(
      'no Node begins with bbbb; there are aaaaaaaa',
    );
    await expect(findNode(mesh(self).mesh, 'bbbb', { timeoutMs: 1, signal })).rejects.toThrow(/nobody else/);
  });

  it('ends when the process is told to stop', async () => {
    const abort = new AbortController();
    const looking = findNode(mesh(self).mesh, 'bbbb', { timeoutMs: 60_000, signal: abort.signal });
    abort.abort();
    await expect(looking).rejects.toMatchObject({ code: 'cancelled' });
  });
});
