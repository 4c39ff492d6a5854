import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import {
  encodeFrame,
  encodeSignal,
  FrameType,
  type NodeId,
  newNodeId,
  parseFrameHeader,
  parseSignal,
  type Signal,
} from '../../wire/index.ts';
import type { PeerIdentity } from '../identity/identity.ts';
import { WAKE } from '../protocol.ts';
import type { FrameArrived, LinkId, Route } from '../vocabulary.ts';
import type { SignalingEffect, SignalingEvent } from './contract.ts';
import {
  DISTRUST_MS,
  MAX_CANDIDATES,
  MAX_INCOMING,
  MAX_INCOMING_BY_ONE,
  MAX_INCOMING_OF_ONE,
  MAX_REPEATS,
  NEGOTIATION_MS,
  OFFERS_OF_EACH,
  REPEAT_MS,
  RESTART_EVERY_MS,
  SIGNALS_OF_EACH,
} from './limits.ts';
import { Signaling } from './signaling.ts';

const random = seededRandom(4);
const [SELF, ADA, BOB, RELAY] = Array.from({ length: 4 }, () => newNodeId(random)) as [
  NodeId,
  NodeId,
  NodeId,
  NodeId,
];
const identity = (id: NodeId): PeerIdentity => ({
  id,
  publicKey: new Uint8Array(32),
  life: 1,
  agreementKey: new Uint8Array(32),
});
const offer: Signal = { kind: 'offer', connection: 'dc_1', text: 'v=0' };
const answer: Signal = { ...offer, kind: 'answer' };
const candidate: Signal = { ...offer, kind: 'candidate' };
const hangUp: Signal = { ...offer, kind: 'hang-up', text: '' };

/** @param nextHop over whom frames to everyone leave */
function make(nextHop = RELAY) {
  const routes = new Set<NodeId>([ADA, BOB]);
  const lives = new Set<NodeId>([ADA, BOB]);
  const signaling = new Signaling(
    {
      directory: { get: (id) => (lives.has(id) ? identity(id) : undefined) },
      nextHop: (id) => (routes.has(id) ? nextHop : undefined),
    },
    0,
  );
  const tell = (event: SignalingEvent, now = 0) => signaling.handle(event, now);
  return {
    signaling,
    routes,
    lives,
    tell,
    call: (peer = ADA, now = 0) => tell({ type: 'call', peer }, now),
    say: (signal: Signal, now = 0, to = ADA) => said(tell({ type: 'signal', to, signal }, now)),
    hear: (signal: Signal, now = 0, source = ADA, via = RELAY) =>
      tell(arrived(encodeSignal(signal), source, via), now),
    wake: (now: number) => said(tell(WAKE, now)),
  };
}

function arrived(body: Uint8Array, source: NodeId, via = RELAY): FrameArrived {
  const frame = encodeFrame({ type: FrameType.signal, source, target: SELF }, body);
  const header = parseFrameHeader(frame);
  if (typeof header === 'string') throw new Error(header);
  return { type: 'frame', via, header, frame };
}

/** What leaves, and for whom. */
function said(effects: readonly SignalingEffect[]) {
  return effects
    .filter((effect): effect is Route => effect.type === 'route')
    .map(({ target, body }) => ({ target, signal: parseSignal(body) }));
}

const why = (effects: readonly SignalingEffect[]) =>
  effects.map((effect) => (effect.type === 'drop' ? effect.why : effect.type));

describe('a call', () => {
  it('goes through the mesh where it leads, by the rendezvous where it does not, and nowhere when that is away', () => {
    const { routes, lives, call, tell } = make();
    expect(call()).toEqual([{ type: 'connect', peer: ADA, way: 'mesh' }]);
    routes.delete(ADA);
    expect(call()).toEqual([{ type: 'connect', peer: ADA, way: 'rendezvous' }]);
    routes.add(ADA);
    lives.delete(ADA); // nothing could be sealed for it
    expect(call()).toEqual([{ type: 'connect', peer: ADA, way: 'rendezvous' }]);
    tell({ type: 'rendezvous', state: 'offline' });
    expect(call()).toEqual([{ type: 'no-way', peer: ADA }]);
    expect(call(BOB)).toEqual([{ type: 'connect', peer: BOB, way: 'mesh' }]);
  });

  it('that failed through the mesh is made by the rendezvous for a while, if that is there', () => {
    const { call, tell } = make();
    const way = (now: number) => call(ADA, now).map((effect) => 'way' in effect && effect.way);
    way(0);
    tell({ type: 'attempt-failed', peer: ADA }, 100);
    expect(way(200)).toEqual(['rendezvous']);
    tell({ type: 'attempt-failed', peer: ADA }, 300);
    tell({ type: 'rendezvous', state: 'offline' });
    expect(way(400)).toEqual(['mesh']);
    tell({ type: 'rendezvous', state: 'online' });
    expect(way(100 + DISTRUST_MS)).toEqual(['mesh']);
    expect(call(BOB, 500)).toMatchObject([{ way: 'mesh' }]);
  });

  it('that failed by the rendezvous says nothing against the mesh', () => {
    const { routes, call, tell } = make();
    call(); // and it came to a Link that was not kept
    routes.delete(ADA);
    call();
    tell({ type: 'attempt-failed', peer: ADA }, 100);
    routes.add(ADA);
    expect(call(ADA, 200)).toMatchObject([{ way: 'mesh' }]);
  });
});

