import { expect, it } from 'vitest';
import type { Timers } from '../../runtime/index.ts';
import { PATH_LOOK_MS, watchPath } from './path-watch.ts';

class Connection extends EventTarget {
  iceConnectionState: RTCIceConnectionState = 'connected';

  become(state: RTCIceConnectionState): void {
    this.iceConnectionState = state;
    this.dispatchEvent(new Event('iceconnectionstatechange'));
  }
}

it('tells that a path fails, at once and again while it lasts, and no more when it is found or given up', () => {
  const waiting = new Map<() => void, number>();
  const timers: Timers = {
    after: (delayMs, callback) => {
      waiting.set(callback, delayMs);
      return () => waiting.delete(callback);
    },
  };
  const fire = (): void => {
    for (const callback of [...waiting.keys()]) {
      waiting.delete(callback);
      callback();
    }
  };
  const connection = new Connection();
  let told = 0;
  const end = watchPath(connection as never, timers, () => told++);
  connection.become('completed');
  expect(told).toBe(0);
  connection.become('disconnected');
  expect([told, [...waiting.values()]]).toEqual([1, [PATH_LOOK_MS]]);
  connection.become('failed');
  expect([told, waiting.size]).toEqual([2, 1]);
  fire();
  expect([told, waiting.size]).toEqual([3, 1]);
  connection.become('connected');
  expect([told, waiting.size]).toEqual([3, 0]);
  connection.become('disconnected');
  end();
  fire();
  connection.become('failed');
  expect([told, waiting.size]).toEqual([4, 0]);
});
