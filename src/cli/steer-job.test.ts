import { expect, it } from 'vitest';
import { jobView } from './job-views.testing.ts';
import { outcome, steerCommands } from './steer-job.ts';

const id = 'aaaaaaaa11';

it('tells what became of a job that was steered', () => {
  expect(outcome('pause', jobView(id, { phase: 'paused' }))).toBe('leaf.glb (aaaaaaaa): paused, 25 % done');
  expect(outcome('resume', jobView(id))).toBe('leaf.glb (aaaaaaaa): running, 25 % done');
  expect(outcome('cancel', jobView(id, { phase: 'cancelled' }))).toMatch(/: cancelled/);
  expect(outcome('requeue', jobView(id, { title: 'two\nlines' }))).toMatch(/^two lines \(/);
});

it('refuses what a job that is over cannot do, and says what can be done', () => {
  expect(() => outcome('pause', jobView(id, { phase: 'done' }))).toThrow(
    'leaf.glb (aaaaaaaa) is done: there is nothing to pause',
  );
  expect(() => outcome('resume', jobView(id, { phase: 'cancelled' }))).toThrow('`leafcutter requeue`');
  expect(() => outcome('cancel', jobView(id, { phase: 'failed' }))).toThrow('nothing to cancel');
});

it('takes an invite and a job', () => {
  for (const command of steerCommands()) {
    const said: string[] = [];
    command.exitOverride().configureOutput({ writeErr: (text) => said.push(text) });
    expect(() => command.parse(['an-invite'], { from: 'user' })).toThrow('job');
    expect(said.join('')).toContain("missing required argument 'job'");
  }
});
