import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { encodeControl, encodeFrame, FrameType, type NodeId, PROTOCOL_VERSION } from '../../wire/index.ts';
import { HANDSHAKE_TIMEOUT_MS, LINGER_MS } from './link.ts';
import {
  ALICE,
  ALICES_CERTIFICATE,
  ALICES_LIFE,
  aliceOptions,
  BOB,
  BOBS_CERTIFICATE,
  BOBS_LIFE,
  bobOptions,
  converse,
  End,
  makeLife,
  meet,
  nameHashOf,
  OTHER_KEY,
} from './link-pair.testing.ts';

const random = seededRandom(12);
const MALLORYS_CERTIFICATE = random.bytes(32);
const MALLORYS_LIFE = makeLife(13);

type HelloChange = Partial<
  Record<'version' | 'network' | 'nonce' | 'key' | 'life' | 'agree', number | Uint8Array>
>;

/** One end, with somebody at the other who speaks by hand. */
const alone = (options = aliceOptions()): End => {
  const end = new End(options);
  end.perform(end.link.start(0));
  return end;
};
const hello = (change: HelloChange = {}): Uint8Array =>
  encodeFrame(
    { type: FrameType.hello, source: BOB, hopLimit: 1 },
    encodeControl({
      version: PROTOCOL_VERSION,
      network: nameHashOf('quiet-otter'),
      nonce: new Uint8Array(32).fill(5),
      key: BOBS_LIFE.publicKey,
      life: BOBS_LIFE.life,
      agree: BOBS_LIFE.agreementKey,
      ...change,
    }),
  );
const auth = (proof: Uint8Array, signature: Uint8Array): Uint8Array =>
  encodeFrame({ type: FrameType.auth, source: BOB, hopLimit: 1 }, encodeControl({ proof, signature }));
const reasons = (end: End): string[] => end.all('refused').map(({ reason }) => reason);
/** Puts another Node's id into the source field. */
const inTheNameOf = (id: NodeId, bytes: Uint8Array): Uint8Array => {
  const renamed = bytes.slice();
  renamed.set(encodeFrame({ type: FrameType.hello, source: id }, new Uint8Array()).subarray(4, 20), 4);
  return renamed;
};

