import { describe, expect, it } from 'vitest';
import type { JobPhase } from './contract.ts';
import { FIRST_CONTROL } from './control.ts';
import { knowsBetter, type OwnKnowledge } from './knows-better.ts';

const control = (phase: JobPhase, version = 3) => ({ ...FIRST_CONTROL, phase, version });
const own = (phase: JobPhase, more: Partial<OwnKnowledge> = {}): OwnKnowledge => ({
  ...{ control: control(phase), role: 'member', isComplete: true, doneCost: 10 },
  ...more,
});
const running = { control: control('running', 2), doneCost: 5 };

describe('a Node knows better than one with a higher term', () => {
  it('when it has all results of a Job that is done, and the other one goes on with it', () => {
    expect(knowsBetter(own('done'), running)).toBe(true);
    expect(knowsBetter(own('done', { isComplete: false }), running)).toBe(false);
  });

  it('when it cancelled the Job as its coordinator', () => {
    expect(knowsBetter(own('cancelled', { role: 'coordinator' }), running)).toBe(true);
    expect(knowsBetter(own('cancelled'), running)).toBe(false);
  });

  it('when both say that it is done, and it has more of what came out', () => {
    const done = { control: control('done'), doneCost: 9 };
    expect(knowsBetter(own('done'), done)).toBe(true);
    expect(knowsBetter(own('done', { doneCost: 9 }), done)).toBe(false);
    expect(knowsBetter(own('done', { doneCost: undefined }), done)).toBe(false);
  });

  it('never of a Job that goes on, or failed: others may manage', () => {
    expect(knowsBetter(own('running'), running)).toBe(false);
    expect(knowsBetter(own('failed'), running)).toBe(false);
  });
});
