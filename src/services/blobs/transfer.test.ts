import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { MAX_MENU } from './messages.ts';
import { PIECE_BYTES } from './table.ts';
import { type PieceRequest, QUIET_MS, Transfer } from './transfer.ts';

const random = seededRandom(1);
const [self, a, b, c] = Array.from({ length: 4 }, () => newNodeId(random)) as [
  NodeId,
  NodeId,
  NodeId,
  NodeId,
];
const PIECES = 6;
const size = PIECE_BYTES * (PIECES - 1) + 10;
const bytesOf = (piece: number, fill = 1) =>
  new Uint8Array(piece === PIECES - 1 ? 10 : PIECE_BYTES).fill(fill);

/** Of Nodes that have all. */
const transferFrom = (...sources: NodeId[]): Transfer => {
  const transfer = new Transfer(size, self);
  for (const source of sources) transfer.found(source, undefined);
  return transfer;
};
/** The first of what each asks for. */
const answer = (transfer: Transfer, requests: readonly PieceRequest[], nowMs = 0): void => {
  for (const request of requests) {
    const [piece = 0] = request.menu;
    transfer.arrived(request, piece, bytesOf(piece), nowMs);
  }
};
const piecesOf = (requests: readonly PieceRequest[], source = a) =>
  requests.filter((one) => one.source === source).flatMap(({ menu }) => menu);
const bits = (...pieces: number[]) => Uint8Array.of(pieces.reduce((sum, piece) => sum | (1 << piece), 0));

