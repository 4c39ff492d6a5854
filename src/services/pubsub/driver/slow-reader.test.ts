import { describe, expect, it } from 'vitest';
import { KIB, two } from '../../../../sim/lone-broker.testing.ts';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { TestClient } from '../client.testing.ts';
import { CLIENT_WINDOW_BYTES, ENTRY_BYTES } from '../contract.ts';

quietVirtualTime();

/** Of KIB on a subject of one letter. */
const WEIGHT = 1025 + ENTRY_BYTES;

describe('a client that reads slowly', () => {
  it('gives a client a window ahead and no more, and the rest as it is taken', () => {
    const [a, b] = two();
    a.sub('1', 'x');
    a.isReading = false;
    for (let i = 0; i < 1_000; i++) b.pub('x', KIB);
    const ahead = CLIENT_WINDOW_BYTES / WEIGHT;
    expect(a.messages.length).toBeGreaterThanOrEqual(ahead);
    expect(a.messages.length).toBeLessThanOrEqual(ahead + 1);
    a.read();
    expect(a.messages).toHaveLength(1_000);
  });

  it('loses the newest of a slow subscription, tells how many, and slows nobody else', () => {
    const [a, b, broker] = two();
    const other = new TestClient(broker);
    a.sub('1', 'x', { slow: { mode: 'drop', maxBytes: 10 * WEIGHT } });
    other.sub('1', 'x');
    a.isReading = false;
    b.pub('x', new Uint8Array(CLIENT_WINDOW_BYTES)); // into its hands
    for (let i = 0; i < 25; i++) b.pub('x', KIB, { ack: i });
    expect(b.outcome(9)).toMatchObject({ subscriptions: 2, failure: undefined });
    expect(b.outcome(10)).toMatchObject({ subscriptions: 1, failure: 'too-slow' });
    expect(other.messages).toHaveLength(26);
    a.read();
    b.pub('x', 'after');
    b.pub('x', 'more');
    expect(a.messages).toHaveLength(13);
    expect(a.messages.map(({ lost }) => lost)).toEqual([...Array(11).fill(0), 15, 0]);
    expect(broker.stats(a.connection)).toMatchObject({ lost: 15, outMessages: 13, pendingBytes: 0 });
  });

  it('holds of a subscription that is not read no more than its bound in memory, also of messages of nothing', () => {
    const [a, b] = two();
    const bound = 100 * 1024;
    a.sub('1', 'x', { slow: { mode: 'drop', maxBytes: bound } });
    a.isReading = false;
    b.pub('x', new Uint8Array(CLIENT_WINDOW_BYTES));
    // Each a corner of all that came with it.
    for (let i = 0; i < 2_000; i++) b.pub('x', new Uint8Array(64 * 1024).subarray(0, 1));
    a.read();
    const held = a.messages.slice(1);
    expect(held.length).toBeLessThanOrEqual(bound / ENTRY_BYTES);
    expect(held.reduce((sum, { payload }) => sum + payload.buffer.byteLength, 0)).toBeLessThan(bound);
  });

  it('lets the publishers of a subscription that asked for it wait, within its bound', () => {
    const [a, b] = two();
    a.sub('1', 'x', { slow: { mode: 'wait', maxBytes: 10 * WEIGHT } });
    a.isReading = false;
    b.pub('x', new Uint8Array(CLIENT_WINDOW_BYTES));
    for (let i = 0; i < 12; i++) b.pub('x', KIB, { ack: i });
    expect(b.outcome(4)?.subscriptions).toBe(1);
    expect(b.outcome(5)).toBeUndefined();
    expect(b.outcome(9)).toBeUndefined();
    expect(b.outcome(10)?.failure).toBe('too-slow');
    a.read();
    expect(b.outcome(5)?.subscriptions).toBe(1);
    expect(b.outcome(9)?.subscriptions).toBe(1);
  });

  it('lets them go when it ends or its client is gone', () => {
    const [a, b] = two();
    const slow = { mode: 'wait', maxBytes: 2 * WEIGHT } as const;
    a.sub('1', 'x', { slow });
    a.isReading = false;
    b.pub('x', new Uint8Array(CLIENT_WINDOW_BYTES));
    for (let i = 0; i < 2; i++) b.pub('x', KIB, { ack: i });
    expect(b.outcome(1)).toBeUndefined();
    a.unsub('1');
    expect(b.outcome(1)?.subscriptions).toBe(1);
    a.sub('2', 'x', { slow });
    for (let i = 2; i < 4; i++) b.pub('x', KIB, { ack: i });
    expect(b.outcome(3)).toBeUndefined();
    a.connection.say({ type: 'close', reason: 'done' });
    expect(b.outcome(3)?.subscriptions).toBe(1);
  });

  it('lets them go when its client is gone that had all it asked for and did not read it', () => {
    const [a, b] = two();
    a.sub('1', 'x', { slow: { mode: 'wait', maxBytes: 2 * WEIGHT } });
    a.isReading = false;
    b.pub('x', new Uint8Array(CLIENT_WINDOW_BYTES));
    for (let i = 0; i < 2; i++) b.pub('x', KIB, { ack: i });
    a.unsub('1', 0);
    expect(b.outcome(1)).toBeUndefined();
    a.connection.say({ type: 'close', reason: 'done' });
    expect(b.outcome(1)?.subscriptions).toBe(1);
  });

  it('lets go of what waits for thousands of subscriptions that end one by one, and keeps what waits for the others', () => {
    const [a, b, broker] = two();
    const [count, times] = [10_000, 40];
    for (let sid = 0; sid <= count; sid++) a.sub(`${sid}`, 'x');
    a.isReading = false;
    a.sub('window', 'y');
    b.pub('y', new Uint8Array(CLIENT_WINDOW_BYTES));
    for (let i = 0; i < times; i++) b.pub('x', `${i}`);
    const heldBytes = (): number => broker.stats(a.connection).pendingBytes - CLIENT_WINDOW_BYTES;
    expect(heldBytes()).toBeGreaterThan(count * times * ENTRY_BYTES);
    // A walk along the line for each would be four thousand million steps.
    for (let sid = 1; sid <= count; sid++) a.unsub(`${sid}`);
    expect(heldBytes()).toBeLessThan(2 * (times + 1) * ENTRY_BYTES);
    a.read();
    expect(a.payloads.slice(1)).toEqual(Array.from({ length: times }, (_, i) => `${i}`));
    expect(broker.stats(a.connection).pendingBytes).toBe(0);
  });

  it('asks a publisher to wait while too much of it is unsettled', async () => {
    const [a, b] = two();
    a.sub('1', 'x', { slow: { mode: 'wait', maxBytes: 3 * 1024 * 1024 } });
    a.isReading = false;
    b.pub('x', new Uint8Array(CLIENT_WINDOW_BYTES));
    const large = new Uint8Array(1024 * 1024 - 1 - ENTRY_BYTES);
    for (let i = 0; i < 2; i++) b.pub('x', large, { ack: i });
    expect(b.connection.room()).toBeUndefined();
    b.pub('x', new Uint8Array(100 * 1024), { ack: 3 });
    const room = b.connection.room();
    expect(room).toBeInstanceOf(Promise);
    a.read();
    await room;
    expect(b.connection.room()).toBeUndefined();
  });
});
