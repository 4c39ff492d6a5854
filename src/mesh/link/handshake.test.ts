import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { encodeControl, encodeFrame, FrameType, newNodeId, PROTOCOL_VERSION } from '../../wire/index.ts';
import { HANDSHAKE_TIMEOUT_MS, LINGER_MS } from './index.ts';
import {
  ALICE,
  aliceOptions,
  BOB,
  BOBS_CERTIFICATE,
  bobOptions,
  converse,
  End,
  KEY,
  meet,
  OTHER_KEY,
} from './link-pair.testing.ts';
import { networkNameHash, proofOf } from './proof.ts';

fc.configureGlobal({ seed: 2 });
const random = seededRandom(12);
const MALLORYS_CERTIFICATE = random.bytes(32);

/** Alice, with somebody at the other end who speaks by hand. */
const alone = (): End => {
  const alice = new End(aliceOptions());
  alice.perform(alice.link.start(0));
  return alice;
};
const hello = (change: Record<string, number | Uint8Array> = {}): Uint8Array =>
  encodeFrame(
    { type: FrameType.hello, source: BOB, hopLimit: 1 },
    encodeControl({
      version: PROTOCOL_VERSION,
      network: networkNameHash('quiet-otter'),
      nonce: new Uint8Array(32).fill(5),
      ...change,
    }),
  );
const auth = (proof: Uint8Array): Uint8Array =>
  encodeFrame({ type: FrameType.auth, source: BOB, hopLimit: 1 }, encodeControl({ proof }));
const reasons = (end: End): string[] => end.all('refused').map(({ reason }) => reason);

describe('the handshake', () => {
  it('authenticates both ends that hold the key, whoever opened the channel', () => {
    for (const isInitiator of [true, false]) {
      const [alice, bob] = meet({ isInitiator }, { isInitiator: !isInitiator });
      for (const end of [alice, bob]) {
        expect(end.all('authenticated').length).toBe(1);
        expect(end.link.isOpen).toBe(true);
        expect(end.all('refused')).toEqual([]);
        expect(end.link.deadlineMs).toBe(Number.POSITIVE_INFINITY);
      }
    }
  });

  it('refuses a wrong key with a readable reason on both sides, whichever is wrong', () => {
    for (const [alice, bob] of [meet({ networkKey: OTHER_KEY }), meet({}, { networkKey: OTHER_KEY })]) {
      for (const end of [alice, bob]) {
        expect(reasons(end)).toEqual(['wrong-key']);
        expect(end.all('refused')[0]?.message).toMatch(/same network key.*same invite link/);
        expect(end.all('authenticated')).toEqual([]);
        expect(end.link.isOpen).toBe(false);
      }
    }
  });

  it('lets the refusal leave before it closes', () => {
    const alice = alone();
    alice.perform(alice.link.onMessage(hello(), 5));
    alice.perform(alice.link.onMessage(auth(new Uint8Array(32)), 6));
    expect(alice.all('close')).toEqual([]);
    expect(alice.link.deadlineMs).toBe(6 + LINGER_MS);
    alice.perform(alice.link.onTime(6 + LINGER_MS));
    expect(alice.all('close')).toMatchObject([{ code: 'refused' }]);
    const bob = new End(bobOptions());
    bob.perform(bob.link.start(0));
    for (const bytes of alice.outbox) if (!bob.isClosed) bob.perform(bob.link.onMessage(bytes, 7));
    expect(reasons(bob).length).toBe(1);
  });

  it('refuses another network and another version by name', () => {
    const [alice, bob] = meet({ networkName: 'loud-otter' });
    expect([reasons(alice), reasons(bob)]).toEqual([['wrong-network'], ['wrong-network']]);
    const other = alone();
    other.perform(other.link.onMessage(hello({ version: PROTOCOL_VERSION + 1 }), 1));
    expect(reasons(other)).toEqual(['version']);
    const older = alone();
    const bytes = hello();
    bytes[0] = PROTOCOL_VERSION + 1;
    older.perform(older.link.onMessage(bytes, 1));
    expect(reasons(older)).toEqual(['version']);
  });

  it('gives up on a silent other side', () => {
    const alice = alone();
    alice.perform(alice.link.onTime(HANDSHAKE_TIMEOUT_MS - 1));
    expect(alice.isClosed).toBe(false);
    alice.perform(alice.link.onTime(alice.link.deadlineMs));
    expect(alice.all('close')).toMatchObject([{ code: 'handshake-timeout' }]);
  });
});

