/**
 * How a new Link is negotiated. Two browsers that want a connection must exchange an offer, an answer and addresses first;
 * who carries these decides when a mesh can form. Members carry them for each other in `signal` frames, routed like any
 * frame with a target and sealed by the session of the two, so that the signaling server is needed for first contact only,
 * and after a partition: while it is away the mesh goes on growing and mending itself.
 *
 * A call goes by the mesh when a path leads to the peer, else by the rendezvous, else nowhere; all signals of a connection
 * go the way of its offer, answers too. Frames over relays may be lost, so an offer is repeated until it is answered, and who
 * gets it twice answers twice; a restart with other words is another one, and takes the place of the one before. What others may make us do is bounded (limits.ts); a signal that belongs to no negotiation
 * does not reach the transport. Nothing in a signal is believed: the handshake binds the keys of both ends to the
 * connection that came of it (link/handshake.ts), whoever carried or forged the signals.
 */
import {
  encodeSignal,
  FrameType,
  frameBody,
  type NodeId,
  parseSignal,
  type Signal,
} from '../../wire/index.ts';
import { RateLimit } from '../health/rate-limit.ts';
import { NO_EFFECTS } from '../protocol.ts';
import type { FrameArrived, Route } from '../vocabulary.ts';
import type { SignalingEffect, SignalingEvent, SignalingOptions, SignalingProtocol } from './contract.ts';
import {
  OFFERS_BY_ONE,
  OFFERS_OF_ALL,
  OFFERS_OF_EACH,
  RESTART_EVERY_MS,
  SIGNALS_BY_ONE,
  SIGNALS_OF_ALL,
  SIGNALS_OF_EACH,
} from './limits.ts';
import { type Negotiation, Negotiations, noteSaid, takes } from './negotiations.ts';
import { Ways } from './ways.ts';

export class Signaling implements SignalingProtocol {
  readonly #negotiations = new Negotiations();
  readonly #ways: Ways;
  readonly #signals: RateLimit;
  readonly #offers: RateLimit;
  readonly #signalsBrought: RateLimit;
  readonly #offersBrought: RateLimit;
  /** When a new path was last looked for; of peers with a channel, so few. */
  readonly #restartedAt = new Map<NodeId, number>();

  constructor(options: SignalingOptions, now: number) {
    this.#ways = new Ways(options);
    this.#signals = new RateLimit(SIGNALS_OF_EACH, SIGNALS_OF_ALL, now);
    this.#offers = new RateLimit(OFFERS_OF_EACH, OFFERS_OF_ALL, now);
    this.#signalsBrought = new RateLimit(SIGNALS_BY_ONE, SIGNALS_OF_ALL, now);
    this.#offersBrought = new RateLimit(OFFERS_BY_ONE, OFFERS_OF_ALL, now);
  }

  get nextWakeAt(): number {
    return this.#negotiations.nextWakeAt;
  }

  handle(event: SignalingEvent, now: number): readonly SignalingEffect[] {
    switch (event.type) {
      case 'call':
        return [this.#call(event.peer, now)];
      case 'path-failing':
        return this.#restart(event.peer, now);
      case 'signal':
        return this.#say(event.to, event.signal, now);
      case 'frame':
        return this.#heard(event, now);
      case 'link-up':
        this.#ways.worked(event.peer);
        this.#negotiations.endAllWith(event.peer);
        return NO_EFFECTS;
      case 'attempt-failed':
        this.#ways.failed(event.peer, now);
        return NO_EFFECTS;
      case 'rendezvous':
        this.#ways.rendezvous = event.state;
        return NO_EFFECTS;
      case 'wake':
        return this.#negotiations.due(now).flatMap(({ peer, said }) => routes(peer, said));
      default:
        event satisfies never;
        return NO_EFFECTS;
    }
  }

  #call(peer: NodeId, now: number): SignalingEffect {
    const way = this.#ways.choose(peer, now);
    return way === undefined ? { type: 'no-way', peer } : { type: 'connect', peer, way };
  }

  /** Looks for a new path for a channel; told again by the transport while it fails, so nothing needs to be kept. */
  #restart(peer: NodeId, now: number): readonly SignalingEffect[] {
    const way = this.#ways.around(peer);
    const lastAt = this.#restartedAt.get(peer) ?? Number.NEGATIVE_INFINITY;
    if (way === undefined || now - lastAt < RESTART_EVERY_MS) return NO_EFFECTS;
    for (const [each, at] of this.#restartedAt)
      if (now - at >= RESTART_EVERY_MS) this.#restartedAt.delete(each);
    this.#restartedAt.set(peer, now);
    return [{ type: 'restart', peer, way }];
  }

  #say(to: NodeId, signal: Signal, now: number): readonly SignalingEffect[] {
    const negotiation = this.#negotiations.get(to, signal.connection);
    if (isBeginning(signal)) this.#negotiations.call(to, signal, now);
    else if (!negotiation || !noteSaid(negotiation, signal))
      return NO_EFFECTS; // it came to an end meanwhile
    else if (signal.kind === 'hang-up') this.#negotiations.end(negotiation);
    return routes(to, [signal]);
  }

  #heard(event: FrameArrived, now: number): readonly SignalingEffect[] {
    const { via, header, frame } = event;
    const { source } = header;
    const drop = (why: string, isMalformed = false): readonly SignalingEffect[] => [
      { type: 'drop', via, header, frame, why, isMalformed },
    ];
    if (!this.#signalsBrought.take(via, now) || !this.#signals.take(source, now))
      return drop('too many signals');
    const signal = parseSignal(frameBody(frame));
    // Of who relayed it nobody can say that it saw it: only a neighbour's own counts against it.
    if (!signal) return drop('a signal that cannot be read', source === via);
    const negotiation = this.#negotiations.get(source, signal.connection);
    const heard: SignalingEffect = { type: 'signal', from: source, signal };
    if (isBeginning(signal)) {
      if (negotiation?.isOurs) return drop('our own offer');
      if (negotiation && !asksAnew(negotiation, signal)) {
        // Our end of the path may not have failed yet when it was first asked for another one.
        return isUnanswered(negotiation) ? [heard] : routes(source, negotiation.said);
      }
      if (!this.#offersBrought.take(via, now) || !this.#offers.take(source, now))
        return drop('too many offers');
      if (negotiation) this.#negotiations.end(negotiation);
      return this.#negotiations.called(source, signal, via, now) ? [heard] : drop('too many offers');
    }
    if (!negotiation) return drop('a signal of no connection');
    if (signal.kind === 'hang-up') {
      this.#negotiations.end(negotiation);
      return [heard];
    }
    return takes(negotiation, signal) ? [heard] : drop('a signal out of place');
  }
}

function isBeginning({ kind }: Signal): boolean {
  return kind === 'offer' || kind === 'restart';
}

/** Another new path is asked for, of a connection for which one was asked a moment ago: its end has other addresses now. */
function asksAnew({ beginning }: Negotiation, { kind, text }: Signal): boolean {
  return kind === 'restart' && text !== beginning.text;
}

function isUnanswered({ beginning, said }: Negotiation): boolean {
  return beginning.kind === 'restart' && said.length === 0;
}

function routes(target: NodeId, signals: readonly Signal[]): Route[] {
  return signals.map((signal) => ({
    type: 'route',
    target,
    frameType: FrameType.signal,
    body: encodeSignal(signal),
  }));
}
