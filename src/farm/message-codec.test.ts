import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { type ControlValue, encodeControl, newNodeId } from '../wire/index.ts';
import type { JobId } from './contract.ts';
import { named } from './description.ts';
import { decodeMessage as decode, encodeMessage, FARM_MESSAGES } from './message-codec.ts';
import type { FarmMessage } from './messages.ts';

const decodeMessage = (message: FarmMessage): FarmMessage | undefined =>
  decode(message.type, encodeMessage(message));

const random = seededRandom(1);
const [node, other] = [newNodeId(random), newNodeId(random)];
const description = named({
  ...{ kind: 'render', title: 'Teapot', taskCount: 9, spec: Uint8Array.of(1, 2) },
  ...{ submitter: node, submittedAtMs: 1_790_000_000_000 },
});
const { id } = description;
const beat: FarmMessage = {
  ...{ type: 'beat', id, term: 3 },
  control: { version: 65_537, phase: 'paused', reason: 'later', priority: 4 },
  ...{ standby: node, holders: [other, node], doneCost: 12.5, totalCost: 1e12, inWork: 7, checked: 300 },
  liars: [{ node: other, withdrawnCost: 65_536.5 }],
};

describe('farm messages', () => {
  it('come back as they were sent', () => {
    const lease = { task: 60_000_000, fence: 4_000_000_000 };
    const about = { id, term: 2 ** 51, worker: 3 };
    const messages: FarmMessage[] = [
      beat,
      { type: 'check', ...about, checks: [{ ...lease, range: { first: 63, count: 1 } }] },
      {
        ...beat,
        ...{ control: { version: 0, phase: 'running', reason: undefined, priority: 0 }, standby: undefined },
      },
      { type: 'ask', id, isNew: true },
      { type: 'description', id, description },
      { type: 'wish', id, wish: { type: 'cancel' } },
      { type: 'wish', id, wish: { type: 'priority', priority: 0 } },
      { type: 'pull', ...about, isEmptyHanded: true, held: Uint32Array.of(1, 4_000_000_000) },
      { type: 'grant', ...about, leases: [lease, { task: 0, fence: 1 }] },
      { type: 'grant', ...about, leases: [] },
      { type: 'revoke', ...about, leases: [lease] },
      { type: 'blocked', ...about, reason: 'it failed' },
      { type: 'failure', ...about, lease, reason: 'out of memory' },
      { type: 'unfit', ...about, reason: 'too small' },
      { type: 'release', ...about, worker: 255 },
      { type: 'inputs', id, receivedBytes: 5, totalBytes: 10 },
      { type: 'refused', id, reason: 'another kernel' },
      { type: 'unable', id },
      { type: 'versions', id, first: 65_536, versions: Uint32Array.of(0, 7) },
      { type: 'want', id, first: 0, parts: Uint32Array.of(5) },
      { type: 'ask-log', id, known: undefined },
      { type: 'ask-log', id, known: 9 },
      { type: 'log', id, sections: [] },
    ];
    expect(new Set(messages.map(({ type }) => type))).toEqual(new Set(FARM_MESSAGES));
    for (const message of messages) expect(decodeMessage(message)).toEqual(message);
  });

  it('bring words of others as one line that turns nothing and that no terminal obeys', () => {
    const [said, heard] = ['\u001b[2J\u001b[31mno\nroom \u202ethere\u009b', '[2J [31mno room  there'];
    const about = { id, term: 1, worker: 3 };
    const lease = { task: 0, fence: 1 };
    for (const message of [
      { type: 'blocked', ...about, reason: said },
      { type: 'failure', ...about, lease, reason: said },
      { type: 'unfit', ...about, reason: said },
      { type: 'refused', id, reason: said },
    ] as const)
      expect(decodeMessage(message)).toEqual({ ...message, reason: heard });
    const control = { version: 1, phase: 'failed', reason: said, priority: 1 } as const;
    expect(decodeMessage({ ...beat, control })).toEqual({ ...beat, control: { ...control, reason: heard } });
  });

  it('that are not ours decode to nothing and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        for (const type of FARM_MESSAGES) expect(decode(type, bytes)).toBeUndefined();
      }),
    );
  });

  it('with a damaged byte are taken as a valid message or dropped', () => {
    for (const message of [
      beat,
      { type: 'grant', id, term: 1, worker: 3, leases: [{ task: 1, fence: 2 }] } as const,
    ]) {
      const whole = encodeMessage(message);
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
          const damaged = whole.slice();
          damaged[at] = byte;
          const read = decode(message.type, damaged);
          if (read) expect(decodeMessage(read)).toEqual(read);
        }),
      );
    }
  });

  it('that are too long or hold too much for their type cost nothing', () => {
    const bomb = new Uint8Array(16 * 1024 * 1024).fill(0x80); // maps, as many as bytes
    bomb.set([0xdd, 0x00, 0xff, 0xff, 0xfb]);
    const before = process.memoryUsage().heapUsed;
    for (const type of FARM_MESSAGES) expect(decode(type, bomb)).toBeUndefined();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(4 * 1024 * 1024);
    // Within the length of a grant, but with a map for each Lease.
    const maps = encodeControl([id, 1, 3, Array.from({ length: 4096 }, () => ({}))]);
    expect(decode('grant', maps)).toBeUndefined();
    expect(decode('grant', encodeControl([id, 1, 3, new Uint8Array(12)]))).toBeUndefined(); // one and a half
  });

  it('carry as many as there can be, and a spec of its full size', () => {
    const leases = Array.from({ length: 2048 }, (_, i) => ({
      task: 0xffff_fff0 - i,
      fence: 0xffff_0000 + i,
    }));
    const full = named({
      ...{ kind: 'k'.repeat(32), title: '葉'.repeat(200), taskCount: 60_000_000 },
      ...{ spec: new Uint8Array(12 * 1024), submitter: node, submittedAtMs: 0 },
    });
    const messages: FarmMessage[] = [
      { type: 'grant', id, term: 2 ** 51, worker: 255, leases },
      { type: 'description', id: full.id, description: full },
      { type: 'versions', id, first: 2 ** 31, versions: new Uint32Array(65_536).fill(0xffff_ffff) },
      { type: 'want', id, first: 0, parts: new Uint32Array(256) },
      {
        ...beat,
        ...{ holders: Array(16).fill(node), control: { ...beat.control, reason: '葉'.repeat(500) } },
        liars: Array(64).fill({ node, withdrawnCost: 0.1 }),
      },
    ];
    for (const message of messages) expect(decodeMessage(message)).toEqual(message);
  });

  it('describe only the Job whose name they bear', () => {
    const forged = { ...description, taskCount: 10 };
    expect(decodeMessage({ type: 'description', id, description: forged })).toBeUndefined();
  });

  it('with workers, terms, versions, phases or Nodes out of range are dropped', () => {
    const about = { id, term: 1, worker: 1 };
    const fields: readonly ControlValue[] = [id, 3, 0, 'running', null, 2, null, [], 0, 1, 0, 0, []];
    expect(decode('beat', encodeControl(fields))).toBeDefined();
    const bad: readonly (readonly [number, ControlValue])[] = [
      [1, 2 ** 52],
      [1, 1.5],
      [1, -1],
      [2, 2 ** 52],
      [3, 'stuck'],
      [4, 7],
      [5, 5],
      [6, 'somebody'],
      [7, ['somebody']],
      [7, Array(17).fill(node)],
      [8, -1],
      [9, Number.POSITIVE_INFINITY],
      [10, 0.5],
      [11, -1],
      [12, [node]],
      [12, ['somebody', 1]],
      [12, [node, -1]],
      [12, Array.from({ length: 130 }, (_, i) => (i % 2 === 0 ? node : 0))],
    ];
    for (const [at, value] of bad) {
      expect(decode('beat', encodeControl(fields.with(at, value))), `field ${at}`).toBeUndefined();
    }
    expect(decodeMessage({ type: 'release', ...about, worker: 256 })).toBeUndefined();
    expect(decodeMessage({ type: 'release', ...about, worker: -1 })).toBeUndefined();
    expect(decodeMessage({ type: 'unable', id: 'x' as JobId })).toBeUndefined();
    expect(decodeMessage({ type: 'wish', id, wish: { type: 'priority', priority: 5 } })).toBeUndefined();
    expect(decode('wish', encodeControl([id, 'explode']))).toBeUndefined();
  });
});
