import { describe, expect, it } from 'vitest';
import { newNodeId } from '../../wire/index.ts';
import { NodeClosedError, TargetsUnreachableError } from '../errors.ts';
import type { SimulatedNode } from './simulated-node.testing.ts';
import { codeOf, eachTestsMesh, outcome, text } from './small-mesh.testing.ts';

const small = eachTestsMesh();
const { nodes: mesh, pass } = small;

describe('a closed Node', () => {
  it('rejects what was pending, what it had asked of itself too', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    let hasBeenCalled = false;
    a.node.serve('never', () => new Promise(() => undefined));
    a.node.receive('never', () => new Promise(() => undefined));
    a.node.receive('late', () => {
      hasBeenCalled = true;
    });
    b.node.serve('never', () => new Promise(() => undefined));
    const pending = [
      a.node.request(a.id, 'never', text(''), { timeoutMs: Number.POSITIVE_INFINITY }),
      a.node.send(a.id, 'never', text('')),
      a.node.request(b.id, 'never', text('')),
    ].map(outcome);
    await pass(100);
    expect(pending.map(({ now }) => now)).toEqual(['pending', 'pending', 'pending']);
    const late = outcome(a.node.send(a.id, 'late', text('')));
    a.node.close();
    await pass(1);
    expect([...pending, late].map(({ now }) => now)).toEqual(Array(4).fill('node-closed'));
    expect(hasBeenCalled).toBe(false);
  });

  it('has sent what was said in the same turn', async () => {
    const [a, b, c] = (await mesh(3)) as [SimulatedNode, SimulatedNode, SimulatedNode];
    const heard: string[] = [];
    for (const { node } of [b, c]) node.receive('last', ({ body }) => void heard.push(String(body.length)));
    const said = [
      a.node.send(b.id, 'last', text('1')),
      a.node.send([b.id, c.id], 'last', text('22')),
      a.node.broadcast('last', text('333')),
    ].map(outcome);
    a.node.close();
    await pass(100);
    expect(heard.sort()).toEqual(['1', '2', '2', '3', '3']);
    expect(said.map(({ now }) => now)).toEqual(['node-closed', 'done', 'done']);
  });

  it('says so whatever it is asked', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const stream = a.node.stream('chat');
    a.node.close();
    for (const action of [
      () => a.node.receive('x', () => undefined),
      () => a.node.serve('x', () => text('')),
      () => a.node.messages('x'),
      () => a.node.stream('late'),
      () => a.node.setAttributes({ deviceName: 'late' }),
      () => stream.receive('x', () => undefined),
      () => stream.messages('x', { signal: AbortSignal.abort() }),
    ]) {
      expect(action).toThrow(NodeClosedError);
    }
    const rejected = [
      a.node.send(b.id, 'x', text('')),
      a.node.send(a.id, 'x', text('')),
      a.node.send([], 'x', text('')),
      a.node.send([a.id, b.id], 'x', text('')),
      a.node.broadcast('x', text('')),
      a.node.request(a.id, 'x', text('')),
      a.node.request(b.id, 'x', text('')),
      a.node.inspection.table(b.id),
      stream.send(b.id, 'x', text('')),
    ].map(outcome);
    await pass(1);
    expect(rejected.map(({ now }) => now)).toEqual(rejected.map(() => 'node-closed'));
    expect(a.node.attributes).toEqual({ deviceName: 'tab' });
    expect(codeOf(() => stream.close())).toBeUndefined();
    expect(codeOf(() => a.node.close())).toBeUndefined();
  });

  it('ends loops over messages, after what was acknowledged to the senders', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const waiting = b.node.stream('quiet').messages('x').next();
    const unread = b.node.messages('x');
    const other = b.node.messages('y').next();
    const [first, second] = [a.node.send(b.id, 'x', text('1')), a.node.send(b.id, 'x', text('2'))].map(
      outcome,
    );
    await pass(100);
    expect([first?.now, second?.now]).toEqual(['done', 'done']);
    b.node.close();
    await pass(1);
    expect(await waiting).toEqual({ value: undefined, done: true });
    expect(await other).toEqual({ value: undefined, done: true });
    const read: string[] = [];
    for await (const { body } of unread) read.push(new TextDecoder().decode(body));
    expect(read).toEqual(['1', '2']);
  });

  it('ends the loops of a stream though the handlers of another never return', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    b.node.stream('stuck').receive('x', () => new Promise(() => undefined));
    const next = b.node.messages('x').next();
    a.node
      .stream('stuck')
      .send(b.id, 'x', text(''))
      .catch(() => undefined);
    await pass(100);
    b.node.close();
    await pass(1);
    expect(await next).toEqual({ value: undefined, done: true });
  });

  it('hands over what came together with the message whose handler has closed it', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const read: string[] = [];
    b.node.receive('stop', () => b.node.close());
    const messages = b.node.stream('chat').messages('x');
    const loop = (async () => {
      for await (const { body } of messages) read.push(new TextDecoder().decode(body));
    })();
    void outcome(a.node.send(b.id, 'stop', text('')));
    void outcome(a.node.stream('chat').send(b.id, 'x', text('together')));
    await pass(200);
    await loop;
    expect(read).toEqual(['together']);
  });
});

