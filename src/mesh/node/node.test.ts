import { describe, expect, it } from 'vitest';
import { equalBytes, seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { MAX_BROADCAST_BYTES, MAX_MESSAGE_BYTES, type TraceEntry } from '../contract.ts';
import type { SimulatedNode } from './simulated-node.testing.ts';
import { eachTestsMesh, outcome, text } from './small-mesh.testing.ts';

const small = eachTestsMesh();
const { join, nodes: mesh, pass } = small;

describe('a Node sends', () => {
  it('messages that arrive once, in order, and resolve when acknowledged', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const got: string[] = [];
    b.node.receive('greeting', ({ from, body }) => {
      expect(from).toBe(a.id);
      got.push(new TextDecoder().decode(body));
    });
    const sends = ['one', 'two', 'three'].map((word) => outcome(a.node.send(b.id, 'greeting', text(word))));
    expect(sends.map((send) => send.now)).toEqual(['pending', 'pending', 'pending']);
    await pass(100);
    expect(sends.map((send) => send.now)).toEqual(['done', 'done', 'done']);
    expect(got).toEqual(['one', 'two', 'three']);
  });

  it('and what was handled counts as taken, though many came at once', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    let got = 0;
    b.node.receive('greeting', () => {
      got++;
    });
    for (let i = 0; i < 50; i++) void a.node.send(b.id, 'greeting', text('hello'));
    await pass(200);
    expect(got).toBe(50);
    const waiting = b.node.inspection.snapshot().streams.map(({ incoming }) => incoming.undeliveredMessages);
    expect(waiting.every((count) => count === 0)).toBe(true);
  });

  it('more requests than may be at work, which are handled in order behind a slow message', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const order: number[] = [];
    let release = (): void => undefined;
    b.node.receive('slow', () => new Promise((resolve) => (release = resolve)));
    b.node.serve('q', ({ body }) => {
      order.push(body[0] ?? 0);
      return body;
    });
    const numbers = Array.from({ length: 100 }, (_, i) => i);
    outcome(a.node.send(b.id, 'slow', text('')));
    const answers = numbers.map((i) => outcome(a.node.request(b.id, 'q', Uint8Array.of(i))));
    await pass(500);
    release();
    await pass(1000);
    expect(order).toEqual(numbers);
    expect(answers.filter(({ now }) => now !== 'done')).toEqual([]);
  });

  it('large messages in pieces, on a stream of their own', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const body = seededRandom(4).bytes(3_000_000);
    let got: Uint8Array | undefined;
    b.node.stream('bulk', { lane: 'bulk' }).receive('blob', (message) => {
      expect(message).toMatchObject({ from: a.id, name: 'blob', stream: 'bulk', isBroadcast: false });
      got = new Uint8Array(message.body);
    });
    const sent = outcome(a.node.stream('bulk', { lane: 'bulk' }).send(b.id, 'blob', body));
    await pass(20_000);
    expect(sent.now).toBe('done');
    expect(got && equalBytes(got, body)).toBe(true);
  });

  it('no faster than the handler at the other end takes', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    let release: () => void = () => undefined;
    b.node.receive('slow', () => new Promise((resolve) => (release = () => resolve())));
    const sends = Array.from({ length: 100 }, () =>
      outcome(a.node.send(b.id, 'slow', new Uint8Array(16_000))),
    );
    await pass(20_000);
    const done = sends.filter((send) => send.now === 'done').length;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(40); // what fits into the receive queue and the window, no more
    for (let i = 0; i < 100; i++) {
      release();
      await pass(50);
    }
    await pass(5000);
    expect(sends.every((send) => send.now === 'done')).toBe(true);
  });

  it('to itself as well', async () => {
    const [a] = (await mesh(1)) as [SimulatedNode];
    const got: number[] = [];
    a.node.receive('note', ({ from, body }) => {
      expect(from).toBe(a.id);
      got.push(body.length);
    });
    a.node.serve('echo', ({ body }) => body);
    expect(outcome(a.node.send(a.id, 'note', new Uint8Array(3))).now).toBe('pending');
    const answer = a.node.request(a.id, 'echo', text('me'));
    await pass(1);
    expect(got).toEqual([3]);
    expect(await answer).toEqual(text('me'));
  });

  it('nothing that cannot arrive, and says why', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const stranger = outcome(a.node.send(newNodeId(small.net.random), 'x', text('')));
    const tooLarge = outcome(a.node.send(b.id, 'x', new Uint8Array(MAX_MESSAGE_BYTES + 1)));
    const badName = outcome(a.node.send(b.id, 'x'.repeat(65), text('')));
    const aborted = outcome(a.node.send(b.id, 'x', text(''), { signal: AbortSignal.abort() }));
    const tooWide = outcome(a.node.broadcast('x', new Uint8Array(MAX_BROADCAST_BYTES + 1)));
    await pass(1);
    expect(tooWide.now).toBe('message-too-large');
    expect(stranger.now).toBe('target-unreachable');
    expect(tooLarge.now).toBe('message-too-large');
    expect(badName.now).toBe('bad-message-name');
    expect(aborted.now).toBe('cancelled');
  });

  it('nothing that is no message: what is wrong is said where it is said, and harms nobody', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    b.node.receive('x', () => undefined);
    const wrong = a.node as unknown as Record<
      'send' | 'broadcast' | 'request',
      (...args: unknown[]) => Promise<void>
    >;
    const said = [
      wrong.send(b.id, 'x', 'text'),
      wrong.send(b.id, 'x', new ArrayBuffer(8)),
      wrong.send(b.id, 'x', new Float32Array(2)),
      wrong.broadcast('x'),
      wrong.request(b.id, 'x', undefined),
      wrong.send(b.id, 7, text('')),
      wrong.send(b.id, '', text('')),
      wrong.send([], '', text('')),
      wrong.send([a.id], 'x', new Uint8Array(MAX_BROADCAST_BYTES + 1)),
      wrong.send(undefined, 'x', text('')),
      wrong.send([b.node], 'x', text('')),
      wrong.request([b.id], 'x', text('')),
      wrong.send('kitchen', 'x', text('')),
      wrong.send([b.id, 'kitchen'], 'x', text('')),
      wrong.send(b.id, 'x', text(''), { timeoutMs: -1 }),
      wrong.request(b.id, 'x', text(''), { timeoutMs: Number.NaN }),
      wrong.broadcast('x', text(''), { timeoutMs: '5' }),
      a.node.inspection.table(b.id, { timeoutMs: 0 }),
    ].map(outcome);
    await pass(1);
    expect(said.map(({ now }) => now)).toEqual([
      ...Array(5).fill('bad-body'),
      ...Array(3).fill('bad-message-name'),
      'message-too-large',
      ...Array(5).fill('bad-target'),
      ...Array(4).fill('bad-timeout'),
    ]);
    const after = outcome(a.node.send(b.id, 'x', text('well')));
    await pass(100);
    expect(after.now).toBe('done');
  });

  it('questions whose answers come on a stream that the snapshot names', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    b.node.serve('echo', ({ body }) => body);
    const asked = outcome(a.node.request(b.id, 'echo', text('?')));
    await pass(100);
    expect(asked.now).toBe('done');
    expect(a.node.inspection.snapshot().streams.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['', 'answers']),
    );
  });

  it('to itself no longer than it would to another', async () => {
    const [a] = (await mesh(1)) as [SimulatedNode];
    a.node.serve('never', () => new Promise(() => undefined));
    a.node.receive('never', () => new Promise(() => undefined));
    const asked = outcome(a.node.request(a.id, 'never', text(''), { timeoutMs: 50 }));
    const sent = outcome(a.node.send(a.id, 'never', text(''), { timeoutMs: 50 }));
    const controller = new AbortController();
    const stopped = outcome(a.node.request(a.id, 'never', text(''), { signal: controller.signal }));
    controller.abort();
    await pass(100);
    expect([asked.now, sent.now, stopped.now]).toEqual(['request-timeout', 'send-timeout', 'cancelled']);
  });

  it('until it is told to stop, the target leaves, or it closes: every promise ends', async () => {
    const [a, b, c] = (await mesh(3)) as [SimulatedNode, SimulatedNode, SimulatedNode];
    b.peer.host.freeze();
    c.peer.host.freeze();
    const controller = new AbortController();
    const cancelled = outcome(a.node.send(b.id, 'x', text('1'), { signal: controller.signal }));
    const left = outcome(a.node.send(b.id, 'x', text('2')));
    const asked = outcome(a.node.request(b.id, 'x', text('3'), { timeoutMs: 60_000 }));
    const closed = outcome(a.node.send(c.id, 'x', text('4')));
    const askedToo = outcome(a.node.request(c.id, 'x', text('5')));
    await pass(100);
    controller.abort();
    await pass(100);
    expect([cancelled.now, left.now, asked.now]).toEqual(['cancelled', 'pending', 'pending']);
    b.peer.host.thaw();
    b.node.close();
    await pass(1000);
    expect([left.now, asked.now]).toEqual(['target-left', 'target-left']);
    a.node.close();
    a.node.close();
    await pass(1);
    expect([closed.now, askedToo.now]).toEqual(['node-closed', 'node-closed']);
    const after = outcome(a.node.send(c.id, 'x', text('6')));
    const afterToAll = outcome(a.node.broadcast('x', text('')));
    await pass(1);
    expect([after.now, afterToAll.now]).toEqual(['node-closed', 'node-closed']);
  });
});

