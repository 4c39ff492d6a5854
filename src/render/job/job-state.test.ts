import { describe, expect, it } from 'vitest';
import type { Helper, JobPhase, JobView } from '../../farm/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { isOnlyHere, type JobFacts, stateOf } from './job-state.ts';

const view = (phase: JobPhase, isAttended = true, reason?: string) =>
  ({ control: { version: 1, phase, reason, priority: 2 }, isAttended }) as JobView;

const nothing: JobFacts = {
  isHashed: false,
  isNowhere: false,
  hasBegun: false,
  helpers: [],
  trouble: undefined,
  hasLeft: false,
};

const helper = (state: Helper['state'], reason?: string, receivedBytes = 0): Helper => ({
  ...{ node: 'n' as NodeId, state, reason, receivedBytes, totalBytes: 9, checked: 0 },
});

describe('what people are told of a render', () => {
  it('is that it prepares, and renders as soon as something is there', () => {
    expect(stateOf(view('running'), nothing).state).toBe('preparing');
    expect(stateOf(view('running'), { ...nothing, hasBegun: true }).state).toBe('rendering');
  });

  it('is that it waits, and for what, while nobody leads it', () => {
    const { state, reason } = stateOf(view('running', false), { ...nothing, hasBegun: true });
    expect(state).toBe('waiting');
    expect(reason).toMatch(/nobody in reach leads/);
  });

  it('is that it waits while nobody can work on it, and why', () => {
    const helpers = [helper('refused', 'the scene is nowhere'), helper('fetching')];
    expect(stateOf(view('running'), { ...nothing, helpers })).toEqual({
      state: 'waiting',
      reason: 'no device in reach can work on this render: the scene is nowhere',
    });
    for (const able of [
      helper('ready'),
      helper('working'),
      helper('idle'),
      helper('fetching', undefined, 1),
    ]) {
      expect(stateOf(view('running'), { ...nothing, helpers: [...helpers, able] }).state).toBe('preparing');
    }
    expect(stateOf(view('running'), { ...nothing, helpers: [helper('fetching')] }).state).toBe('preparing');
  });

  it('is done only when the picture is here', () => {
    expect(stateOf(view('done'), nothing).state).toBe('rendering');
    expect(stateOf(view('done'), { ...nothing, isHashed: true, hasLeft: true }).state).toBe('done');
    expect(stateOf(view('done', false), nothing).state).toBe('rendering');
    const { state, reason } = stateOf(view('done'), { ...nothing, isNowhere: true });
    expect([state, reason]).toEqual(['waiting', expect.stringMatching(/whole picture/)]);
    expect(stateOf(view('done'), { ...nothing, trouble: 'no memory' })).toEqual({
      state: 'failed',
      reason: 'no memory',
    });
  });

  it('is what a person asked for, or why it failed', () => {
    expect(stateOf(view('paused', false, 'by Ann'), nothing)).toEqual({ state: 'paused', reason: 'by Ann' });
    expect(stateOf(view('cancelled', true, 'by Ann'), { ...nothing, hasLeft: true }).state).toBe('cancelled');
    expect(stateOf(view('failed', false, 'three workers'), nothing).reason).toBe('three workers');
  });

  it('is that this tab has left, once it has', () => {
    expect(stateOf(view('running'), { ...nothing, hasLeft: true })).toEqual({
      state: 'waiting',
      reason: 'this tab left the network',
    });
  });
});

describe('a render is lost with this tab', () => {
  const self = 'me' as NodeId;
  const coordinating = (standby: NodeId | undefined, ...helpers: readonly Helper[]) =>
    ({ role: 'coordinator', isAttended: true, standby, helpers }) as unknown as JobView;

  it('while it leads it and nobody else keeps the results, or has the scene', () => {
    const [own, other] = [{ ...helper('working'), node: self }, helper('idle')];
    expect(isOnlyHere(coordinating(undefined, own, other), self)).toBe(true);
    expect(isOnlyHere(coordinating(other.node, own), self)).toBe(true);
    expect(isOnlyHere(coordinating(other.node, own, helper('fetching', undefined, 5)), self)).toBe(true);
    expect(isOnlyHere(coordinating(other.node, own, other), self)).toBe(false);
  });

  it('while it keeps the second copy and the first is gone; not while it only looks on', () => {
    const view = (role: string, isAttended: boolean) =>
      ({ role, isAttended, standby: self, helpers: [] }) as unknown as JobView;
    expect(isOnlyHere(view('standby', false), self)).toBe(true);
    expect(isOnlyHere(view('standby', true), self)).toBe(false);
    expect(isOnlyHere(view('member', false), self)).toBe(false);
  });
});