describe('a channel whose path fails', () => {
  it('gets a new one by the mesh around it, else by the rendezvous, and not before that is there', () => {
    const { routes, tell } = make();
    const failing = (now: number) => tell({ type: 'path-failing', peer: ADA }, now);
    expect(failing(0)).toEqual([{ type: 'restart', peer: ADA, way: 'mesh' }]);
    routes.delete(ADA);
    expect(failing(RESTART_EVERY_MS)).toEqual([]);
    tell({ type: 'rendezvous', state: 'online' });
    expect(failing(RESTART_EVERY_MS)).toEqual([{ type: 'restart', peer: ADA, way: 'rendezvous' }]);
  });

  it('is not told over itself, nor more often than a new path takes to be found', () => {
    const { tell } = make(ADA);
    tell({ type: 'rendezvous', state: 'online' });
    const failing = (now: number) => tell({ type: 'path-failing', peer: ADA }, now);
    expect(failing(0)).toEqual([{ type: 'restart', peer: ADA, way: 'rendezvous' }]);
    expect(failing(RESTART_EVERY_MS - 1)).toEqual([]);
    expect(failing(RESTART_EVERY_MS)).toHaveLength(1);
  });

  it('is a negotiation like others for those who are asked', () => {
    const { say, hear } = make();
    const restart: Signal = { ...offer, kind: 'restart' };
    expect(say(restart)).toHaveLength(1);
    expect(why(hear(answer))).toEqual(['signal']);
    expect(why(hear({ ...restart, connection: 'theirs' }, 0, BOB))).toEqual(['signal']);
    expect(say({ ...answer, connection: 'theirs' }, 0, BOB)).toHaveLength(1);
  });
});

describe('one who asks us for a new path', () => {
  const restart: Signal = { ...offer, kind: 'restart', text: 'first' };

  it('is heard again while nothing was said to it: our end of the path may fail later than theirs', () => {
    const { say, hear } = make();
    expect(why(hear(restart))).toEqual(['signal']);
    expect(why(hear(restart, REPEAT_MS))).toEqual(['signal']);
    say(answer, REPEAT_MS);
    const again = hear(restart, 3 * REPEAT_MS);
    expect(said(again).map(({ signal }) => signal)).toEqual([answer]);
    expect(again).toHaveLength(1);
  });

  it('is heard when it asks anew, on other addresses, and is not answered as it was before', () => {
    const { say, hear } = make();
    hear(restart);
    say(answer);
    const second = { ...restart, text: 'second' };
    expect(hear(second, RESTART_EVERY_MS)).toEqual([{ type: 'signal', from: ADA, signal: second }]);
    const newer = { ...answer, text: 'newer' };
    say(newer, RESTART_EVERY_MS);
    expect(said(hear(second, RESTART_EVERY_MS + REPEAT_MS)).map(({ signal }) => signal)).toEqual([newer]);
  });

  it('anew again and again has its allowance, no more', () => {
    const { hear } = make();
    let heard = 0;
    for (let i = 0; i < 100; i++) if (why(hear({ ...restart, text: `${i}` }))[0] === 'signal') heard++;
    expect(heard).toBe(OFFERS_OF_EACH.burst);
  });
});