describe('a Node asks', () => {
  it('and gets the answer, the reason, or a timeout', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    b.node.serve('double', ({ body }) => Promise.resolve(Uint8Array.of(2 * (body[0] ?? 0))));
    b.node.serve('fail', () => {
      throw new Error('out of ink');
    });
    b.node.serve('hang', () => new Promise(() => undefined));
    const answer = a.node.request(b.id, 'double', Uint8Array.of(21));
    const failed = a.node.request(b.id, 'fail', text('')).catch((error: Error) => error.message);
    const unknown = outcome(a.node.request(b.id, 'unknown', text('')));
    const hanging = outcome(a.node.request(b.id, 'hang', text(''), { timeoutMs: 500 }));
    const controller = new AbortController();
    const cancelled = outcome(a.node.request(b.id, 'hang', text(''), { signal: controller.signal }));
    await pass(100);
    expect(await answer).toEqual(Uint8Array.of(42));
    expect(await failed).toContain('out of ink');
    expect(unknown.now).toBe('request-failed');
    expect([hanging.now, cancelled.now]).toEqual(['pending', 'pending']);
    controller.abort();
    await pass(500);
    expect([hanging.now, cancelled.now]).toEqual(['request-timeout', 'cancelled']);
  });

  it('and is not held up by another question that takes long', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    b.node.serve('slow', () => new Promise(() => undefined));
    b.node.serve('quick', ({ body }) => body);
    a.node.request(b.id, 'slow', text('')).catch(() => undefined);
    const quick = outcome(a.node.request(b.id, 'quick', text('')));
    await pass(100);
    expect(quick.now).toBe('done');
  });
});

