import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { decodeControl, encodeControl, FRAME_RULES, newNodeId, nodeIdFromBytes } from '../../wire/index.ts';
import type { TableEntry } from '../contract.ts';
import type { Token } from '../vocabulary.ts';
import {
  encodeAnswer,
  MAX_TABLE_ENTRIES,
  parseEntries,
  parsePeers,
  TableExchange,
} from './table-exchange.ts';

const random = seededRandom(1);
const [asked, stranger] = [newNodeId(random), newNodeId(random)];
const token = 7 as Token;
const start = () => new TableExchange(seededRandom(2), 0);

function idOf(effect: ReturnType<TableExchange['ask']>): number {
  if (effect.type !== 'route') throw new Error('not asked');
  const body = parsePeers(effect.body);
  if (body?.type !== 'question') throw new Error('no question');
  return body.id;
}

describe('asking for a network table', () => {
  it('is answered once, and only by whom was asked', () => {
    const exchange = start();
    const id = idOf(exchange.ask(token, asked, 5000, 0));
    expect(exchange.answered(stranger, id)).toBeUndefined();
    expect(exchange.answered(asked, id + 1)).toBeUndefined();
    expect(exchange.answered(asked, id)).toBe(token);
    expect(exchange.answered(asked, id)).toBeUndefined();
    expect(exchange.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('is over when nobody waits for it any more', () => {
    const exchange = start();
    const id = idOf(exchange.ask(token, asked, 5000, 0));
    idOf(exchange.ask(8 as Token, asked, 9000, 0));
    expect(exchange.cancel(9 as Token)).toEqual([]);
    expect(exchange.cancel(token)).toEqual([
      { type: 'settled', tokens: [token], failure: { reason: 'cancelled' } },
    ]);
    expect(exchange.cancel(token)).toEqual([]);
    expect(exchange.answered(asked, id)).toBeUndefined();
    expect(exchange.fail(undefined, { reason: 'closed' })).toMatchObject([{ tokens: [8] }]);
  });

  it('asks again when nothing comes, and settles in time', () => {
    const exchange = start();
    const id = idOf(exchange.ask(token, asked, 5000, 0));
    expect(exchange.nextWakeAt).toBe(2000);
    expect(exchange.wake(2000)).toMatchObject([{ type: 'route', target: asked }]);
    exchange.wake(4000);
    expect(exchange.nextWakeAt).toBe(5000);
    expect(exchange.wake(5000)).toEqual([
      { type: 'settled', tokens: [token], failure: { reason: 'timed-out', afterMs: 5000 } },
    ]);
    expect(exchange.answered(asked, id)).toBeUndefined();
  });

  it('settles when the one asked leaves, or we close', () => {
    const exchange = start();
    exchange.ask(token, asked, 5000, 0);
    expect(exchange.fail(stranger, { reason: 'closed' })).toEqual([]);
    expect(exchange.fail(asked, { reason: 'closed' })).toHaveLength(1);
    exchange.ask(token, asked, 5000, 0);
    expect(exchange.fail(undefined, { reason: 'closed' })).toHaveLength(1);
    expect(exchange.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuses more than 64 questions at once', () => {
    const exchange = start();
    for (let i = 0; i < 64; i++) exchange.ask(i as Token, asked, 5000, 0);
    expect(exchange.ask(token, asked, 5000, 0)).toMatchObject({
      type: 'settled',
      failure: { reason: 'refused' },
    });
  });

  it('answers one Node twice, then once a second', () => {
    const exchange = start();
    const served = (now: number) =>
      Array.from({ length: 9 }, () => exchange.mayAnswer(asked, now)).filter(Boolean);
    expect([served(0).length, served(1000).length]).toEqual([2, 1]);
  });
});

describe('a network table on the wire', () => {
  const entries: fc.Arbitrary<TableEntry> = fc
    .record({
      id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => nodeIdFromBytes(bytes)),
      lastProofMs: fc.nat(60_000),
      rttMs: fc.option(
        fc.nat(65_534).map((n) => n / 10),
        { nil: undefined },
      ),
      loss: fc.option(
        fc.nat(200).map((n) => n / 200),
        { nil: undefined },
      ),
    })
    .map((entry) => ({ ...entry, heardFrom: entry.id }));

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 30 }), fc.nat(0xffff_ffff), (table, id) => {
        const body = parsePeers(encodeAnswer(id, table));
        expect(body).toMatchObject({ type: 'answer', id });
        if (body?.type === 'answer') expect(parseEntries(body.entries)).toEqual(table);
      }),
    );
  });

  it('is cut to what fits in a frame', () => {
    const [entry] = fc.sample(entries, 1);
    if (!entry) throw new Error('no sample');
    const bytes = encodeAnswer(
      1,
      Array.from({ length: 5000 }, () => entry),
    );
    expect(bytes.length).toBeLessThan(FRAME_RULES.peers.maxBodyBytes);
    const body = parsePeers(bytes);
    expect(body?.type === 'answer' && parseEntries(body.entries).length).toBe(MAX_TABLE_ENTRIES);
  });

  it('is refused when it makes no sense, without a throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void parsePeers(bytes)));
    const bad = [
      {},
      { question: -1 },
      { question: 'x' },
      { answer: 1 },
      { answer: 1, entries: new Uint8Array(20) },
      null,
      [1],
    ];
    for (const value of bad) expect(parsePeers(encodeControl(value))).toBeUndefined();
    expect(decodeControl(encodeControl({ question: 1 })).problem).toBeUndefined();
  });
});