describe('a closed stream', () => {
  it('ends its loops, lets their senders go on, and gives its name back', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const stream = b.node.stream('chat');
    const loop = stream.messages('x');
    const chat = a.node.stream('chat');
    void outcome(chat.send(b.id, 'x', text('unread')));
    await pass(100);
    const next = stream.messages('y').next();
    stream.close();
    expect(await next).toEqual({ value: undefined, done: true });
    expect(codeOf(() => stream.receive('x', () => undefined))).toBe('stream-closed');
    const got: string[] = [];
    b.node.stream('chat').receive('x', ({ body }) => void got.push(new TextDecoder().decode(body)));
    const sent = outcome(chat.send(b.id, 'x', text('again')));
    await pass(100);
    expect([sent.now, got]).toEqual(['done', ['again']]);
    expect((await loop.next()).value).toMatchObject({ body: text('unread') });
    expect((await loop.next()).done).toBe(true);
  });
});

describe('a loop over messages whose signal aborts', () => {
  it('holds nobody up though it is not gone on with, and can still read what was acknowledged', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const controller = new AbortController();
    const loop = a.node.messages('news', { signal: controller.signal });
    const handled: string[] = [];
    a.node.receive('other', ({ body }) => void handled.push(new TextDecoder().decode(body)));
    const sends = ['1', '2'].map((word) => outcome(b.node.send(a.id, 'news', text(word))));
    await pass(500);
    controller.abort();
    void b.node.send(a.id, 'other', text('3'));
    await pass(500);
    expect(handled).toEqual(['3']);
    expect(sends.map(({ now }) => now)).toEqual(['done', 'done']);
    const read: string[] = [];
    for await (const { body } of loop) read.push(new TextDecoder().decode(body));
    expect(read).toEqual(['1']); // the second came when nobody took any more
  });
});

describe('a message to several', () => {
  it('reaches nobody when some are no members, and says who', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const got: string[] = [];
    for (const { node, id } of [a, b]) node.receive('x', () => void got.push(id));
    const strangers = [newNodeId(small.net.random), newNodeId(small.net.random)];
    const error = await a.node
      .send([b.id, a.id, ...strangers], 'x', text(''))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TargetsUnreachableError);
    expect((error as TargetsUnreachableError).targets).toEqual(strangers);
    for (const id of strangers) expect((error as Error).message).toContain(id.slice(0, 8));
    await pass(200);
    expect(got).toEqual([]);
    await a.node.send([b.id, a.id], 'x', text(''));
    await pass(200);
    expect(got.sort()).toEqual([a.id, b.id].sort());
  });
});