describe('a Node broadcasts', () => {
  it('to everyone once, over relays too, and not to itself', async () => {
    const joined = await mesh(6);
    const ring = joined.map(({ id }) => id);
    joined.forEach(({ node }, i) => {
      ring.forEach((id, j) => {
        const apart = (j - i + 6) % 6;
        if (apart > 1 && apart < 5) node.inspection.faults.setLinkBlocked(id, true);
      });
    });
    await pass(2000);
    expect(joined.map(({ node }) => node.inspection.snapshot().links.length)).toEqual([2, 2, 2, 2, 2, 2]);
    const counts = joined.map(() => 0);
    joined.forEach(({ node }, i) => {
      node.receive('news', ({ from }) => {
        expect(from).toBe(joined[0]?.id);
        counts[i] = (counts[i] ?? 0) + 1;
      });
    });
    for (let i = 0; i < 50; i++) joined[0]?.node.broadcast('news', text(`${i}`));
    await pass(200);
    expect(counts).toEqual([0, 50, 50, 50, 50, 50]);
  });
});

describe('a Node tells what happens', () => {
  it('who joined and who left, once each, and what changed about them, at most once a turn', async () => {
    const a = join();
    const log: string[] = [];
    let changes = 0;
    a.node.events.on('joined', (member) => log.push(`joined ${member.id}`));
    a.node.events.on('left', ({ id, reason }) => log.push(`left ${id}: ${reason}`));
    a.node.events.on('membersChanged', () => changes++);
    const b = join();
    await pass(1000);
    expect(log).toEqual([`joined ${b.id}`]);
    expect(a.node.members()).toBe(a.node.members());
    const before = a.node.members();
    changes = 0;
    b.node.setAttributes({ workers: 1, deviceName: 'new name' });
    await pass(200);
    expect(changes).toBe(1);
    expect(a.node.members()).not.toBe(before);
    expect(a.node.members()[1]?.attributes).toEqual({ deviceName: 'new name', workers: 1 });
    b.node.close();
    await pass(500);
    expect(log).toEqual([`joined ${b.id}`, `left ${b.id}: it said goodbye`]);
  });

  it('frames as they pass, while someone listens', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const entries: TraceEntry[] = [];
    const off = a.node.inspection.trace((entry) => entries.push(entry));
    await Promise.race([a.node.send(b.id, 'x', text('hello')), pass(100)]);
    off();
    const kinds = entries.map(
      ({ direction, type, index }) => `${direction} ${type} ${index < 0 ? 'ack' : ''}`,
    );
    expect(kinds).toContain('out msg ');
    expect(kinds).toContain('in msg ack');
    const seen = entries.length;
    await pass(5000);
    expect(entries).toHaveLength(seen);
  });
});
