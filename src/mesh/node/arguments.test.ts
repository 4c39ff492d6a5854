import { describe, expect, it } from 'vitest';
import type { SimulatedNode } from './simulated-node.testing.ts';
import { codeOf, eachTestsMesh } from './small-mesh.testing.ts';

const { nodes: mesh } = eachTestsMesh();

describe('a Node takes from its application', () => {
  it('only names, lanes and handlers that can be heard', async () => {
    const [{ node }] = (await mesh(1)) as [SimulatedNode];
    const wrong = node as unknown as Record<'stream' | 'receive' | 'serve', (...args: unknown[]) => unknown>;
    const handler = () => undefined;
    expect(codeOf(() => wrong.stream(''))).toBe('bad-stream-name');
    expect(codeOf(() => wrong.stream('x'.repeat(65)))).toBe('bad-stream-name');
    expect(codeOf(() => wrong.stream(5))).toBe('bad-stream-name');
    expect(codeOf(() => wrong.stream('s', { lane: 'fast' }))).toBe('bad-lane');
    expect(codeOf(() => wrong.receive('', handler))).toBe('bad-message-name');
    expect(codeOf(() => wrong.serve('x'.repeat(65), handler))).toBe('bad-message-name');
    expect(codeOf(() => wrong.receive('x'))).toBe('bad-handler');
    node.receive('x', handler);
    expect(codeOf(() => node.receive('x', handler))).toBe('handler-taken');
  });

  it.each([
    ['undefined', { a: undefined }],
    ['a function', { a: () => 1 }],
    ['a date', { a: new Date(0) }],
    ['a map', { a: new Map([[1, 2]]) }],
    ['a big integer', { a: 1n }],
    ['an array for the whole', [1]],
    ['nothing', null],
    ['too much', { a: 'x'.repeat(600) }],
  ])('no attributes with %s', async (_, attributes) => {
    const [{ node }] = (await mesh(1)) as [SimulatedNode];
    const before = node.attributes;
    expect(codeOf(() => node.setAttributes(attributes as never))).toBe('attributes');
    expect(node.attributes).toBe(before);
  });

  it('attributes as they are now: what becomes of the object later changes nothing', async () => {
    const [{ node }] = (await mesh(1)) as [SimulatedNode];
    const place = { name: 'here' };
    node.setAttributes({ place });
    place.name = 'there';
    expect(node.attributes).toMatchObject({ deviceName: 'tab', place: { name: 'here' } });
    expect(Object.isFrozen(node.attributes)).toBe(true);
  });
});
