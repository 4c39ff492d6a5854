import { computed, signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { createEndings, type Notifier } from './endings.ts';
import type { JobStanding, JobView } from './jobs.ts';

function page(
  permission: NotificationPermission,
  answer: NotificationPermission = 'granted',
  { isPhone = false } = {},
) {
  const told: { title: string; body: string }[] = [];
  const toldByWorker: string[] = [];
  class FakeNotification {
    static readonly permission = permission;
    static requestPermission = async () => answer;
    constructor(title: string, { body }: { body: string }) {
      if (isPhone) throw new TypeError('Illegal constructor');
      told.push({ title, body });
    }
  }
  let isHidden = true;
  const endings = createEndings({
    notifier: FakeNotification as Notifier,
    serviceWorker: async () => ({ showNotification: async (title) => void toldByWorker.push(title) }),
    isHidden: () => isHidden,
  });
  return {
    endings,
    told,
    toldByWorker,
    show: () => {
      isHidden = false;
    },
  };
}

function job(state: JobStanding['state'] = 'rendering') {
  const standing = signal({ state, reason: undefined } as JobStanding);
  const view = {
    job: { title: 'Fox', id: 'x' },
    standing,
    progress: signal({ elapsedSeconds: 65 }),
    isRunning: computed(() => standing.value.state === 'rendering'),
  } as unknown as JobView;
  const end = (next: JobStanding['state'], reason?: string): void => {
    standing.value = { ...standing.value, state: next, reason };
  };
  return { view, end };
}

describe('the end of a render', () => {
  it('is told to who has looked away', () => {
    const { endings, told } = page('granted');
    const { view, end } = job();
    endings.watch(view);
    expect(told).toEqual([]);
    end('done');
    expect(told).toEqual([{ title: 'Fox', body: 'Done in 1 min 05 s' }]);
  });

  it('is told by the service worker where only that may', async () => {
    const { endings, told, toldByWorker } = page('granted', 'granted', { isPhone: true });
    const { view, end } = job();
    endings.watch(view);
    end('done');
    await expect.poll(() => toldByWorker).toEqual(['Fox']);
    expect(told).toEqual([]);
  });

  it('says why when it failed, and nothing when a person cancelled it', () => {
    const { endings, told } = page('granted');
    const [failed, cancelled] = [job(), job()];
    endings.watch(failed.view);
    endings.watch(cancelled.view);
    failed.end('failed', 'no memory');
    cancelled.end('cancelled');
    expect(told).toEqual([{ title: 'Fox', body: 'no memory' }]);
  });

  it('is not told to who is looking, of what was over before, or without permission', async () => {
    const seen = page('granted');
    const first = job();
    seen.endings.watch(first.view);
    seen.show();
    first.end('done');
    const old = page('granted');
    old.endings.watch(job('done').view);
    const asked = page('default', 'denied');
    const second = job();
    asked.endings.watch(second.view);
    expect(asked.endings.canAsk.value).toBe(true);
    await asked.endings.ask();
    expect(asked.endings.canAsk.value).toBe(false);
    second.end('done');
    expect([...seen.told, ...old.told, ...asked.told]).toEqual([]);
  });

  it('where the browser has no notifications nobody is asked', () => {
    expect(
      createEndings({ notifier: undefined, serviceWorker: async () => undefined, isHidden: () => true })
        .canAsk.value,
    ).toBe(false);
  });
});
