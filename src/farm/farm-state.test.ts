import { describe, expect, it } from 'vitest';
import { FarmNet } from '../../sim/farm/farm-net.ts';
import { newNodeId } from '../wire/index.ts';
import { FIRST_CONTROL } from './control.ts';
import { named } from './description.ts';
import { readableLog } from './log/job-log.ts';
import type { FarmMessage } from './messages.ts';
import { PART_TASKS, sumsRequest } from './sums.testing.ts';

/** A stranger that every Node takes for a member. */
/** Of a beat: nothing has come of the work yet. */
const NOTHING_DONE = {
  ...{ standby: undefined, holders: [], doneCost: 0, totalCost: 5, inWork: 0 },
  ...{ checked: 0, liars: [] },
};

function stranger(net: FarmNet) {
  const id = newNodeId(net.random);
  for (const node of net.alive) {
    node.members.add(id);
    net.handle(node, { type: 'joined', node: id });
  }
  const say = (message: FarmMessage): void => {
    for (const node of net.alive) net.send(id, node.id, message);
  };
  return { id, say };
}

describe('FarmState', () => {
  it('knows at most 64 Jobs at the word of one member', () => {
    const net = new FarmNet(1);
    const node = net.add(1);
    const { id, say } = stranger(net);
    for (let job = 0; job < 500; job++) {
      const description = named({ ...sumsRequest(5), submitter: newNodeId(net.random), submittedAtMs: job });
      const control = job < 50 ? FIRST_CONTROL : { ...FIRST_CONTROL, phase: 'done' as const };
      say({ type: 'beat', id: description.id, term: 1, control, ...NOTHING_DONE });
      say({ type: 'description', id: description.id, description });
      net.runFor(100);
    }
    expect(node.state.views(0)).toHaveLength(64);
    net.miss(node, id);
  });

  it('knows at most two million parts at the word of one member, for it keeps something of each', () => {
    const net = new FarmNet(1);
    const node = net.add(1);
    const { id, say } = stranger(net);
    for (let job = 0; job < 8; job++) {
      const request = sumsRequest(2 ** 19 * PART_TASKS);
      const description = named({ ...request, submitter: newNodeId(net.random), submittedAtMs: job });
      const control = job < 1 ? { ...FIRST_CONTROL, phase: 'done' as const } : FIRST_CONTROL;
      say({ type: 'beat', id: description.id, term: 1, control, ...NOTHING_DONE });
      say({ type: 'description', id: description.id, description });
      net.runFor(100);
    }
    expect(node.state.views(0).map(({ description }) => description.submittedAtMs)).toEqual([1, 2, 3, 4]);
    net.miss(node, id);
  });

  it('takes no description that it did not ask for', () => {
    const net = new FarmNet(1);
    const node = net.add(1);
    const { say } = stranger(net);
    const description = named({ ...sumsRequest(5), submitter: node.id, submittedAtMs: 1 });
    say({ type: 'description', id: description.id, description });
    net.runFor(100);
    expect(node.state.views(0)).toEqual([]);
  });

  it('does not know a forgotten Job again, while the others go on with it', () => {
    const net = new FarmNet(2);
    const [a, b] = [net.add(1), net.add(1)];
    net.runFor(500);
    const job = net.submit(a, 60);
    net.runFor(1_000);
    net.handle(a, { type: 'forget', id: job });
    const isDone = net.runUntil(() => net.view(b, job)?.control.phase === 'done', 60_000);
    net.runFor(10_000);
    expect(isDone).toBe(true);
    expect(net.view(a, job)).toBeUndefined();
  });

  it('is in the end as a person has wanted it last, however soon after something else', () => {
    for (let seed = 0; seed < 10; seed++) {
      const net = new FarmNet(seed);
      const [a, b] = [net.add(1), net.add(1)];
      net.runFor(500);
      const job = net.submit(a, 4_000);
      net.runFor(1_000);
      for (const [token, type] of (['pause', 'resume', 'pause', 'resume'] as const).entries()) {
        net.handle(b, { type: 'wish', id: job, wish: { type }, token });
        net.runFor(net.between(1, 60));
      }
      net.runFor(8_000);
      expect(net.view(a, job)?.control.phase, `seed ${seed}`).toBe('running');
    }
  });

  it('ends no Job at the word of a member that does not coordinate it', () => {
    const net = new FarmNet(3);
    const [a] = [net.add(1), net.add(1)];
    net.runFor(500);
    const job = net.submit(a, 400);
    net.runFor(1_000);
    const { say } = stranger(net);
    const control = { version: 9, phase: 'failed' as const, reason: 'forged', priority: 2 };
    say({ type: 'beat', id: job, term: 1 + 2 ** 40, control, ...NOTHING_DONE });
    say({ type: 'beat', id: job, term: 0, control, ...NOTHING_DONE });
    for (let fence = 0; fence < 300; fence++) {
      say({ type: 'failure', id: job, term: 1, worker: 0, lease: { task: fence, fence }, reason: 'forged' });
    }
    for (let worker = 0; worker < 256; worker++)
      say({ type: 'unfit', id: job, term: 1, worker, reason: 'forged' });
    net.runFor(2_000);
    expect(net.alive.map((node) => net.view(node, job)?.control.phase)).toEqual(['running', 'running']);
    expect(net.view(a, job)?.term).toEqual({ number: 1, node: a.id });
  });

  it('goes on with a Job that a member took and called failed, when a person wants it, whatever that member says', () => {
    const net = new FarmNet(5);
    const nodes = [net.add(1), net.add(2), net.add(1)];
    const [first, other] = nodes;
    if (!first || !other) throw new Error('unreachable');
    net.runFor(500);
    const job = net.submit(first, 600);
    net.runFor(1_000);
    const { say } = stranger(net);
    let term = 2;
    const speak = (): void => {
      const control = { version: 9, phase: 'failed' as const, reason: 'forged', priority: 2 };
      const nothing = { standby: undefined, holders: [], doneCost: 0, totalCost: 600, inWork: 0 };
      say({ type: 'beat', id: job, term, control, ...nothing, checked: 0, liars: [] });
      net.after(5_000, speak);
    };
    speak();
    net.runFor(1_000);
    expect(nodes.map((node) => net.view(node, job)?.control.phase)).toEqual(['failed', 'failed', 'failed']);
    net.handle(other, { type: 'wish', id: job, wish: { type: 'requeue' }, token: 1 });
    net.after(20_000, () => term++);
    const isDone = net.runUntil(
      () => nodes.every((node) => net.view(node, job)?.control.phase === 'done'),
      120_000,
    );
    expect(isDone).toBe(true);
  });

  it('takes a Job back from a member that took its term and gives no work', () => {
    const net = new FarmNet(4);
    const nodes = [net.add(1), net.add(2), net.add(1)];
    net.runFor(500);
    const job = net.submit(nodes[0] as (typeof nodes)[number], 600);
    net.runFor(1_000);
    const { id, say } = stranger(net);
    const speak = (): void => {
      say({ type: 'beat', id: job, term: 2, control: FIRST_CONTROL, ...NOTHING_DONE });
      net.after(1_000, speak);
    };
    speak();
    net.runFor(1_000);
    expect(nodes.map((node) => net.view(node, job)?.term.node)).toEqual([id, id, id]);
    const isDone = net.runUntil(
      () => nodes.every((node) => net.view(node, job)?.control.phase === 'done'),
      90_000,
    );
    expect(isDone).toBe(true);
  });

  it('writes down whose results were wrong, also where another one leads by then', () => {
    const net = new FarmNet(6);
    const [a, b, c, liar] = [net.add(1), net.add(1), net.add(1), net.add(1)];
    liar.habit = (right) => right.map((byte) => byte ^ 85);
    net.runFor(500);
    const job = net.submit(a, 400);
    net.runUntil(() => (net.view(a, job)?.liars.length ?? 0) > 0, 60_000);
    net.runFor(8_000);
    net.kill(a);
    const heirs = [b, c];
    net.runUntil(() => heirs.every((node) => net.view(node, job)?.control.phase === 'done'), 90_000);
    const lead = heirs.find((node) => net.view(node, job)?.role === 'coordinator');
    const { events } = readableLog((lead && net.view(lead, job)?.log) ?? []);
    expect(events.filter(({ kind }) => kind === 'wrong')).toMatchObject([{ node: liar.id }]);
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['submitted', 'led', 'done']));
  });

  it('says who helps and who does not, and why', () => {
    const net = new FarmNet(5);
    const [a, b] = [net.add(1), net.add(1)];
    net.runFor(500);
    const job = net.submit(a, 500);
    net.runFor(1_500);
    for (const { id } of [a, b]) {
      expect(net.view(a, job)?.helpers).toContainEqual(
        expect.objectContaining({ node: id, state: 'working' }),
      );
    }
    expect(net.view(a, job)).toMatchObject({ role: 'coordinator', standby: b.id, isAttended: true });
    expect(net.view(b, job)).toMatchObject({ role: 'standby', standby: b.id, helpers: [] });
    const { id, say } = stranger(net);
    say({ type: 'refused', id: job, reason: 'another kernel' });
    net.runFor(100);
    expect(net.view(a, job)?.helpers).toContainEqual(
      expect.objectContaining({ node: id, state: 'refused', reason: 'another kernel' }),
    );
  });
});
