import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom, toHex } from '../../runtime/index.ts';
import {
  encodeFrame,
  FrameFlag,
  FrameType,
  frameBody,
  lowerHopLimit,
  type NodeId,
  newNodeId,
  parseFrameHeader,
  SEAL_BYTES,
} from '../../wire/index.ts';
import { simulatedCryptography } from './cryptography.testing.ts';
import type { Cryptography } from './cryptography.ts';
import { beginLife, identityFrom, type OwnLife, type PeerIdentity } from './identity.ts';
import { realCryptography } from './real-cryptography.ts';
import { createSessions, type Sessions } from './session.ts';

const VIA = newNodeId(seededRandom(5));

function makeLife(cryptography: Cryptography, seed: number, life: number): OwnLife {
  const identity = identityFrom(seededRandom(seed).bytes(32), cryptography);
  return beginLife(identity, life, seededRandom(seed * 1000 + life).bytes(32), cryptography);
}

interface End {
  readonly own: OwnLife;
  readonly known: Map<NodeId, PeerIdentity>;
  readonly sessions: Sessions;
}

function makeEnd(cryptography: Cryptography, seed: number, life = 1): End {
  const own = makeLife(cryptography, seed, life);
  const known = new Map<NodeId, PeerIdentity>();
  return {
    own,
    known,
    sessions: createSessions({ own, cryptography, directory: known, mayDerive: () => true }),
  };
}

function acquaint(...ends: readonly End[]): void {
  for (const { known, own } of ends) {
    for (const other of ends) if (other.own.id !== own.id) known.set(other.own.id, other.own);
  }
}

function pair(cryptography: Cryptography): [End, End] {
  const ends: [End, End] = [makeEnd(cryptography, 1), makeEnd(cryptography, 2)];
  acquaint(...ends);
  return ends;
}

const frameFrom = (from: End, to: End, body: Uint8Array = Uint8Array.of(1, 2, 3)): Uint8Array =>
  encodeFrame(
    { type: FrameType.msg, source: from.own.id, target: to.own.id, index: 5, stream: 7, session: 9 },
    body,
  );
const sealed = (from: End, to: End, body?: Uint8Array): Uint8Array =>
  from.sessions.seal(to.own.id, frameFrom(from, to, body)) ?? expect.fail('not sealed');