describe('the handshake keeps out', () => {
  it('anything but itself before it is over', () => {
    for (const type of [FrameType.msg_broadcast, FrameType.network_state, FrameType.ping, FrameType.peers]) {
      const alice = alone();
      alice.perform(alice.link.onMessage(encodeFrame({ type, source: BOB }, encodeControl({})), 1));
      expect(reasons(alice)).toEqual(['protocol']);
      expect(alice.all('deliver')).toEqual([]);
    }
  });

  it('frames that would leave before it is over', () => {
    const alice = alone();
    expect(
      alice.link.queue(encodeFrame({ type: FrameType.ping, source: ALICE }, new Uint8Array()), 'control'),
    ).toBe(false);
    expect(alice.link.flush(0)).toEqual([]);
  });

  it('a mirror that sends our own frames back, even under the other name', () => {
    const alice = alone();
    const mirrored = alice.outbox[0]?.slice() ?? new Uint8Array();
    alice.perform(alice.link.onMessage(mirrored, 1));
    expect(reasons(alice)).toEqual(['protocol']);

    const renamed = alone();
    const frame = renamed.outbox[0]?.slice() ?? new Uint8Array();
    frame.set(hello().subarray(4, 20), 4); // Bob's uuid as the source
    renamed.perform(renamed.link.onMessage(frame, 1));
    expect(reasons(renamed)).toEqual(['protocol']);
  });

  it('our own proof under a nonce of the mirror’s', () => {
    const alice = alone();
    alice.perform(alice.link.onMessage(hello(), 1));
    const proof = alice.outbox[1]?.slice() ?? new Uint8Array();
    proof.set(hello().subarray(4, 20), 4);
    alice.perform(alice.link.onMessage(proof, 2));
    expect(reasons(alice)).toEqual(['wrong-key']);
  });

  it('two mirrors: proofs of one connection of ours used on another, with the roles exchanged', () => {
    // Mallory claims to be Bob twice: Alice opened one channel and accepted the other. Everything is carried across.
    const out = new End(aliceOptions());
    const back = new End(
      aliceOptions({
        isInitiator: false,
        fingerprints: { local: BOBS_CERTIFICATE, remote: MALLORYS_CERTIFICATE },
      }),
    );
    out.perform(out.link.start(0));
    back.perform(back.link.start(0));
    const asBob = (bytes: Uint8Array): readonly Uint8Array[] => {
      bytes.set(hello().subarray(4, 20), 4);
      return [bytes];
    };
    converse(out, back, 0, asBob);
    expect(out.link.isOpen || back.link.isOpen).toBe(false);
  });

  it('a replay of everything a true Bob once said', () => {
    const said: Uint8Array[] = [];
    const alice = new End(aliceOptions());
    const bob = new End(bobOptions());
    alice.perform(alice.link.start(0));
    bob.perform(bob.link.start(0));
    converse(alice, bob, 0, (bytes, from) => {
      if (from === BOB) said.push(bytes.slice());
      return [bytes];
    });
    expect(alice.link.isOpen).toBe(true);
    const later = alone();
    for (const bytes of said) if (!later.isClosed) later.perform(later.link.onMessage(bytes, 1));
    expect(later.link.isOpen).toBe(false);
    expect(reasons(later)).toEqual(['wrong-key']);
  });

  it('a man in the middle, who must show each end a certificate of his own', () => {
    const [alice, bob] = meet(
      { fingerprints: { local: aliceOptions().fingerprints.local, remote: MALLORYS_CERTIFICATE } },
      { fingerprints: { local: BOBS_CERTIFICATE, remote: MALLORYS_CERTIFICATE } },
    );
    expect([alice.link.isOpen, bob.link.isOpen]).toEqual([false, false]);
    expect([reasons(alice), reasons(bob)]).toEqual([['wrong-key'], ['wrong-key']]);
  });

  it('somebody else on a channel that should lead to Bob', () => {
    const carol = newNodeId(random);
    const [alice] = meet({}, { self: carol });
    expect(reasons(alice)).toEqual(['protocol']);
  });

  it('whoever changes a byte of it', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.nat(400), fc.integer({ min: 1, max: 255 }), (which, at, change) => {
        const alice = new End(aliceOptions());
        const bob = new End(bobOptions());
        alice.perform(alice.link.start(0));
        bob.perform(bob.link.start(0));
        let count = 0;
        let hasChanged = false;
        converse(alice, bob, 0, (bytes) => {
          // Hop limit (2), target (20..35), index, stream and epoch (36..41) mean nothing in a handshake.
          if (count++ === which && at < bytes.length && at !== 2 && (at < 20 || at > 41)) {
            bytes[at] = (bytes[at] ?? 0) ^ change;
            hasChanged = true;
          }
          return [bytes];
        });
        if (hasChanged) expect(alice.link.isOpen && bob.link.isOpen).toBe(false);
        else expect(alice.link.isOpen && bob.link.isOpen).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('random bytes, without ever throwing', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 1500 }), { maxLength: 5 }), (messages) => {
        const alice = alone();
        for (const bytes of messages) if (!alice.isClosed) alice.perform(alice.link.onMessage(bytes, 1));
        expect(alice.link.isOpen).toBe(false);
      }),
    );
  });
});

describe('a proof', () => {
  it('depends on every part of the transcript', () => {
    const party = (fill: number) => ({
      id: newNodeId(seededRandom(fill)),
      nonce: new Uint8Array(32).fill(fill),
      fingerprint: new Uint8Array(32).fill(fill + 100),
    });
    const [a, b, c] = [party(1), party(2), party(3)];
    const name = networkNameHash('x');
    const proofs = [
      proofOf('initiator', KEY, name, a, b),
      proofOf('responder', KEY, name, a, b),
      proofOf('initiator', OTHER_KEY, name, a, b),
      proofOf('initiator', KEY, networkNameHash('y'), a, b),
      proofOf('initiator', KEY, name, b, a),
      ...(['id', 'nonce', 'fingerprint'] as const).flatMap((part) => [
        proofOf('initiator', KEY, name, { ...a, [part]: c[part] }, b),
        proofOf('initiator', KEY, name, a, { ...b, [part]: c[part] }),
      ]),
    ].map((proof) => proof.join());
    expect(new Set(proofs).size).toBe(proofs.length);
  });
});
