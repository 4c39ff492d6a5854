import { describe, expect, it } from 'vitest';
import type { MeshEvents } from '../mesh/index.ts';
import { Emitter, seededRandom, type Timers } from '../runtime/index.ts';
import type { TransportEvents } from '../transport/contract.ts';
import { newNodeId } from '../wire/index.ts';
import { arrival } from './arrival.ts';
import { NetworkRefusedError, ServerUnreachableError } from './errors.ts';

const other = newNodeId(seededRandom(1));

/** A Node's and a Transport's events, and timers that fire when the test says so. */
function world(signal?: AbortSignal) {
  const node = { events: new Emitter<MeshEvents>() };
  const transport = { events: new Emitter<TransportEvents>() };
  const waiting = new Map<() => void, number>();
  const timers: Timers = {
    after(delayMs, callback) {
      const fire = (): void => callback();
      waiting.set(fire, delayMs);
      return () => waiting.delete(fire);
    },
  };
  const server = new URL('http://leaf.example/');
  const done = arrival({ node, transport, timers, server, timeoutMs: 1234, spentMs: 234, signal });
  const refuse = (reason: 'wrong-key' | 'duplicate'): void =>
    node.events.emit('refused', { peer: other, reason, message: 'the keys differ' });
  return { node, transport, waiting, done, refuse };
}

const member = { id: other } as MeshEvents['joined'];

describe('a Node is in', () => {
  it('when it has met a member, and waits for nothing more', async () => {
    const { node, transport, waiting, done } = world();
    transport.events.emit('candidates', [other]);
    node.events.emit('joined', member);
    await done;
    expect(waiting.size).toBe(0);
    expect(node.events.hasListeners('refused')).toBe(false);
    expect(transport.events.hasListeners('candidates')).toBe(false);
  });

  it('when nobody else is registered', async () => {
    const { transport, done } = world();
    transport.events.emit('candidates', []);
    await done;
  });

  it('when the last one who is registered goes, not when the server only did not pass a call on to it', async () => {
    const { transport, node, done } = world();
    let isIn = false;
    void done.then(() => {
      isIn = true;
    });
    transport.events.emit('candidates', [other]);
    transport.events.emit('candidates', []); // too many calls to it: it is there, and will call us
    await Promise.resolve();
    expect(isIn).toBe(false);
    node.events.emit('joined', member);
    await done;

    const alone = world();
    alone.transport.events.emit('candidates', [other]);
    alone.transport.events.emit('candidateGone', other);
    alone.transport.events.emit('candidates', []);
    await alone.done;
  });

  it('alone, when those who are registered do not come', async () => {
    const { transport, waiting, done } = world();
    expect([...waiting.values()]).toEqual([1000]);
    transport.events.emit('candidates', [other]);
    transport.events.emit('candidates', [other]); // does not begin again
    expect([...waiting.values()]).toEqual([5000]);
    for (const fire of [...waiting.keys()]) fire();
    await done;
  });
});

describe('a Node is not in', () => {
  it('when the server does not answer', async () => {
    const { waiting, done } = world();
    for (const fire of [...waiting.keys()]) fire();
    await expect(done).rejects.toThrow(ServerUnreachableError);
    await expect(done).rejects.toThrow('http://leaf.example/');
  });

  it('when the others have another key; a Link that is refused for a passing reason is no end', async () => {
    const { refuse, done } = world();
    refuse('duplicate');
    refuse('wrong-key');
    await expect(done).rejects.toThrow(NetworkRefusedError);
    await expect(done).rejects.toThrow('the keys differ');
  });

  it('when its caller gives up, before or later', async () => {
    const abort = new AbortController();
    const { done, waiting } = world(abort.signal);
    abort.abort();
    await expect(done).rejects.toMatchObject({ code: 'cancelled' });
    expect(waiting.size).toBe(0);
    await expect(world(AbortSignal.abort()).done).rejects.toMatchObject({ code: 'cancelled' });
  });
});