for (const [name, cryptography] of [
  ['real', realCryptography],
  ['simulated', simulatedCryptography()],
] as const) {
  describe(`a session with ${name} cryptography`, () => {
    it('has the same tag at both ends, and another for every pair of lives', () => {
      const [a, b] = pair(cryptography);
      const tag = a.sessions.tag(b.own.id);
      expect(tag).toBe(b.sessions.tag(a.own.id));
      const tags = new Set([tag]);
      const reborn = makeLife(cryptography, 2, 2);
      a.known.set(b.own.id, reborn);
      tags.add(a.sessions.tag(b.own.id));
      const c = makeEnd(cryptography, 3);
      acquaint(a, c);
      tags.add(a.sessions.tag(c.own.id));
      expect(tags.size).toBe(3);
      for (const each of tags) expect(each).toBe((each ?? 0) >>> 0);
    });

    it('seals a copy that the other end believes, whatever hop limit it has left', () => {
      const [a, b] = pair(cryptography);
      const frame = frameFrom(a, b);
      const copy = a.sessions.seal(b.own.id, frame) ?? expect.fail('not sealed');
      expect(frame).toEqual(frameFrom(a, b));
      expect(copy.length).toBe(frame.length + SEAL_BYTES);
      expect(parseFrameHeader(copy)).toMatchObject({
        flags: FrameFlag.sealed,
        index: 5,
        stream: 7,
        session: 9,
      });
      expect(frameBody(copy)).toEqual(Uint8Array.of(1, 2, 3));
      for (let i = 0; i < 5; i++) {
        expect(b.sessions.isGenuine(a.own.id, copy, VIA)).toBe(true);
        lowerHopLimit(copy);
      }
    });

    it('believes nothing with any other byte changed, cut off or added', () => {
      const [a, b] = pair(cryptography);
      const whole = sealed(a, b);
      for (let at = 0; at < whole.length; at++) {
        if (at === 2) continue; // the hop limit
        const changed = whole.slice();
        changed[at] = (changed[at] ?? 0) ^ 0x40;
        expect(b.sessions.isGenuine(a.own.id, changed, VIA)).toBe(false);
      }
      expect(b.sessions.isGenuine(a.own.id, whole.subarray(0, -1), VIA)).toBe(false);
      expect(b.sessions.isGenuine(a.own.id, Uint8Array.of(...whole, 0), VIA)).toBe(false);
      expect(b.sessions.isGenuine(a.own.id, frameFrom(a, b), VIA)).toBe(false);
    });

    it('is of one direction and one pair: no frame is turned round, and no third Node seals for another', () => {
      const [a, b] = pair(cryptography);
      const c = makeEnd(cryptography, 3);
      acquaint(a, b, c);
      const fromA = sealed(a, b);
      expect(a.sessions.isGenuine(b.own.id, fromA, VIA)).toBe(false);
      expect(b.sessions.isGenuine(c.own.id, fromA, VIA)).toBe(false);
      expect(c.sessions.isGenuine(a.own.id, fromA, VIA)).toBe(false);
      // C seals, for B, a frame in the name of A.
      const forged = c.sessions.seal(b.own.id, frameFrom(a, b)) ?? expect.fail('not sealed');
      expect(b.sessions.isGenuine(a.own.id, forged, VIA)).toBe(false);
    });

    it('ends with either life', () => {
      const [a, b] = pair(cryptography);
      const old = sealed(a, b);
      expect(b.sessions.isGenuine(a.own.id, old, VIA)).toBe(true);
      const rebornA = makeEnd(cryptography, 1, 2);
      b.known.set(a.own.id, rebornA.own);
      rebornA.known.set(b.own.id, b.own);
      expect(b.sessions.isGenuine(a.own.id, old, VIA)).toBe(false);
      expect(b.sessions.isGenuine(a.own.id, sealed(rebornA, b), VIA)).toBe(true);
      const rebornB = makeEnd(cryptography, 2, 2);
      rebornB.known.set(a.own.id, rebornA.own);
      expect(rebornB.sessions.isGenuine(a.own.id, sealed(rebornA, b), VIA)).toBe(false);
    });

    it('is none with a stranger, with ourselves, or with a worthless key', () => {
      const [a, b] = pair(cryptography);
      const c = makeEnd(cryptography, 3);
      expect(a.sessions.tag(c.own.id)).toBeUndefined();
      expect(a.sessions.seal(c.own.id, frameFrom(a, c))).toBeUndefined();
      expect(b.sessions.isGenuine(c.own.id, sealed(a, b), VIA)).toBe(false);
      a.known.set(a.own.id, a.own);
      expect(a.sessions.tag(a.own.id)).toBeUndefined();
    });

    it('survives any bytes', () => {
      const [a, b] = pair(cryptography);
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
          expect(b.sessions.isGenuine(a.own.id, bytes, VIA)).toBe(false);
        }),
      );
    });
  });
}

describe('the counters of seals', () => {
  it('never come twice in a life, not for another peer and not after the session was forgotten', () => {
    const cryptography = simulatedCryptography();
    const [a, b] = pair(cryptography);
    const c = makeEnd(cryptography, 3);
    acquaint(a, b, c);
    const counterOf = (frame: Uint8Array): string => toHex(frame.subarray(-SEAL_BYTES, -16));
    const counters = [counterOf(sealed(a, b)), counterOf(sealed(a, c)), counterOf(sealed(a, b))];
    // Five thousand other sessions push that with B out of the cache.
    for (let i = 0; i < 5_000; i++) {
      const id = `${String(i).padStart(8, '0')}-0000-8000-8000-000000000000` as NodeId;
      a.known.set(id, { ...b.own, id });
      a.sessions.tag(id);
    }
    counters.push(counterOf(sealed(a, b)));
    expect(new Set(counters).size).toBe(4);
  });

  it('make every retransmission another frame, which is genuine too', () => {
    const [a, b] = pair(simulatedCryptography());
    const [first, second] = [sealed(a, b), sealed(a, b)];
    expect(first).not.toEqual(second);
    expect(b.sessions.isGenuine(a.own.id, second, VIA)).toBe(true);
    expect(b.sessions.isGenuine(a.own.id, first, VIA)).toBe(true); // the window knows what it has had
  });

  it('a key agreed with a point of small order seals nothing', () => {
    const [a, b] = pair(realCryptography);
    a.known.set(b.own.id, { ...b.own, agreementKey: new Uint8Array(32) });
    expect(a.sessions.tag(b.own.id)).toBeDefined();
    expect(a.sessions.seal(b.own.id, frameFrom(a, b))).toBeUndefined();
    expect(a.sessions.isGenuine(b.own.id, sealed(b, a), VIA)).toBe(false);
  });
});
