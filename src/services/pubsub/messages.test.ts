import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { MAX_PAYLOAD_LIMIT, type Pattern, type Subject } from './contract.ts';
import { type BrokerMessage, decodeMessage, encodeMessage, MAX_CHANGES } from './interest-messages.ts';
import { decodePublications, encodePublication, MAX_TOGETHER_BYTES } from './publication-codec.ts';
import type { Place } from './sending-order.ts';

const random = seededRandom(5);
const [from, self, other] = [newNodeId(random), newNodeId(random), newNodeId(random)];
const edition = { epoch: 0xffff_ffff, version: 12 };
const changes = [
  { pattern: 'a.*' as Pattern, queue: undefined, count: 3 },
  { pattern: '>' as Pattern, queue: 'crew', count: 0 },
];
const line: Place = { way: 'line', number: 0xffff_ffff, after: 7 };
const cast = { way: 'broadcast', number: 9, after: new Map([[other, 5]]) } as const;
const messages: readonly BrokerMessage[] = [
  { type: 'delta', edition, order: 3, wantsSeen: true, changes },
  { type: 'table', edition, wantsSeen: false, isFirst: true, isLast: false, changes },
  { type: 'hello', edition, wantsTable: true },
  { type: 'seen', edition },
  { type: 'bye' },
  { type: 'gap', after: 7 },
  { type: 'result', result: { seq: 1, subscriptions: 2, dropped: 3, missing: ['crew'] } },
];

