import { describe, expect, it } from 'vitest';
import type { JobId } from '../farm/index.ts';
import type { JobState } from '../render/job/index.ts';
import { someNode } from './job-views.testing.ts';
import { type News, WorkerNews } from './worker-news.ts';

function heard() {
  const told: News[] = [];
  const news = new WorkerNews((one) => told.push(one));
  return { news, told, texts: () => told.map(({ text }) => text) };
}

const id = 'aaaaaaaa11' as JobId;
const job = (state: JobState, reason?: string) => ({ id, title: 'leaf.glb', state, reason });

describe('what happens around a worker', () => {
  it('is told by names, also of who has left', () => {
    const { news, told, texts } = heard();
    news.memberJoined(someNode, { name: 'desk' });
    news.memberLeft(someNode, 'it said goodbye');
    news.memberLeft(someNode, 'it said goodbye');
    expect(texts()).toEqual([
      'desk (aaaaaaaa) joined',
      'desk left: it said goodbye',
      'aaaaaaaa left: it said goodbye',
    ]);
    expect(told[1]?.record).toEqual({
      ...{ type: 'member-left', node: someNode, name: 'desk', reason: 'it said goodbye' },
    });
  });

  it('is told of a job once for each state and reason, and again where it was forgotten', () => {
    const { news, texts } = heard();
    news.jobChanged(job('rendering'));
    news.jobChanged(job('rendering'));
    news.jobChanged(job('rendering', 'another\u0007 kernel'));
    news.jobChanged(job('done'));
    news.jobForgotten(id);
    news.jobChanged(job('done'));
    expect(texts()).toEqual([
      'leaf.glb (aaaaaaaa) rendering',
      'leaf.glb (aaaaaaaa) rendering: another\ufffd kernel',
      'leaf.glb (aaaaaaaa) done',
      'leaf.glb (aaaaaaaa) done',
    ]);
  });

  it('is a warning where a job failed', () => {
    const { news, told } = heard();
    news.jobChanged(job('rendering'));
    news.jobChanged(job('failed', 'three failed'));
    expect(told.map(({ level }) => level)).toEqual(['info', 'warn']);
    expect(told[1]?.record).toEqual({
      type: 'job',
      id,
      title: 'leaf.glb',
      state: 'failed',
      reason: 'three failed',
    });
  });
});
