import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { TestNodes } from './nodes.testing.ts';
import type { NodeRecord } from './record.ts';
import { RecordCache } from './record-cache.ts';
import { RecordReader } from './record-reader.ts';

function setting() {
  const nodes = new TestNodes();
  let verifications = 0;
  const held = new Map<NodeId, NodeRecord>();
  const cryptography = {
    ...nodes.cryptography,
    verify: (...args: Parameters<typeof nodes.cryptography.verify>) => {
      verifications++;
      return nodes.cryptography.verify(...args);
    },
  };
  const reader = new RecordReader({
    nameHash: nodes.nameHash,
    cryptography,
    cache: new RecordCache(),
    held: (id) => held.get(id),
  });
  const read = (bytes: Uint8Array, may = true) => reader.read(bytes, () => may);
  return { nodes, held, read, verifications: () => verifications };
}

describe('the gate for records', () => {
  it('verifies what is news, once', () => {
    const { nodes, read, verifications } = setting();
    const record = nodes.record(nodes.life());
    expect(read(record.bytes)).toEqual({ type: 'news', record });
    expect(read(record.bytes.slice())).toEqual({ type: 'news', record });
    expect(verifications()).toBe(1);
  });

  it('never verifies what is no news', () => {
    const { nodes, held, read, verifications } = setting();
    const own = nodes.life();
    const [older, newer] = [nodes.record(own, [], { version: 4 }), nodes.record(own, [], { version: 5 })];
    held.set(own.id, newer);
    expect(read(older.bytes)).toEqual({ type: 'stale', id: own.id, isSame: false });
    expect(read(newer.bytes)).toEqual({ type: 'stale', id: own.id, isSame: true });
    expect(verifications()).toBe(0);
  });

  it('calls a record malformed that somebody else has written or changed', () => {
    const { nodes, read } = setting();
    const record = nodes.record(nodes.life(), [], { attributes: Uint8Array.of(1, 2) });
    for (const at of [0, 3, 8, 12, 50, 77, record.bytes.length - 1]) {
      const forged = record.bytes.slice();
      forged[at] = (forged[at] ?? 0) ^ 1;
      expect(read(forged)).toEqual({ type: 'malformed' });
    }
    expect(read(new Uint8Array(200))).toEqual({ type: 'malformed' });
  });

  it('calls a record malformed that its owner has signed for another Network', () => {
    const { nodes, read } = setting();
    const elsewhere = new TestNodes(1, nodes.cryptography, 'loud-otter');
    const own = nodes.life();
    expect(read(elsewhere.record(own).bytes)).toEqual({ type: 'malformed' });
    expect(read(nodes.record(own).bytes).type).toBe('news');
  });

  it('keeps a copy, not a view on the frame', () => {
    const { nodes, read } = setting();
    const frame = new Uint8Array(5000);
    const record = nodes.record(nodes.life());
    frame.set(record.bytes, 100);
    const result = read(frame.subarray(100, 100 + record.bytes.length));
    expect(result.type === 'news' && result.record.bytes.buffer.byteLength).toBe(record.bytes.length);
  });

  it('looks at nothing for which its sender has used up what it may cost', () => {
    const { nodes, read, verifications } = setting();
    expect(read(nodes.record(nodes.life()).bytes, false)).toEqual({ type: 'refused' });
    expect(verifications()).toBe(0);
  });
});
