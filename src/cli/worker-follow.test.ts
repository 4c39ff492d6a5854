import { expect, it } from 'vitest';
import type { JobId } from '../farm/index.ts';
import type { Member, Mesh, MeshEvents } from '../library/index.node.ts';
import type { RenderFarm, RenderJob, RenderJobEvents } from '../render/job/index.ts';
import { Emitter } from '../runtime/index.ts';
import { otherNode, someNode } from './job-views.testing.ts';
import { follow } from './worker-follow.ts';
import { WorkerNews } from './worker-news.ts';

const member = (id: Member['id'], isSelf: boolean) =>
  ({ id, isSelf, attributes: { name: isSelf ? 'self' : 'desk' } }) as unknown as Member;

function renderJob(id: string) {
  const events = new Emitter<RenderJobEvents>();
  return { id: id as JobId, title: id, state: 'rendering', reason: undefined, events };
}

it('a worker hears of who and what is there, of what changes, and of nothing after its end', () => {
  const meshEvents = new Emitter<MeshEvents>();
  const events: RenderFarm['events'] = new Emitter();
  const [one, two] = [renderJob('one'), renderJob('two')];
  const farm = { events, jobs: [one] as unknown as readonly RenderJob[] };
  const texts: string[] = [];
  const end = follow(
    {
      on: meshEvents.on.bind(meshEvents) as Mesh['on'],
      members: () => [member(someNode, true), member(otherNode, false)],
    },
    farm,
    new WorkerNews(({ text }) => texts.push(text)),
  );
  expect(texts).toEqual(['desk (bbbbbbbb) joined', 'one (one) rendering']);

  farm.jobs = [two, one] as unknown as readonly RenderJob[];
  events.emit('jobsChanged', undefined);
  one.state = 'done';
  one.events.emit('state', 'done');
  meshEvents.emit('left', { id: otherNode, reason: 'it said goodbye' });
  expect(texts.slice(2)).toEqual(['two (two) rendering', 'one (one) done', 'desk left: it said goodbye']);

  farm.jobs = [two] as unknown as readonly RenderJob[];
  events.emit('jobsChanged', undefined);
  expect(one.events.hasListeners('state')).toBe(false);
  end();
  expect([two.events.hasListeners('state'), events.hasListeners('jobsChanged')]).toEqual([false, false]);
  expect(meshEvents.hasListeners('joined')).toBe(false);
});