describe('the handshake', () => {
  it('authenticates both ends that hold the key, whoever opened the channel, and tells each who the other is', () => {
    for (const isInitiator of [true, false]) {
      const [alice, bob] = meet({ isInitiator }, { isInitiator: !isInitiator });
      for (const [end, other] of [
        [alice, BOBS_LIFE],
        [bob, ALICES_LIFE],
      ] as const) {
        expect(end.link.isOpen).toBe(true);
        expect(end.all('refused')).toEqual([]);
        expect(end.link.deadlineMs).toBe(Number.POSITIVE_INFINITY);
        const [{ identity } = { identity: undefined }] = end.all('proven');
        expect(identity).toEqual({
          id: other.id,
          publicKey: other.publicKey,
          life: other.life,
          agreementKey: other.agreementKey,
        });
      }
    }
  });

  it('lets the one that was called prove itself only when it has accepted the caller', () => {
    const bob = alone(bobOptions());
    const alice = alone();
    for (const bytes of alice.outbox.splice(0)) bob.receive(bytes);
    expect(bob.all('send').length).toBe(1); // its hello
    for (const bytes of bob.outbox.splice(0)) alice.receive(bytes);
    expect(alice.all('send').length).toBe(2);
    bob.receive(alice.outbox[0] ?? new Uint8Array());
    expect(bob.all('send').length).toBe(2);
    expect(bob.link.isOpen).toBe(true);
  });

  it('refuses a wrong key with the reason on both sides, whichever is wrong', () => {
    for (const [alice, bob] of [meet({ networkKey: OTHER_KEY }), meet({}, { networkKey: OTHER_KEY })]) {
      for (const end of [alice, bob]) {
        expect(reasons(end)).toEqual(['wrong-key']);
        expect(end.all('proven')).toEqual([]);
        expect(end.link.isOpen).toBe(false);
      }
    }
  });

  it('lets the refusal leave before it closes', () => {
    const alice = alone();
    alice.receive(hello(), 5);
    alice.receive(auth(new Uint8Array(32), new Uint8Array(64)), 6);
    expect(reasons(alice)).toEqual(['wrong-key']);
    expect(alice.all('over')).toEqual([]);
    expect(alice.link.deadlineMs).toBe(6 + LINGER_MS);
    alice.perform(alice.link.onTime(6 + LINGER_MS));
    expect(alice.all('over')[0]?.reason).toMatch(/refused \(wrong-key\)/);
    const bob = alone(bobOptions());
    for (const bytes of alice.outbox) bob.receive(bytes, 7);
    expect(reasons(bob).length).toBe(1);
  });

  it('refuses another network and another version by name', () => {
    const [alice, bob] = meet({ nameHash: nameHashOf('loud-otter') });
    expect([reasons(alice), reasons(bob)]).toEqual([['wrong-network'], ['wrong-network']]);
    const other = alone();
    other.receive(hello({ version: PROTOCOL_VERSION + 1 }));
    expect(reasons(other)).toEqual(['version']);
    const older = alone();
    const bytes = hello();
    bytes[0] = PROTOCOL_VERSION - 1;
    older.receive(bytes);
    expect(reasons(older)).toEqual(['version']);
  });

  it('gives up on a silent other side', () => {
    const alice = alone();
    alice.perform(alice.link.onTime(HANDSHAKE_TIMEOUT_MS - 1));
    expect(alice.isClosed).toBe(false);
    alice.perform(alice.link.onTime(alice.link.deadlineMs));
    expect(alice.all('over')[0]?.reason).toMatch(/in time/);
  });
});

