import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { isNodeId, type NodeId, newNodeId, nodeIdFromBytes, nodeIdToBytes, parseNodeId } from './node-id.ts';

describe('NodeId', () => {
  it('is a version 4 uuid and survives the way through bytes', () => {
    const random = seededRandom(3);
    for (let i = 0; i < 100; i++) {
      const id = newNodeId(random);
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(nodeIdFromBytes(nodeIdToBytes(id))).toBe(id);
    }
  });

  it('reads from the middle of a frame', () => {
    const id = newNodeId(seededRandom(4));
    const frame = new Uint8Array(40);
    frame.set(nodeIdToBytes(id), 20);
    expect(nodeIdFromBytes(frame, 20)).toBe(id);
  });

  it('does not change with the bytes that it was read from', () => {
    const random = seededRandom(5);
    const wrong: NodeId[] = [];
    for (let i = 0; i < 10_000; i++) {
      const id = newNodeId(random);
      const bytes = Buffer.from(nodeIdToBytes(id));
      if (nodeIdFromBytes(bytes) !== id) wrong.push(id);
      bytes[15] = (bytes[15] ?? 0) ^ 1;
      if (nodeIdFromBytes(bytes) === id) wrong.push(id);
      if (nodeIdFromBytes(nodeIdToBytes(id)) !== id) wrong.push(id);
    }
    expect(wrong).toEqual([]);
  });

  it('is told from those that are remembered beside it, and those that differ in a part only', () => {
    const base = nodeIdToBytes(newNodeId(seededRandom(6)));
    const others: Uint8Array[] = [];
    for (let word = 0; word < 4; word++) {
      for (let i = 0; i < 4_000; i++) {
        const bytes = base.slice();
        new DataView(bytes.buffer).setUint32(4 * word, i * 0x10001);
        others.push(bytes);
      }
    }
    const survives = (bytes: Uint8Array): boolean =>
      Buffer.compare(nodeIdToBytes(nodeIdFromBytes(bytes)), bytes) === 0;
    // Each is read anew, then again while it and its neighbours are remembered.
    const isRead = others.map((bytes, i) =>
      [bytes, others[i - 1] ?? bytes, others[i - 7] ?? bytes, bytes].every(survives),
    );
    expect(isRead).not.toContain(false);
    others.push(new Uint8Array(16)); // as where nothing is remembered yet
    expect(others.every(survives)).toBe(true);
  });

  it('refuses anything else with a typed error', () => {
    for (const text of [
      '',
      'x',
      'ABCDEF00-0000-4000-8000-000000000000',
      '00000000000040008000000000000000',
    ]) {
      expect(isNodeId(text)).toBe(false);
      expect(() => parseNodeId(text)).toThrow(expect.objectContaining({ code: 'bad-node-id' }));
    }
  });
});
