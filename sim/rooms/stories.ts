/** What stories of rooms are made of. */
import { uniform } from '../../src/runtime/index.ts';
import type { RoomLimits } from '../../src/services/rooms/contract.ts';
import type { RoomNet } from './room-net.ts';
import type { SimRoom } from './sim-room.ts';

export interface Scenario {
  /** Other than usual. */
  readonly limits?: Partial<RoomLimits>;
  play(net: RoomNet): void;
}

const TEXTS = ['a', 'bc', '!thrown', 'x'.repeat(40)];

/** Somebody writes something, now and then, for so long. */
export function chatter(
  net: RoomNet,
  durationMs: number,
  everyMs: number,
  who: () => readonly SimRoom[] = () => net.alive,
): void {
  const until = net.now() + durationMs;
  let count = 0;
  const next = (): void => {
    if (net.now() >= until) return;
    const rooms = who();
    if (rooms.length > 0) net.write(net.pick(rooms), `${net.pick(TEXTS)}${count++}`);
    if (uniform(net.random) < 0.1 && net.alive.length > 0) net.sync(net.pick(net.alive));
    net.after(net.between(0, 2 * everyMs), next);
  };
  next();
}

export function people(net: RoomNet, count: number): SimRoom[] {
  const rooms = Array.from({ length: count }, () => net.add());
  net.latencyMs = () => net.between(1, 60);
  return rooms;
}

export function split(net: RoomNet, left: readonly SimRoom[], right: readonly SimRoom[]): void {
  for (const a of left) for (const b of right) net.disconnect(a, b);
}

export function join(net: RoomNet, left: readonly SimRoom[], right: readonly SimRoom[]): void {
  for (const a of left) for (const b of right) net.connect(a, b);
}
