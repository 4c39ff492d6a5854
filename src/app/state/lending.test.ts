import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { createLending, type LendingRules, type PowerSupply } from './lending.ts';

const ALWAYS: LendingRules = { onlyVisible: false, onlyOnMains: false };

function device({ rules = ALWAYS, charging }: { rules?: LendingRules; charging?: boolean } = {}) {
  let seen: () => void = () => {};
  let plugged: () => void = () => {};
  const page = {
    visibilityState: 'visible' as DocumentVisibilityState,
    addEventListener: (_: string, listener: () => void) => {
      seen = listener;
    },
  };
  const supply = {
    charging: charging ?? true,
    addEventListener: (_: string, listener: () => void) => (plugged = listener),
  };
  const lent: number[] = [];
  const remembered: unknown[] = [];
  const hasWork = signal(false);
  const wished: number[] = [];
  let grant: (workers: number) => void = () => {};
  const lending = createLending({
    workers: 4,
    rules,
    page: page as unknown as Document,
    power: () => (charging === undefined ? undefined : Promise.resolve(supply as PowerSupply)),
    hasWork,
    claimCores: (onShare) => {
      grant = onShare;
      return { wish: (count) => wished.push(count), close() {} };
    },
    setWorkers: (count) => lent.push(count),
    remember: (change) => remembered.push(change),
  });
  const hide = (isHidden: boolean): void => {
    page.visibilityState = isHidden ? 'hidden' : 'visible';
    seen();
  };
  const plug = (isPlugged: boolean): void => {
    supply.charging = isPlugged;
    plugged();
  };
  return { lending, lent, remembered, hide, plug, hasWork, wished, grant };
}

describe('a device', () => {
  it('lends what its person chose, and remembers it', () => {
    const { lending, lent, remembered } = device();
    lending.lend(2);
    expect(lent).toEqual([4, 2]);
    expect(remembered).toEqual([{ workers: 2, ...ALWAYS }]);
  });

  it('lends nothing while it is paused, and what was chosen meanwhile afterwards', () => {
    const { lending, lent } = device();
    lending.pause(true);
    lending.lend(3);
    expect(lending.whyIdle.value).toBe('paused');
    lending.pause(false);
    expect(lent).toEqual([4, 0, 3]);
    expect(lending.whyIdle.value).toBeUndefined();
  });

  it('helps out of sight unless told otherwise', () => {
    const free = device();
    free.hide(true);
    expect(free.lent).toEqual([4]);
    const shy = device({ rules: { ...ALWAYS, onlyVisible: true } });
    shy.hide(true);
    expect(shy.lending.whyIdle.value).toMatch(/out of sight/);
    shy.hide(false);
    expect(shy.lent).toEqual([4, 0, 4]);
  });

  it('on battery helps unless told otherwise, and where nobody knows, helps', async () => {
    const { lending, lent, plug, remembered } = device({ charging: false });
    await Promise.resolve();
    expect(lending.knowsPower.value).toBe(true);
    expect(lent).toEqual([4]);
    lending.setRules({ ...ALWAYS, onlyOnMains: true });
    expect(lending.whyIdle.value).toBe('on battery');
    plug(true);
    expect(lent).toEqual([4, 0, 4]);
    expect(remembered).toEqual([{ workers: 4, onlyVisible: false, onlyOnMains: true }]);
    const unknown = device({ rules: { ...ALWAYS, onlyOnMains: true } });
    expect(unknown.lent).toEqual([4]);
    expect(unknown.lending.knowsPower.value).toBe(false);
  });

  it('asks for cores only while a Job runs, and then works with its share of them', () => {
    const { lending, lent, wished, hasWork, grant } = device();
    expect([lent, wished]).toEqual([[4], [0]]);
    hasWork.value = true;
    expect([lent, wished]).toEqual([[4], [0, 4]]);
    grant(2);
    expect(lending.share.value).toBe(2);
    grant(4);
    expect(lending.share.value).toBeUndefined();
    grant(3);
    hasWork.value = false;
    expect([lent, wished]).toEqual([
      [4, 2, 4, 3, 4],
      [0, 4, 0],
    ]);
    expect(lending.share.value).toBeUndefined();
  });

  it('asks for no cores while it is paused, and for fewer when fewer are lent', () => {
    const { lending, lent, wished, hasWork } = device();
    hasWork.value = true;
    lending.lend(2);
    lending.pause(true);
    expect([lent.at(-1), wished]).toEqual([0, [0, 4, 2, 0]]);
  });
});
