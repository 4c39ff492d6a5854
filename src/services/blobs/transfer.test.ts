import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { PIECE_BYTES, Transfer } from './transfer.ts';

const random = seededRandom(1);
const [a, b, c] = [newNodeId(random), newNodeId(random), newNodeId(random)];
const size = PIECE_BYTES * 5 + 10;
const piece = (index: number, fill: number) => new Uint8Array(index === 5 ? 10 : PIECE_BYTES).fill(fill);

/** Answers everything that is asked for until nothing more is. */
function run(transfer: Transfer, fillOf: (holder: string, index: number) => number): void {
  for (let requests = transfer.requests(); requests.length > 0; requests = transfer.requests()) {
    for (const request of requests) {
      transfer.arrived(request, piece(request.piece, fillOf(request.holder, request.piece)));
    }
  }
}

describe('Transfer', () => {
  it('asks all holders in parallel, a few pieces each, every piece once', () => {
    const transfer = new Transfer();
    transfer.holderFound(a, size);
    transfer.holderFound(b, size);
    const requests = transfer.requests();
    expect(requests.map((request) => request.piece).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(requests.filter(({ holder }) => holder === a)).toHaveLength(3);
    expect(transfer.requests()).toEqual([]);
  });

  it('has no more than four pieces of one holder on the way', () => {
    const transfer = new Transfer();
    transfer.holderFound(a, size);
    expect(transfer.requests()).toHaveLength(4);
  });

  it('gives the pieces of a lost holder to the others', () => {
    const transfer = new Transfer();
    transfer.holderFound(a, size);
    transfer.holderFound(b, size);
    const requests = transfer.requests();
    transfer.holderLost(a);
    for (const request of requests.filter(({ holder }) => holder === b)) {
      transfer.arrived(request, piece(request.piece, 1));
    }
    run(transfer, () => 1);
    expect(transfer.state).toBe('complete');
    expect(transfer.bytes.every((byte) => byte === 1)).toBe(true);
  });

  it('gives up a holder after three failures, and starves without one', () => {
    const transfer = new Transfer();
    transfer.holderFound(a, size);
    const [one, two, three] = transfer.requests();
    for (const request of [one, two, three]) if (request) transfer.failed(request);
    expect(transfer.state).toBe('starved');
  });

  it('takes a piece of a wrong length for the end of that holder', () => {
    const transfer = new Transfer();
    transfer.holderFound(a, size);
    const [request] = transfer.requests();
    if (request) transfer.arrived(request, new Uint8Array(3));
    expect(transfer.state).toBe('starved');
    expect(transfer.receivedBytes).toBe(0);
  });

  it('tries holders alone when a mixed whole is wrong, and convicts the one that lies', () => {
    const transfer = new Transfer();
    for (const holder of [a, b, c]) transfer.holderFound(holder, size);
    const fill = (holder: string): number => (holder === a ? 9 : 1);
    run(transfer, fill);
    expect(transfer.state).toBe('complete');
    transfer.wasCorrupt();
    expect(transfer.lastConvicted).toBeUndefined();
    run(transfer, fill);
    expect(transfer.bytes.every((byte) => byte === 9)).toBe(true);
    transfer.wasCorrupt();
    expect(transfer.lastConvicted).toBe(a);
    run(transfer, fill);
    expect(transfer.state).toBe('complete');
    expect(transfer.bytes.every((byte) => byte === 1)).toBe(true);
    transfer.holderFound(a, size);
    expect(transfer.isKnown(a)).toBe(true);
  });

  it('turns to holders of another size when the first size leads nowhere', () => {
    const transfer = new Transfer();
    transfer.holderFound(a, 10);
    transfer.holderFound(b, size);
    const [request] = transfer.requests();
    if (request) transfer.arrived(request, new Uint8Array(10));
    expect(transfer.state).toBe('complete');
    transfer.wasCorrupt();
    run(transfer, () => 1);
    expect(transfer.totalBytes).toBe(size);
    expect(transfer.state).toBe('complete');
  });

  it('ignores an answer to an earlier round', () => {
    const transfer = new Transfer();
    transfer.holderFound(a, size);
    const [old] = transfer.requests();
    transfer.holderLost(a);
    transfer.holderFound(b, size);
    if (old) transfer.arrived(old, piece(0, 9));
    expect(transfer.receivedBytes).toBe(0);
  });
});
