import { describe, expect, it } from 'vitest';
import type { SimulatedNode } from './simulated-node.testing.ts';
import { eachTestsMesh, outcome, text } from './small-mesh.testing.ts';

const { nodes: mesh, pass } = eachTestsMesh();

describe('faults', () => {
  it('drop a Link, which the mesh opens again', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const log: string[] = [];
    b.node.events.on('left', () => log.push('left'));
    a.node.inspection.faults.dropLink(b.id);
    await pass(50);
    expect(a.node.inspection.snapshot().links).toEqual([]);
    await pass(3000);
    expect(a.node.inspection.snapshot().links).toHaveLength(1);
  });

  it('block a Link, so that messages take the way over another Node', async () => {
    const [a, b, c] = (await mesh(3)) as [SimulatedNode, SimulatedNode, SimulatedNode];
    a.node.inspection.faults.setLinkBlocked(b.id, true);
    await pass(3000);
    expect(a.node.inspection.faults.blockedLinks).toEqual(new Set([b.id]));
    expect(a.node.members().find(({ id }) => id === b.id)).toMatchObject({ isNeighbour: false, hops: 2 });
    expect(a.node.inspection.snapshot().routes.get(b.id)).toBe(c.id);
    const sent = outcome(a.node.send(b.id, 'x', text('')));
    await pass(200);
    expect(sent.now).toBe('done');
    a.node.inspection.faults.setLinkBlocked(b.id, false);
    await pass(20_000);
    expect(a.node.members().find(({ id }) => id === b.id)).toMatchObject({ isNeighbour: true, hops: 1 });
  });

  it('pause all sending: the others count it out, and it is back when it speaks again', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    a.node.inspection.faults.setSendingPaused(true);
    expect(a.node.inspection.faults.sendingPaused).toBe(true);
    await pass(10_000);
    expect(b.node.members()).toHaveLength(1);
    a.node.inspection.faults.setSendingPaused(false);
    await pass(30_000);
    expect(b.node.members()).toHaveLength(2);
    expect(a.node.members()).toHaveLength(2);
  });
});

describe('a network table', () => {
  it('is that of the Node that is asked, or ours', async () => {
    const [a, b, c] = (await mesh(3)) as [SimulatedNode, SimulatedNode, SimulatedNode];
    const asked = a.node.inspection.table(b.id);
    await pass(200);
    const ids = (await asked).map(({ id }) => id);
    expect(ids).toContain(c.id);
    expect(ids).not.toContain(b.id);
    const own = await a.node.inspection.table();
    expect(own.map(({ id }) => id).sort()).toEqual([b.id, c.id].sort());
    expect(await a.node.inspection.table(a.id)).toEqual(own);
  });

  it('is asked for no longer than the caller waits', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    const reason = new Error('never mind');
    for (const target of [undefined, a.id, b.id]) {
      const asked = a.node.inspection.table(target, { signal: AbortSignal.abort(reason) });
      await expect(asked).rejects.toMatchObject({ code: 'cancelled', cause: reason });
    }
    b.peer.host.freeze();
    const controller = new AbortController();
    const stopped = outcome(a.node.inspection.table(b.id, { signal: controller.signal }));
    const late = outcome(a.node.inspection.table(b.id, { timeoutMs: 50 }));
    await pass(10);
    controller.abort();
    await pass(100);
    expect([stopped.now, late.now]).toEqual(['cancelled', 'request-timeout']);
  });
});

describe('the trace', () => {
  it('goes to every listener, though one of them fails', async () => {
    const [a, b] = (await mesh(2)) as [SimulatedNode, SimulatedNode];
    let heard = 0;
    const offs = [
      a.node.inspection.trace(() => {
        throw new Error('no ink');
      }),
      a.node.inspection.trace(() => heard++),
    ];
    const sent = outcome(a.node.send(b.id, 'x', text('')));
    await pass(100);
    expect(sent.now).toBe('done');
    expect(heard).toBeGreaterThan(0);
    for (const off of offs) off();
    const before = heard;
    await pass(5000);
    expect(heard).toBe(before);
  });
});
