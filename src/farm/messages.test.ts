import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeControl } from '../wire/index.ts';
import type { JobId } from './contract.ts';
import {
  decodeMessage as decode,
  decodeResult,
  encodeMessage,
  encodeResult,
  FARM_MESSAGES,
  type FarmMessage,
} from './messages.ts';

const decodeMessage = (message: FarmMessage): FarmMessage | undefined =>
  decode(message.type, encodeMessage(message));

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
      { type: 'pull', id, worker: 3, isEmptyHanded: true },
      { type: 'grant', id, worker: 3, leases: [lease, { task: 0, fence: 1 }] },
      { type: 'grant', id, worker: 3, leases: [] },
      { type: 'revoke', id, worker: 0, leases: [lease] },
      { type: 'failure', id, worker: 1, lease, reason: 'out of memory' },
      { type: 'unfit', id, worker: 1, reason: 'too small' },
      { type: 'release', id, worker: 255 },
      { type: 'inputs', id, receivedBytes: 5, totalBytes: 10 },
      { type: 'refused', id, reason: 'another kernel' },
      { type: 'cancel', id },
      { type: 'rejoin', id },
    ];
    for (const message of messages) expect(decodeMessage(message)).toEqual(message);
    const result = { id, worker: 7, lease, elapsedMs: 12.5, bytes: Uint8Array.of(1, 2, 3, 4) };
    expect(decodeResult(encodeResult(result))).toEqual(result);
  });

  it('that are not ours decode to nothing and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        decodeResult(bytes);
        for (const type of FARM_MESSAGES) expect(decode(type, bytes)).toBeUndefined();
      }),
    );
  });

  it('with a damaged byte are taken as a valid message or dropped', () => {
    const whole = encodeMessage({ type: 'grant', id, worker: 3, leases: [{ task: 1, fence: 2 }] });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const damaged = whole.slice();
        damaged[at] = byte;
        const message = decode('grant', damaged);
        if (message?.type === 'grant') {
          for (const { task, fence } of message.leases) expect(task >= 0 && fence >= 0).toBe(true);
        }
      }),
    );
  });

  it('that are too long or hold too much for their type cost nothing', () => {
    const bomb = new Uint8Array(16 * 1024 * 1024).fill(0x80); // maps, as many as bytes
    bomb.set([0xdd, 0x00, 0xff, 0xff, 0xfb]);
    const before = process.memoryUsage().heapUsed;
    for (const type of FARM_MESSAGES) expect(decode(type, bomb)).toBeUndefined();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(4 * 1024 * 1024);
    // Within the length of a grant, but with a map for each Lease.
    const maps = encodeControl([id, 3, Array.from({ length: 4096 }, () => ({}))]);
    expect(decode('grant', maps)).toBeUndefined();
    const spec = new Uint8Array(12 * 1024 + 1);
    expect(decode('job', encodeControl([id, 'render', 9, spec, 'running', null]))).toBeUndefined();
  });

  it('carry as many Leases as a worker can have, and a spec of its full size', () => {
    const leases = Array.from({ length: 2048 }, (_, i) => ({
      task: 0xffff_fff0 - i,
      fence: 0xffff_0000 + i,
    }));
    const grant: FarmMessage = { type: 'grant', id, worker: 255, leases };
    expect(decodeMessage(grant)).toEqual(grant);
    const job: FarmMessage = {
      ...{ type: 'job', id, kind: 'k'.repeat(32), taskCount: 60_000_000, phase: 'failed' },
      ...{ spec: new Uint8Array(12 * 1024), reason: '葉'.repeat(500) },
    };
    expect(decodeMessage(job)).toEqual(job);
  });

  it('with workers, counts or times out of range are dropped', () => {
    expect(decodeMessage({ type: 'pull', id, worker: 256, isEmptyHanded: false })).toBeUndefined();
    expect(decodeMessage({ type: 'pull', id, worker: -1, isEmptyHanded: false })).toBeUndefined();
    expect(decodeMessage({ type: 'cancel', id: 'x' as JobId })).toBeUndefined();
    const result = { id, worker: 1, lease: { task: 1, fence: 1 }, bytes: new Uint8Array(4) };
    expect(decodeResult(encodeResult({ ...result, elapsedMs: Number.NaN }))).toBeUndefined();
    expect(decodeResult(encodeResult({ ...result, elapsedMs: -1 }))).toBeUndefined();
  });
});
