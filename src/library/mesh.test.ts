import { describe, expect, it } from 'vitest';
import { codeOf, eachTestsMesh } from '../mesh/node/small-mesh.testing.ts';
import { Mesh } from './mesh.ts';

const { nodes } = eachTestsMesh();

/** As a program in JavaScript holds it. */
async function untyped(): Promise<Record<'on' | 'serve' | 'messages', (...args: unknown[]) => unknown>> {
  const [one] = await nodes(1);
  if (!one) throw new Error('there is one');
  const transport = { pathTo: () => Promise.resolve(undefined) };
  return new Mesh(one.node, transport, 'amber-otter', Promise.resolve()) as never;
}

describe('a mesh as a program in JavaScript holds it', () => {
  it('knows no event by a word that is none, and says which there are', async () => {
    const mesh = await untyped();
    const listener = () => undefined;
    for (const name of ['message', 'toString', undefined]) {
      expect(codeOf(() => mesh.on(name, listener))).toBe('bad-event');
    }
    expect(() => mesh.on('message', listener)).toThrow(/joined, left, .*messages\(\)/);
    mesh.on('left', listener);
  });

  it('takes functions only for listeners and handlers, at once', async () => {
    const mesh = await untyped();
    expect(codeOf(() => mesh.on('joined'))).toBe('bad-handler');
    expect(codeOf(() => mesh.serve('time', 'noon'))).toBe('bad-handler');
  });

  it('says how to end what has a name already, in words that it has', async () => {
    const mesh = await untyped();
    mesh.messages('chat');
    expect(() => mesh.messages('chat')).toThrow('end its loop');
    mesh.serve('time', () => '');
    expect(() => mesh.serve('time', () => '')).toThrow('call what serve() returned');
  });
});