describe('signals of our transport', () => {
  it('leave as frames, in a connection that we began or were asked into', () => {
    const { say, hear } = make();
    expect(say(offer)).toEqual([{ target: ADA, signal: offer }]);
    expect(say(candidate)).toEqual([{ target: ADA, signal: candidate }]);
    expect(say({ ...answer, connection: 'other' })).toEqual([]);
    hear({ ...offer, connection: 'theirs' }, 0, BOB);
    expect(say({ ...answer, connection: 'theirs' }, 0, BOB)).toHaveLength(1);
    expect(say({ ...answer, connection: 'theirs' }, 0, ADA)).toEqual([]);
  });

  it('are said again, all of them, until there is an answer; a few times at most', () => {
    const { signaling, say, hear, wake } = make();
    say(offer);
    say(candidate);
    expect(signaling.nextWakeAt).toBe(REPEAT_MS);
    expect(wake(REPEAT_MS - 1)).toEqual([]);
    expect(wake(REPEAT_MS).map(({ signal }) => signal)).toEqual([offer, candidate]);
    let repeats = 1;
    while (signaling.nextWakeAt < NEGOTIATION_MS) if (wake(signaling.nextWakeAt).length > 0) repeats++;
    expect(repeats).toBe(MAX_REPEATS);

    const answered = make();
    answered.say(offer);
    answered.hear(answer, 10);
    expect(answered.signaling.nextWakeAt).toBe(NEGOTIATION_MS);
    expect(hear(answer, NEGOTIATION_MS)).toEqual([expect.objectContaining({ type: 'signal' })]);
  });

  it('are forgotten when the negotiation has had its time, or the Link is up', () => {
    const { signaling, say, hear, wake, tell } = make();
    say(offer);
    wake(NEGOTIATION_MS);
    expect(why(hear(answer, NEGOTIATION_MS))).toEqual(['a signal of no connection']);
    say(offer, NEGOTIATION_MS);
    tell({
      type: 'link-up',
      peer: ADA,
      link: 1 as LinkId,
      identity: identity(ADA),
      isInitiator: true,
      answersProbes: false,
    });
    expect(signaling.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('signals of others', () => {
  it('reach the transport when they belong to a negotiation, once', () => {
    const { say, hear } = make();
    expect(hear({ ...offer, connection: 'theirs' }, 0, BOB)).toEqual([
      { type: 'signal', from: BOB, signal: { ...offer, connection: 'theirs' } },
    ]);
    expect(why(hear(answer))).toEqual(['a signal of no connection']);
    say(offer);
    expect(why(hear(answer, 0, BOB))).toEqual(['a signal of no connection']);
    expect(hear(answer)).toEqual([{ type: 'signal', from: ADA, signal: answer }]);
    expect(why(hear(answer))).toEqual(['a signal out of place']);
    expect(why(hear(offer))).toEqual(['our own offer']);
    expect(why(hear(candidate))).toEqual(['signal']);
    expect(why(hear(hangUp))).toEqual(['signal']);
    expect(why(hear(candidate))).toEqual(['a signal of no connection']);
  });

  it('that come twice are answered as they were before: an answer may have been lost', () => {
    const { say, hear } = make();
    hear(offer);
    say(answer);
    say(candidate);
    const again = hear(offer, 500);
    expect(said(again).map(({ signal }) => signal)).toEqual([answer, candidate]);
    expect(again.some(({ type }) => type === 'signal')).toBe(false);
  });

  it('that cannot be read count against the neighbour that made them, not against one that passed them on', () => {
    const { tell } = make();
    const noise = Uint8Array.of(0xc1);
    const [own] = tell(arrived(noise, RELAY, RELAY));
    const [passedOn] = tell(arrived(noise, ADA, RELAY));
    expect(own).toMatchObject({ type: 'drop', isMalformed: true });
    expect(passedOn).toMatchObject({ type: 'drop', isMalformed: false });
  });
});

describe('a hostile member', () => {
  it('has few connections under way with us, under one name and under many', () => {
    const { hear } = make();
    const one = Array.from({ length: 5 }, (_, i) => why(hear({ ...offer, connection: `${i}` }))[0]);
    expect(one.filter((each) => each === 'signal')).toHaveLength(MAX_INCOMING_OF_ONE);
    const many = (via: NodeId) =>
      Array.from({ length: 200 }, () => why(hear(offer, 1, newNodeId(random), via))[0]).filter(
        (each) => each === 'signal',
      );
    expect(many(RELAY)).toHaveLength(MAX_INCOMING_BY_ONE - MAX_INCOMING_OF_ONE);
    expect(many(BOB)).toHaveLength(MAX_INCOMING - MAX_INCOMING_BY_ONE);
  });

  it('leaves room for those whom others bring, under however many names it speaks, and for however long', () => {
    const { hear, wake } = make();
    for (let now = 0; now < 60_000; now += 100) {
      wake(now);
      for (let i = 0; i < 40; i++) {
        const name = newNodeId(random);
        hear(offer, now, name);
        hear(i % 2 ? candidate : hangUp, now, name);
      }
      const isHonestsTurn = now % 10_000 === 0;
      if (isHonestsTurn)
        expect(why(hear({ ...offer, connection: `${now}` }, now, ADA, BOB))).toEqual(['signal']);
    }
  });

  it('makes us begin no more of them than its allowance, however soon it hangs up', () => {
    const { hear } = make();
    let begun = 0;
    for (let now = 0; now < 20_000; now += 10) {
      if (why(hear(offer, now))[0] === 'signal') begun++;
      hear(hangUp, now);
    }
    expect(begun).toBeLessThanOrEqual(OFFERS_OF_EACH.burst + 20 * OFFERS_OF_EACH.perSecond);
    expect(begun).toBeGreaterThan(OFFERS_OF_EACH.burst);
  });

  it('is not listened to beyond its rate, whatever it says', () => {
    const { hear } = make();
    hear(offer);
    let heard = 0;
    for (let i = 0; i < 1000; i++) if (why(hear(candidate))[0] !== 'too many signals') heard++;
    expect(heard).toBe(SIGNALS_OF_EACH.burst - 1);
  });

  it('adds no more candidates than a machine has', () => {
    const { say, hear } = make();
    say(offer);
    let taken = 0;
    for (let i = 0; i < 3 * MAX_CANDIDATES; i++) if (why(hear(candidate))[0] === 'signal') taken++;
    expect(taken).toBe(MAX_CANDIDATES);
  });
});
