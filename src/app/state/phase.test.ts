import { describe, expect, it } from 'vitest';
import type { JobState } from '../../render/job/index.ts';
import { type PhaseFacts, phaseOf } from './phase.ts';

const idle: PhaseFacts = {
  opening: undefined,
  isStarting: false,
  job: undefined,
  isJobComing: false,
  scene: undefined,
  rendezvous: 'online',
  others: 0,
  workers: 2,
  hasLeft: false,
};
const job = (state: JobState, reason?: string) => ({
  title: 'duck.glb',
  state,
  reason,
  seconds: 12,
});

describe('the phase', () => {
  it('invites when nothing is there', () => {
    expect(phaseOf(idle)).toMatch(/open a scene/);
    expect(phaseOf({ ...idle, rendezvous: 'offline' })).toMatch(/cannot be reached/);
    expect(phaseOf({ ...idle, others: 2 })).toBe('2 other devices connected');
  });

  it('says before everything else that this tab is no longer in the network', () => {
    const left = { ...idle, hasLeft: true, others: 2, opening: 'fox.glb', job: job('rendering') };
    expect(phaseOf(left)).toBe('This tab has left the network');
  });

  it('puts what is being opened before everything else', () => {
    expect(phaseOf({ ...idle, opening: 'fox.glb', job: job('rendering') })).toBe('Opening fox.glb …');
  });

  it('tells that a render rests, and what it waits for', () => {
    expect(phaseOf({ ...idle, job: job('paused') })).toBe('duck.glb is paused');
    expect(phaseOf({ ...idle, job: job('waiting', 'nobody leads it') })).toBe(
      'duck.glb waits: nobody leads it',
    );
    expect(phaseOf({ ...idle, job: job('preparing'), workers: 0 })).toMatch(/waits: nobody lends a worker/);
  });

  it('tells that a render has been asked for', () => {
    expect(phaseOf({ ...idle, isStarting: true })).toBe('Starting the render …');
  });

  it('tells of a render before it can be shown, and of one that is shown first', () => {
    const coming = { ...idle, isJobComing: true, others: 2 };
    expect(phaseOf(coming)).toBe('A render is here; what shows it is loading …');
    expect(phaseOf({ ...coming, job: job('rendering') })).toBe('Rendering duck.glb');
  });

  it('speaks of others only where there are some', () => {
    expect(phaseOf({ ...idle, job: job('preparing') })).toBe('Preparing duck.glb …');
    expect(phaseOf({ ...idle, job: job('preparing'), others: 1 })).toBe('Sending duck.glb to everyone …');
  });

  it('tells how a render ended, and why', () => {
    expect(phaseOf({ ...idle, job: job('done') })).toBe('duck.glb is done in 12 s');
    expect(phaseOf({ ...idle, job: job('failed', 'three workers ran out of memory') })).toBe(
      'duck.glb failed: three workers ran out of memory',
    );
    expect(phaseOf({ ...idle, job: job('cancelled') })).toBe('duck.glb was cancelled');
    expect(phaseOf({ ...idle, job: job('cancelled', 'it was cancelled') })).toBe('duck.glb was cancelled');
    expect(phaseOf({ ...idle, job: job('cancelled', 'it was cancelled from another tab') })).toBe(
      'duck.glb was cancelled from another tab',
    );
    expect(phaseOf({ ...idle, job: job('cancelled', 'this tab left the network') })).toBe(
      'duck.glb was cancelled: this tab left the network',
    );
  });

  it('never changes with the percentage', () => {
    const early = phaseOf({ ...idle, job: { ...job('rendering'), seconds: 1 } });
    expect(phaseOf({ ...idle, job: { ...job('rendering'), seconds: 99 } })).toBe(early);
  });
});