describe('the handshake keeps out', () => {
  it('a key that is not the id’s', () => {
    const alice = alone();
    alice.receive(hello({ key: MALLORYS_LIFE.publicKey }));
    expect(reasons(alice)).toEqual(['identity']);
  });

  it('a member with the network key that shows Bob’s public key without having his secret', () => {
    // Mallory speaks as Bob with everything that is public of him, and the network key.
    const pretender = { ...BOBS_LIFE, identity: { ...MALLORYS_LIFE.identity, id: BOB } };
    for (const isInitiator of [true, false]) {
      const [alice] = meet({ isInitiator }, { own: pretender, isInitiator: !isInitiator });
      expect(reasons(alice)).toEqual(['identity']);
      expect(alice.link.isOpen).toBe(false);
    }
  });

  it('a hello that lacks a part, or has one of another size', () => {
    for (const change of [
      { nonce: new Uint8Array(31) },
      { key: new Uint8Array(33) },
      { agree: new Uint8Array(0) },
      { life: -1 },
      { life: 2 ** 48 },
      { life: 1.5 },
      { network: 7 },
      { key: 7 },
    ]) {
      const alice = alone();
      alice.receive(hello(change));
      expect(reasons(alice)).toEqual(['protocol']);
    }
  });

  it('anything but itself before it is over', () => {
    for (const type of [FrameType.msg_broadcast, FrameType.network_state, FrameType.ihave]) {
      const alice = alone();
      alice.receive(encodeFrame({ type, source: BOB }, encodeControl({})));
      expect(reasons(alice)).toEqual(['protocol']);
      expect(alice.all('frame')).toEqual([]);
    }
  });

  it('frames that would leave before it is over', () => {
    const alice = alone();
    const frame = encodeFrame({ type: FrameType.ping, source: ALICE, target: BOB }, new Uint8Array());
    expect(alice.link.queue(frame, 'control', false)).toBe(false);
    expect(alice.link.flush(1e6, true, 0)).toEqual([]);
  });

  it('a mirror that sends our own frames back, even under the other name', () => {
    const alice = alone();
    alice.receive(alice.outbox[0]?.slice() ?? new Uint8Array());
    expect(reasons(alice)).toEqual(['protocol']);

    const renamed = alone();
    renamed.receive(inTheNameOf(BOB, renamed.outbox[0] ?? new Uint8Array()));
    expect(reasons(renamed)).toEqual(['protocol']);
  });

  it('our own proof under a nonce of the mirror’s', () => {
    const alice = alone();
    alice.receive(hello());
    alice.receive(inTheNameOf(BOB, alice.outbox[1] ?? new Uint8Array()));
    expect(reasons(alice)).toEqual(['wrong-key']);
  });

  it('two mirrors: proofs of one connection of ours used on another, with the roles exchanged', () => {
    // Mallory claims to be Bob twice: Alice opened one channel and accepted the other. Everything is carried across.
    const out = alone();
    const back = alone(
      aliceOptions({
        isInitiator: false,
        fingerprints: { local: BOBS_CERTIFICATE, remote: MALLORYS_CERTIFICATE },
      }),
    );
    converse(out, back, 0, (bytes) => [inTheNameOf(BOB, bytes)]);
    expect(out.link.isOpen || back.link.isOpen).toBe(false);
  });

  it('a replay of everything a true Bob once said', () => {
    const said: Uint8Array[] = [];
    const alice = alone();
    const bob = alone(bobOptions());
    converse(alice, bob, 0, (bytes, from) => {
      if (from === BOB) said.push(bytes.slice());
      return [bytes];
    });
    expect(alice.link.isOpen).toBe(true);
    const later = alone();
    for (const bytes of said) later.receive(bytes, 1);
    expect(later.link.isOpen).toBe(false);
    expect(reasons(later)).toEqual(['wrong-key']);
  });

  it('a man in the middle, who must show each end a certificate of his own', () => {
    const [alice, bob] = meet(
      { fingerprints: { local: ALICES_CERTIFICATE, remote: MALLORYS_CERTIFICATE } },
      { fingerprints: { local: BOBS_CERTIFICATE, remote: MALLORYS_CERTIFICATE } },
    );
    expect([alice.link.isOpen, bob.link.isOpen]).toEqual([false, false]);
    expect([reasons(alice), reasons(bob)]).toEqual([['wrong-key'], ['wrong-key']]);
  });

  it('somebody else on a channel that should lead to Bob', () => {
    const [alice] = meet({}, { own: makeLife(14) });
    expect(reasons(alice)).toEqual(['protocol']);
  });

  it('a second hello or proof', () => {
    const twice = alone();
    twice.receive(hello());
    twice.receive(hello());
    expect(reasons(twice)).toEqual(['protocol']);

    const bob = new End(bobOptions());
    const steps = bob.link.start(0);
    expect(steps.length).toBe(1);
    const alice = alone();
    bob.outbox.push(...steps.flatMap((effect) => (effect.type === 'send' ? [effect.bytes] : [])));
    alice.receive(bob.outbox[0] ?? new Uint8Array());
    const [aliceHello = new Uint8Array(), aliceAuth = new Uint8Array()] = alice.outbox;
    bob.receive(aliceHello);
    expect(bob.link.onMessage(aliceAuth, 1)).toMatchObject([{ type: 'proven' }]); // not accepted yet
    bob.receive(aliceAuth);
    expect(reasons(bob)).toEqual(['protocol']);
  });

  it('whoever changes a byte of it', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.nat(400), fc.integer({ min: 1, max: 255 }), (which, at, change) => {
        const alice = alone();
        const bob = alone(bobOptions());
        let count = 0;
        let hasChanged = false;
        converse(alice, bob, 0, (bytes) => {
          // Hop limit (2), index, stream and session (36..43) mean nothing in a handshake.
          if (count++ === which && at < bytes.length && at !== 2 && (at < 36 || at > 43)) {
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
        for (const bytes of messages) alice.receive(bytes, 1);
        expect(alice.link.isOpen).toBe(false);
      }),
    );
  });
});
