import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobId } from './contract.ts';
import { decodeMessage, decodeResult, encodeMessage, encodeResult, type FarmMessage } from './messages.ts';

const id = '0123456789abcdef0123456789abcdef' as JobId;

describe('farm messages', () => {
  it('come back as they were sent', () => {
    const lease = { task: 60_000_000, fence: 4_000_000_000 };
    const messages: FarmMessage[] = [
      {
        type: 'job',
        id,
        kind: 'render',
        taskCount: 9,
        spec: Uint8Array.of(1, 2),
        phase: 'running',
        reason: undefined,
      },
      {
        type: 'job',
        id,
        kind: 'render',
        taskCount: 9,
        spec: Uint8Array.of(),
        phase: 'failed',
        reason: 'why',
      },
      { type: 'pull', id, worker: 3 },
      { type: 'grant', id, worker: 3, leases: [lease, { task: 0, fence: 1 }] },
      { type: 'grant', id, worker: 3, leases: [] },
      { type: 'revoke', id, worker: 0, leases: [lease] },
      { type: 'failure', id, worker: 1, lease, reason: 'out of memory' },
      { type: 'unfit', id, worker: 1, reason: 'too small' },
      { type: 'release', id, worker: 255 },
      { type: 'inputs', id, receivedBytes: 5, totalBytes: 10 },
      { type: 'refused', id, reason: 'another kernel' },
      { type: 'cancel', id },
    ];
    for (const message of messages) expect(decodeMessage(encodeMessage(message))).toEqual(message);
    const result = { id, worker: 7, lease, elapsedMs: 12.5, bytes: Uint8Array.of(1, 2, 3, 4) };
    expect(decodeResult(encodeResult(result))).toEqual(result);
  });

  it('that are not ours decode to nothing and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        decodeResult(bytes);
        expect(decodeMessage(bytes)).toBeUndefined();
      }),
    );
  });

  it('with a damaged byte are taken as a valid message or dropped', () => {
    const whole = encodeMessage({ type: 'grant', id, worker: 3, leases: [{ task: 1, fence: 2 }] });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const damaged = whole.slice();
        damaged[at] = byte;
        const message = decodeMessage(damaged);
        if (message?.type === 'grant') {
          for (const { task, fence } of message.leases) expect(task >= 0 && fence >= 0).toBe(true);
        }
      }),
    );
  });

  it('with workers, counts or times out of range are dropped', () => {
    expect(decodeMessage(encodeMessage({ type: 'pull', id, worker: 256 }))).toBeUndefined();
    expect(decodeMessage(encodeMessage({ type: 'pull', id, worker: -1 }))).toBeUndefined();
    expect(decodeMessage(encodeMessage({ type: 'cancel', id: 'x' as JobId }))).toBeUndefined();
    const result = { id, worker: 1, lease: { task: 1, fence: 1 }, bytes: new Uint8Array(4) };
    expect(decodeResult(encodeResult({ ...result, elapsedMs: Number.NaN }))).toBeUndefined();
    expect(decodeResult(encodeResult({ ...result, elapsedMs: -1 }))).toBeUndefined();
  });
});
