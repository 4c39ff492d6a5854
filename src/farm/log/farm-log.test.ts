import { describe, expect, it } from 'vitest';
import { farmTabs, phaseOf, submit } from '../../../sim/farm-tabs.testing.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { Farm } from '../farm.ts';
import { sumKind, sumsRequest } from '../sums.testing.ts';

quietVirtualTime();

describe("a Job's log", () => {
  it('tells on any Node who asked for it, who helped, what each did and what went wrong, and what people wanted', async () => {
    const { mesh, add } = farmTabs(21);
    const [owner, helper, clumsy, looker] = [add(1), add(2), add(1, { fails: () => true }), add(0)];
    await mesh.meet();
    const { id } = submit(owner, 200);
    await mesh.runFor(1_500);
    await Promise.all([looker.farm.wish(id, { type: 'pause' }), mesh.runFor(1_000)]);
    await Promise.all([looker.farm.wish(id, { type: 'resume' }), mesh.runFor(1_000)]);
    await mesh.runUntil(() => phaseOf(looker, id) === 'done');
    const [log] = await Promise.all([looker.farm.readLog(id), mesh.runFor(1_000)]);
    const told = (node: string) => log.events.flatMap((one) => (one.node === node ? [one.kind] : []));
    expect(told(owner.node.id)).toEqual(['submitted', 'joined']);
    expect(told(helper.node.id)).toEqual(['joined']);
    expect(told(clumsy.node.id)).toEqual(['joined', 'failure', 'failure', 'failure']);
    expect(told(looker.node.id)).toEqual(['paused', 'resumed']);
    expect(log.names.get(looker.node.id)).toBe('tab 3');
    expect(log.events.at(-1)).toMatchObject({ kind: 'done', node: undefined });
    mesh.kill(helper.node.id);
    await mesh.runUntil(() => owner.node.members().length === 3);
    const [after] = await Promise.all([owner.farm.readLog(id), mesh.runFor(1_000)]);
    expect(after.events.at(-1)).toMatchObject({ kind: 'done' });
    expect(log.events.find(({ kind }) => kind === 'failure')?.detail).toMatch(/^\d+: .*stumbled/);
    const did = new Map(log.work.map((one) => [one.node as string, one]));
    expect(did.get(clumsy.node.id)).toMatchObject({ name: 'tab 2', tasks: 0, failures: 3 });
    const tasks = [owner, helper].map(({ node }) => did.get(node.id)?.tasks ?? 0);
    expect(tasks[0]).toBeGreaterThan(20);
    expect((tasks[0] ?? 0) + (tasks[1] ?? 0)).toBe(200);
    expect(log.events.map(({ atMs }) => atMs)).toEqual(
      log.events.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
    );
  });

  it('goes on where it was when another one takes the Job over', async () => {
    const { mesh, add } = farmTabs(22);
    const [owner, one, two] = [add(1), add(1), add(1)];
    await mesh.meet();
    const { id } = submit(owner, 1_000);
    await mesh.runFor(8_000);
    mesh.kill(owner.node.id);
    await mesh.runUntil(() => phaseOf(one, id) === 'done' && phaseOf(two, id) === 'done');
    const [log] = await Promise.all([two.farm.readLog(id), mesh.runFor(1_000)]);
    const heir = one.farm.view(id)?.term.node;
    expect(log.events.slice(0, 1)).toMatchObject([{ kind: 'submitted', node: owner.node.id }]);
    expect(log.events.filter(({ kind }) => kind === 'led')).toMatchObject([{ node: heir }]);
    const before = log.work.find(({ node }) => node === owner.node.id);
    expect(before?.tasks).toBeGreaterThan(20);
  });

  it('names who does not take part, and who let its Leases run out', async () => {
    const { mesh, add } = farmTabs(24);
    const owner = add(1);
    const others = [add(1, { refuses: 'another kernel here' }), add(1, { taskMs: 90_000 })] as const;
    await mesh.meet();
    const { id } = submit(owner, 600);
    await mesh.runUntil(() => phaseOf(owner, id) === 'done');
    const { events, work } = await owner.farm.readLog(id);
    const told = others.map(({ node }) => events.filter((one) => one.node === node.id));
    expect(told[0]).toMatchObject([{ kind: 'refused', detail: 'another kernel here' }]);
    const [joined, ...expired] = told[1] ?? [];
    expect(joined).toMatchObject({ kind: 'joined' });
    expect(new Set(expired.map(({ kind }) => kind))).toEqual(new Set(['expired']));
    // It may have got the two one after the other.
    expect(expired.reduce((sum, { detail }) => sum + Number(detail), 0)).toBe(2);
    expect(work.find(({ node }) => node === others[1].node.id)).toMatchObject({ tasks: 0, expired: 2 });
  });

  it('has the time of day, though the farm counts from the start of its page', async () => {
    const { mesh } = farmTabs(25);
    const { node, host, random } = mesh.add();
    const wallClock = { now: () => 1_700_000_000_000 + host.now() };
    const kinds = [sumKind(host, random)];
    const farm = new Farm({ node, clock: host, timers: host, random, kinds, wallClock });
    farm.setWorkers(1);
    const beganAtMs = wallClock.now();
    const id = farm.submit(sumsRequest(20));
    await mesh.runUntil(() => farm.view(id)?.control.phase === 'done');
    const { events } = await farm.readLog(id);
    const times = events.map(({ atMs }) => atMs);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(beganAtMs);
    expect(Math.max(...times)).toBeLessThanOrEqual(wallClock.now());
  });

  it('cannot be read where nobody who has it is there, and that is said', async () => {
    const { mesh, add } = farmTabs(23);
    const owner = add(1);
    const { node, host, random } = mesh.add();
    const looker = new Farm({ node, clock: host, timers: host, random, wallClock: host });
    await mesh.meet();
    const { id } = submit(owner, 10_000);
    await mesh.runFor(1_000);
    mesh.freeze(owner.node.id);
    const reading = looker.readLog(id).then(() => 'it was read', String);
    const [read] = await Promise.all([reading, mesh.runFor(10_100)]);
    expect(read).toContain('nobody in reach');
  });
});