describe('what Brokers tell each other', () => {
  it('comes out as it went in', () => {
    for (const message of messages)
      expect(decodeMessage(message.type, encodeMessage(message))).toEqual(message);
  });

  it('fits at its largest', () => {
    const most = Array.from({ length: MAX_CHANGES }, () => ({
      pattern: 'ä'.repeat(128) as Pattern,
      queue: 'ä'.repeat(256),
      count: 1_000_000,
    }));
    const message = { type: 'delta', edition, order: 3, wantsSeen: true, changes: most } as const;
    expect(decodeMessage('delta', encodeMessage(message))).toEqual(message);
  });

  it('is read whole or not at all, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...messages), fc.nat(), fc.nat(255), (message, at, byte) => {
        const bytes = encodeMessage(message).slice();
        bytes[at % bytes.length] = byte;
        const read = decodeMessage(message.type, bytes);
        if (read) expect(decodeMessage(read.type, encodeMessage(read))).toEqual(read);
        expect(decodeMessage(message.type, bytes.subarray(0, at % bytes.length))).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('names no pattern that is none, and no queue without a name', () => {
    const bad = [
      { pattern: 'a..b' as Pattern, queue: undefined, count: 1 },
      { pattern: 'a' as Pattern, queue: '', count: 1 },
      { pattern: 'a' as Pattern, queue: 'q'.repeat(257), count: 1 },
      { pattern: 'a' as Pattern, queue: undefined, count: -1 },
      { pattern: 'a' as Pattern, queue: undefined, count: 1.5 },
    ];
    for (const change of bad) {
      const bytes = encodeMessage({ type: 'delta', edition, order: 3, wantsSeen: true, changes: [change] });
      expect(decodeMessage('delta', bytes)).toBeUndefined();
    }
  });
});

describe('a publication between Nodes', () => {
  const bytes = fc.uint8Array({ maxLength: 40 });
  const subjects = fc.constantFrom('a', 'a.b', 'Käse.🧀', 'x'.repeat(256)) as fc.Arbitrary<Subject>;
  const queues = fc.array(fc.constantFrom('crew', 'Käse', 'q'.repeat(256)), { minLength: 1, maxLength: 3 });

  it('comes out as it went in, with the picks of whoever reads it', () => {
    fc.assert(
      fc.property(
        fc.record({ subject: subjects, reply: fc.option(subjects, { nil: undefined }), payload: bytes }),
        fc.option(bytes, { nil: undefined }),
        fc.nat(0xffff_ffff),
        fc.boolean(),
        queues,
        fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
        (given, headers, seq, isForGroupsOnly, own, after) => {
          const publication = { ...given, headers, from };
          const picks = new Map([
            [other, ['theirs']],
            [self, own],
          ]);
          const before = after === undefined ? new Map() : new Map([...cast.after, [self, after]]);
          const encoded = encodePublication(
            { publication, seq, isForGroupsOnly, picks },
            { way: 'broadcast', number: 4, after: before },
          );
          const [read] = decodePublications(encoded, from, self);
          const place = { way: 'broadcast', number: 4, after: after ?? 0 };
          expect(read).toEqual({ publication, seq, isForGroupsOnly, queues: own, place });
          expect(decodePublications(encoded, from, from)).toMatchObject([
            { queues: [], place: { after: 0 } },
          ]);
          const alone = encodePublication({ publication, seq, isForGroupsOnly, picks }, line);
          expect(decodePublications(alone, from, self)).toEqual([{ ...read, place: line }]);
        },
      ),
    );
  });

  const plain = (length: number): Uint8Array => {
    const payload = new Uint8Array(length).fill(length);
    const publication = { subject: 'a' as Subject, reply: undefined, headers: undefined, payload, from };
    return encodePublication({ publication, seq: 0, isForGroupsOnly: false, picks: new Map() }, line);
  };

  const payloads = (bytes: Uint8Array) =>
    decodePublications(bytes, from, self).map((one) => one?.publication.payload.length);

  it('follows on others, each of which is judged alone', () => {
    expect(payloads(concatBytes(plain(3), plain(0), plain(70)))).toEqual([3, 0, 70]);
    const unknown = plain(0);
    unknown[4] = 0x80;
    expect(payloads(concatBytes(plain(3), unknown, plain(70)))).toEqual([3, undefined, 70]);
    const together = concatBytes(plain(3), plain(70));
    expect(payloads(together.subarray(0, -1))).toEqual([3, undefined]);
    expect(payloads(concatBytes(together, Uint8Array.of(0)))).toEqual([3, 70, undefined]);
    expect(payloads(new Uint8Array())).toEqual([undefined]);
  });

  it('may be long alone, and together with others only so long', () => {
    const long = plain(MAX_TOGETHER_BYTES);
    expect(payloads(long)).toEqual([MAX_TOGETHER_BYTES]);
    expect(payloads(concatBytes(long, plain(1)))).toEqual([undefined]);
    expect(payloads(concatBytes(plain(1), long))).toEqual([undefined]);
  });

  it('copies no payload when it is read', () => {
    const encoded = plain(100);
    expect(decodePublications(encoded, from, self)[0]?.publication.payload.buffer).toBe(encoded.buffer);
  });

  it('is read or refused, and never throws, whatever the bytes', () => {
    const publication = {
      ...{ subject: 'a.b' as Subject, reply: 'r' as Subject, from },
      ...{ headers: new Uint8Array(9), payload: new Uint8Array(9) },
    };
    const sent = { publication, seq: 1, isForGroupsOnly: true, picks: new Map([[self, ['q']]]) };
    const good = encodePublication(sent, cast);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, length) => {
        const mutated = good.slice(0, length);
        mutated[at] = byte;
        for (const read of payloads(mutated)) expect(read ?? 0).toBeLessThanOrEqual(length);
      }),
      { numRuns: 5_000 },
    );
    for (let length = 0; length < good.length; length++) {
      expect(payloads(good.subarray(0, length))).toEqual([undefined]);
    }
    const unknown = good.slice();
    unknown[4] = 0x80 | (good[4] ?? 0);
    expect(payloads(unknown)).toEqual([undefined]);
  });

  it('is refused above the largest that there may be', () => {
    expect(payloads(plain(MAX_PAYLOAD_LIMIT + 1))).toEqual([undefined]);
    expect(payloads(plain(MAX_PAYLOAD_LIMIT))).toEqual([MAX_PAYLOAD_LIMIT]);
  });
});
