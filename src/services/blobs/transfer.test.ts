import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { PIECE_BYTES, type PieceRequest, QUIET_MS, Transfer } from './transfer.ts';

const random = seededRandom(1);
const [a, b] = [newNodeId(random), newNodeId(random)];
const size = PIECE_BYTES * 5 + 10;
const bytesOf = ({ piece }: PieceRequest, fill = 1) =>
  new Uint8Array(piece === 5 ? 10 : PIECE_BYTES).fill(fill);

const transferFrom = (...sources: (typeof a)[]): Transfer => {
  const transfer = new Transfer(size);
  for (const source of sources) transfer.add(source);
  return transfer;
};
const answer = (transfer: Transfer, requests: readonly PieceRequest[], nowMs = 0): void => {
  for (const request of requests) transfer.arrived(request, bytesOf(request), nowMs);
};
const piecesOf = (requests: readonly PieceRequest[], source = a) =>
  requests.filter((one) => one.source === source).map(({ piece }) => piece);

describe('a Transfer', () => {
  it('asks all sources in parallel, a few pieces each, every piece once', () => {
    const transfer = transferFrom(a, b);
    const requests = transfer.requests(0);
    expect(requests.map(({ piece }) => piece).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(piecesOf(requests)).toHaveLength(3);
    expect(transfer.requests(0)).toEqual([]);
  });

  it('has no more than four pieces of one source on the way', () => {
    expect(transferFrom(a).requests(0)).toHaveLength(4);
  });

  it('gives the pieces of a lost source to the others', () => {
    const transfer = transferFrom(a, b);
    const requests = transfer.requests(0);
    transfer.lose(a);
    answer(
      transfer,
      requests.filter(({ source }) => source === b),
    );
    answer(transfer, transfer.requests(0));
    expect(transfer.isComplete).toBe(true);
    expect(transfer.bytes).toHaveLength(size);
    expect(transfer.bytes.every((byte) => byte === 1)).toBe(true);
    expect([...transfer.contributors]).toEqual([b]);
  });

  it('gives up a source after three failures', () => {
    const transfer = transferFrom(a);
    for (const request of transfer.requests(0).slice(0, 3)) transfer.failed(request);
    expect(transfer.sources).toEqual([]);
  });

  it('takes a piece of a wrong length for the end of that source', () => {
    const transfer = transferFrom(a);
    const [request] = transfer.requests(0);
    if (request) transfer.arrived(request, new Uint8Array(3), 0);
    expect(transfer.sources).toEqual([]);
    expect(transfer.receivedBytes).toBe(0);
  });

  it('calls a source quiet that owes pieces for five seconds, from its last piece on', () => {
    const transfer = transferFrom(a);
    const [first] = transfer.requests(1000);
    expect(transfer.quiet(1000 + QUIET_MS - 1)).toEqual([]);
    if (first) answer(transfer, [first], 3000);
    expect(transfer.quiet(3000 + QUIET_MS - 1)).toEqual([]);
    expect(transfer.quiet(3000 + QUIET_MS)).toEqual([a]);
  });

  it('asks others for what a source set aside owes, and takes it from whoever is first', () => {
    const transfer = transferFrom(a, b);
    const requests = transfer.requests(0);
    const owed = piecesOf(requests);
    transfer.setAside(a);
    answer(
      transfer,
      requests.filter(({ source }) => source === b),
    );
    const again = transfer.requests(0);
    expect(piecesOf(again, b).sort()).toEqual(owed);
    answer(transfer, requests); // late
    answer(transfer, again);
    expect(transfer.isComplete).toBe(true);
    expect(transfer.receivedBytes).toBe(size);
  });

  it('asks a second source for what the first one owes for a second, when nothing else is left', () => {
    const transfer = transferFrom(a, b);
    const requests = transfer.requests(0);
    answer(
      transfer,
      requests.filter(({ source }) => source === b),
    );
    expect(transfer.requests(500)).toEqual([]);
    expect(piecesOf(transfer.requests(1000), b).sort()).toEqual(piecesOf(requests));
  });

  it('takes memory as pieces come, not because of a claim', () => {
    const transfer = new Transfer(1024 * 1024 * 1024);
    transfer.add(a);
    const [first] = transfer.requests(0);
    if (first) transfer.arrived(first, new Uint8Array(PIECE_BYTES), 0);
    expect(transfer.receivedBytes).toBe(PIECE_BYTES);
    expect(transfer.bytes.length).toBeLessThanOrEqual(4 * 1024 * 1024);
  });
});
