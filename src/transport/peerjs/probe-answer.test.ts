import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datagramKind, encodeAck, encodeSyn } from '../../mesh/health/datagram.ts';
import { answerTo, PageWatch } from './probe-answer.ts';

describe('the probe worker', () => {
  it('answers a SYN with the bytes that the mesh would answer with', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.boolean(), (nonce, isBusy) => {
        const syn = encodeSyn(nonce);
        expect(answerTo(syn, isBusy)).toEqual(encodeAck(syn, isBusy));
        expect(syn[0]).toBe(1); // and leaves the question alone: the page gets it, too
      }),
    );
  });

  it('answers nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        if (datagramKind(bytes) !== 'syn') expect(answerTo(bytes, false)).toBeUndefined();
      }),
    );
  });
});

describe('the watch over the page', () => {
  it('calls a page busy that has left a datagram lying for more than a second', () => {
    const watch = new PageWatch();
    watch.hand(1000);
    expect(watch.isBusy(1900)).toBe(false);
    expect(watch.isBusy(2100)).toBe(true);
    watch.onTaken(1, 2200);
    expect(watch.isBusy(9999)).toBe(false);
  });

  it('does not call a page busy to which nothing was handed', () => {
    const watch = new PageWatch();
    watch.hand(0);
    watch.onTaken(1, 1);
    expect(watch.isBusy(60_000)).toBe(false);
    watch.hand(60_000);
    expect(watch.isBusy(60_500)).toBe(false);
  });

  it('counts from the last answer of a page that works its way through a crowd', () => {
    const watch = new PageWatch();
    for (let i = 0; i < 100; i++) watch.hand(0);
    watch.onTaken(50, 3000);
    expect(watch.isBusy(3500)).toBe(false);
    expect(watch.isBusy(4500)).toBe(true);
  });

  it('hands a page that stands still no more than a thousand', () => {
    const watch = new PageWatch();
    let handed = 0;
    for (let i = 0; i < 5000; i++) if (watch.hand(i)) handed++;
    expect(handed).toBe(1000);
    watch.onTaken(1000, 6000);
    expect(watch.hand(6001)).toBe(true);
  });
});
