import { describe, expect, it, vi } from 'vitest';
import { SimulatedNetwork } from '../transport/simulated/index.ts';
import { newNodeId } from '../wire/index.ts';
import { Alarm } from './alarm.ts';

function setting(next: (now: number) => number = () => Number.POSITIVE_INFINITY) {
  const network = new SimulatedNetwork(1);
  const { host } = network.addPeer(newNodeId(network.random));
  const woken: number[] = [];
  const alarm = new Alarm(host, host, (now) => {
    woken.push(now);
    return next(now);
  });
  return { alarm, host, woken, pass: (ms: number) => network.scheduler.runFor(ms) };
}

describe('the alarm of a Node', () => {
  it('wakes at the time it was told last, once', async () => {
    const { alarm, woken, pass } = setting();
    for (const time of [500, 100, 300]) alarm.at(time);
    await pass(1000);
    expect(woken).toEqual([301]);
  });

  it('does not wake in vain for a deadline that has moved, nor for one that is gone', async () => {
    const { alarm, woken, pass } = setting();
    alarm.at(100);
    await pass(50);
    alarm.at(600);
    await pass(400);
    expect(woken).toEqual([]);
    alarm.at(Number.POSITIVE_INFINITY);
    await pass(1000);
    expect(woken).toEqual([]);
  });

  it('leaves its timer where it is for a deadline that moves a little with each frame', async () => {
    const { alarm, host, woken, pass } = setting();
    const after = vi.spyOn(host, 'after');
    for (let time = 100; time < 120; time++) alarm.at(time);
    expect(after).toHaveBeenCalledOnce();
    await pass(1000);
    expect(woken).toEqual([101]);
  });

  it('goes on with the time that waking answers', async () => {
    const { alarm, woken, pass } = setting((now) => (now < 250 ? now + 100 : Number.POSITIVE_INFINITY));
    alarm.at(100);
    await pass(1000);
    expect(woken).toEqual([101, 202, 303]);
  });

  it('leaves a timer that is due to fire, and says how long it has been', async () => {
    const { alarm, host, woken, pass } = setting();
    alarm.at(100);
    host.freeze();
    await pass(500);
    alarm.at(9_000);
    expect(alarm.dueAt).toBe(100);
    host.thaw();
    await pass(1);
    expect([woken, alarm.dueAt]).toEqual([[500], Number.POSITIVE_INFINITY]);
  });

  it('is silent once stopped', async () => {
    const { alarm, woken, pass } = setting();
    alarm.at(100);
    alarm.stop();
    alarm.at(200);
    await pass(1000);
    expect(woken).toEqual([]);
  });
});