describe('a Transfer', () => {
  it('asks all sources in parallel, two requests each at first, every piece once', () => {
    const transfer = transferFrom(a, b);
    const requests = transfer.requests(0);
    expect([piecesOf(requests, a).length, piecesOf(requests, b).length]).toEqual([2, 2]);
    expect(transfer.requests(0)).toEqual([]);
    answer(transfer, requests);
    const rest = transfer.requests(0);
    expect([...requests, ...rest].flatMap(({ menu }) => menu).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('asks a source that answers soon for four at a time, one that takes long for one', () => {
    const inFlight = (tookMs: number): number => {
      const transfer = new Transfer(400 * PIECE_BYTES, self);
      transfer.found(a, new Uint8Array(50).fill(255));
      answer(transfer, transfer.requests(0), tookMs);
      return transfer.requests(tookMs).length;
    };
    expect([inFlight(20), inFlight(400), inFlight(3_000)]).toEqual([4, 2, 1]);
  });

  it('begins at another place on another Node, and has neighbours come together', () => {
    const first = (node: NodeId): number[] => {
      const transfer = new Transfer(400 * PIECE_BYTES, node);
      transfer.found(a, new Uint8Array(50).fill(255));
      return transfer.requests(0).flatMap(({ menu }) => menu);
    };
    const [mine, another] = [first(self), first(b)];
    expect(mine).not.toEqual(another);
    const chunks = new Set(mine.map((piece) => piece >> 2));
    expect(chunks.size).toBeLessThanOrEqual(4);
  });

  it('asks whoever has only some for those, the rarest first', () => {
    const transfer = new Transfer(size, self);
    transfer.found(a, bits(0, 1));
    transfer.found(b, bits(0, 2));
    transfer.found(c, bits(0));
    const requests = transfer.requests(0);
    expect(requests.flatMap(({ menu }) => menu).sort()).toEqual([0, 1, 2]);
    expect(piecesOf(requests, a)[0]).toBe(1);
    expect(piecesOf(requests, b)[0]).toBe(2);
  });

  it('leaves who has all the choice among what nobody else has, and asks it for the rest one at a time', () => {
    const many = new Transfer(400 * PIECE_BYTES, self);
    const half = new Uint8Array(50).fill(0b1111);
    many.found(a, undefined);
    many.found(b, half);
    const requests = many.requests(0);
    const ofWell = requests.filter(({ source }) => source === a);
    expect(ofWell).toHaveLength(2);
    for (const { menu } of ofWell) {
      expect(menu).toHaveLength(MAX_MENU);
      expect(menu.every((piece) => (piece & 7) >= 4)).toBe(true);
    }
    expect(requests.filter(({ source }) => source === b).map(({ menu }) => menu.length)).toEqual([1, 1]);
    const ofRest = (others: readonly NodeId[]): number => {
      const all = new Transfer(400 * PIECE_BYTES, self);
      for (const other of others) all.found(other, new Uint8Array(50).fill(255));
      all.found(a, undefined);
      return all.requests(0).filter(({ source }) => source === a).length;
    };
    // Where others bring enough it is spared.
    expect([ofRest([b]), ofRest([b, c])]).toEqual([2, 1]);
  });

  it('gives the pieces of a lost source to the others, and takes what still comes from it', () => {
    const transfer = transferFrom(a, b);
    const requests = transfer.requests(0);
    transfer.lose(a);
    answer(
      transfer,
      requests.filter(({ source }) => source === b),
    );
    const late = requests.find(({ source }) => source === a);
    if (late) answer(transfer, [late]);
    answer(transfer, transfer.requests(0));
    expect(transfer.isComplete).toBe(true);
    expect(transfer.bytes).toHaveLength(size);
    expect(transfer.bytes.every((byte) => byte === 1)).toBe(true);
  });

  it('gives up a source after three failures, and one that has all at its first empty answer', () => {
    const transfer = transferFrom(a, b);
    const requests = transfer.requests(0);
    for (const request of requests.filter(({ source }) => source === a)) transfer.failed(request);
    expect(transfer.sources).toEqual([a, b]);
    for (const request of transfer
      .requests(0)
      .filter(({ source }) => source === a)
      .slice(0, 1))
      transfer.failed(request);
    expect(transfer.sources).toEqual([b]);
    const [refused] = requests.filter(({ source }) => source === b);
    if (refused) transfer.refused(refused);
    expect(transfer.isStarved).toBe(true);
  });

  it('believes of who has some that it has not what it did not send, and keeps it', () => {
    const transfer = new Transfer(size, self);
    transfer.found(a, bits(0, 1));
    const [first] = transfer.requests(0);
    if (first) transfer.refused(first);
    expect(transfer.sources).toEqual([a]);
    expect(transfer.requests(0)).toEqual([]);
    transfer.found(a, bits(0, 1));
    expect(transfer.requests(0)).toHaveLength(1);
  });

  it('sets aside a source that owes pieces for five seconds, from its last piece on, while there is another', () => {
    const transfer = transferFrom(a);
    const [first] = transfer.requests(1000);
    if (first) answer(transfer, [first], 1100);
    transfer.found(b, bits(0, 1, 2, 3, 4, 5));
    transfer.tick(1100 + QUIET_MS - 1);
    expect(piecesOf(transfer.requests(1100 + QUIET_MS - 1), a).length).toBeGreaterThan(0);
    transfer.tick(1100 + QUIET_MS);
    transfer.found(c, undefined);
    const after = transfer.requests(1100 + QUIET_MS);
    expect(piecesOf(after, a)).toEqual([]);
    // What it owes is asked of the other ones.
    expect(piecesOf(after, c).length).toBeGreaterThan(0);
  });

  it('sets nobody aside for one that has nothing of what is missing', () => {
    const transfer = transferFrom(a);
    const requests = transfer.requests(0);
    transfer.found(b, bits());
    transfer.tick(QUIET_MS);
    answer(transfer, requests, QUIET_MS);
    expect(piecesOf(transfer.requests(QUIET_MS)).length).toBeGreaterThan(0);
  });

  it('is starved when those who are left have nothing of what is missing, until one of them has', () => {
    const transfer = new Transfer(size, self);
    transfer.found(a, bits(0, 1));
    transfer.found(b, bits(1));
    answer(transfer, transfer.requests(0));
    expect(transfer.isStarved).toBe(true);
    transfer.found(b, bits(1, 2));
    expect(transfer.isStarved).toBe(false);
  });

  it('asks those set aside again when there is nobody else', () => {
    const transfer = transferFrom(a, b);
    const owed = transfer.requests(0).filter(({ source }) => source === a);
    transfer.tick(QUIET_MS);
    transfer.lose(b);
    for (const request of owed) transfer.failed(request);
    expect(transfer.isStarved).toBe(false);
    transfer.tick(QUIET_MS);
    expect(transfer.requests(QUIET_MS)).not.toEqual([]);
  });

  it('asks a second source for what the first one owes for a second, when nothing else is left', () => {
    const transfer = new Transfer(size, self);
    transfer.found(a, bits(0, 1));
    const owed = piecesOf(transfer.requests(0)).sort();
    transfer.found(b, bits(0, 1));
    expect(transfer.requests(500)).toEqual([]);
    expect(piecesOf(transfer.requests(1000), b).sort()).toEqual(owed);
  });

  it('asks another source for what one that has all may not choose, when nothing else is left', () => {
    const transfer = new Transfer(100 * PIECE_BYTES, self);
    transfer.found(a, undefined);
    const menus = transfer.requests(0).map(({ menu }) => menu);
    expect(menus.map(({ length }) => length)).toEqual([MAX_MENU, MAX_MENU]);
    const all = new Uint8Array(13);
    for (const piece of menus.flat()) all[piece >> 3] = (all[piece >> 3] ?? 0) | (1 << (piece & 7));
    transfer.found(b, all);
    expect(piecesOf(transfer.requests(1), b)).toEqual([menus[0]?.at(-1), menus[0]?.at(-2)]);
  });

  it('takes memory as pieces come, not because of a size', () => {
    const transfer = new Transfer(1024 * 1024 * 1024, self);
    transfer.keep(0, bytesOf(0));
    expect(transfer.receivedBytes).toBe(PIECE_BYTES);
    expect(transfer.bytes.length).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(transfer.piece(0)).toHaveLength(PIECE_BYTES);
    expect([transfer.piece(1), transfer.piece(5_000)]).toEqual([undefined, undefined]);
  });
});
