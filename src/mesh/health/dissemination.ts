/**
 * How suspicion spreads: SWIM's infection, but only around the suspect, because only its neighbours can judge. Who begins to
 * suspect tells its neighbours; one that hears the suspect denies it and tells the suspect, one that does not confirms, and
 * one without a Link to it passes the word on once. A suspect that hears of it refutes with a new incarnation. Everything
 * is bounded: a frame is at most 196 bytes, a neighbour has a rate, and one word is passed on once.
 */
import type { Random } from '../../runtime/index.ts';
import { FrameType, type NodeId } from '../../wire/index.ts';
import type { Router, View } from '../topology/view.ts';
import type { Tell } from '../vocabulary.ts';
import type { LinkHealth } from './link-health.ts';
import { type Rate, RateLimit, TokenBucket } from './rate-limit.ts';
import { encodeStatement, type Statement } from './statement.ts';

/** Statements taken of one neighbour, and of all. The death of three common neighbours at once makes some twelve each. */
const FROM_EACH: Rate = { perSecond: 5, burst: 30 };
const FROM_ALL: Rate = { perSecond: 20, burst: 120 };
/** Statements that we pass on for others, each to at most 12 neighbours. */
const PASSED_ON: Rate = { perSecond: 2, burst: 10 };
const REFUTATIONS: Rate = { perSecond: 1, burst: 3 };
/** Words passed on lately, so that each is passed on once. */
const MAX_REMEMBERED = 64;
const REMEMBERED_MS = 5000;
/** Whoever heard it so lately while another did not hear it denies the suspicion; it must be ahead by as much. */
const DENY_WITHIN_MS = 600;

export interface DisseminationOptions {
  readonly self: NodeId;
  readonly random: Random;
  readonly view: View;
  readonly router: Router;
  readonly links: ReadonlyMap<NodeId, LinkHealth>;
}

export class Dissemination {
  readonly #options: DisseminationOptions;
  readonly #limit: RateLimit;
  readonly #passing: TokenBucket;
  readonly #refuting: TokenBucket;
  readonly #passed = new Map<NodeId, number>();
  #incarnation = 0;

  constructor(options: DisseminationOptions, now: number) {
    this.#options = options;
    this.#limit = new RateLimit(FROM_EACH, FROM_ALL, now);
    this.#passing = new TokenBucket(PASSED_ON, now);
    this.#refuting = new TokenBucket(REFUTATIONS, now);
  }

  /** Whether one more statement of this neighbour is looked at. */
  mayTake(via: NodeId, now: number): boolean {
    return this.#limit.take(via, now);
  }

  /** Our own suspicion begins, or ends. */
  announce(suspect: NodeId, link: LinkHealth, kind: Statement['kind'], now: number): Tell[] {
    const body = encodeStatement({
      kind,
      hopsLeft: kind === 'silent' ? 1 : 0,
      silenceMs: now - link.lastHeardAt,
      subject: suspect,
      incarnation: link.incarnation,
      witnesses: [...(link.suspicion?.witnesses ?? [])],
    });
    return this.#tellAll(body, suspect, undefined);
  }

  /** Somebody says that it does not hear a Node. */
  onSilent(via: NodeId, statement: Statement, now: number): readonly Tell[] {
    const { links, self, view } = this.#options;
    if (statement.subject === self) return this.#refute(now);
    const link = links.get(statement.subject);
    if (!link) return this.#passOn(via, statement, now);
    if (statement.incarnation < link.incarnation) return [];
    const silenceMs = now - link.lastHeardAt;
    if (silenceMs < DENY_WITHIN_MS && silenceMs + DENY_WITHIN_MS < statement.silenceMs)
      return this.deny(statement.subject, link, via, now);
    link.suspectedBy(via, now);
    for (const witness of statement.witnesses) {
      if (witness !== self && witness !== statement.subject && view.has(witness))
        link.suspectedBy(witness, now);
    }
    return [];
  }

  /** `suspecter` does not hear a neighbour of ours, and we do: it should know, and so should the suspect, who can refute. */
  deny(suspect: NodeId, { lastHeardAt, incarnation }: LinkHealth, suspecter: NodeId, now: number): Tell[] {
    if (!this.#options.links.has(suspecter)) return [];
    const said = { hopsLeft: 0, silenceMs: now - lastHeardAt, subject: suspect, incarnation } as const;
    const denial = encodeStatement({ ...said, kind: 'heard', witnesses: [] });
    const accusation = encodeStatement({ ...said, kind: 'silent', witnesses: [suspecter] });
    const tells = [tell(suspecter, denial)];
    if (this.#mayPass(suspect, now)) tells.push(tell(suspect, accusation));
    return tells;
  }

  /** Our neighbours that have a Link with it, or with a neighbour of it: up to `count`, those that have one themselves first. */
  near(subject: NodeId, count: number): NodeId[] {
    const { links, router } = this.#options;
    const candidates = [...links].filter(([peer, link]) => peer !== subject && link.health === 'healthy');
    if (candidates.length <= count) return candidates.map(([peer]) => peer);
    const adjacent = new Set<NodeId>();
    for (const { a, b } of router.edges()) {
      if (a === subject) adjacent.add(b);
      else if (b === subject) adjacent.add(a);
    }
    const direct = candidates.map(([peer]) => peer).filter((peer) => adjacent.has(peer));
    const others = candidates.map(([peer]) => peer).filter((peer) => !adjacent.has(peer));
    return [...this.#shuffled(direct), ...this.#shuffled(others)].slice(0, count);
  }

  /** We are suspected and live. */
  #refute(now: number): Tell[] {
    if (!this.#refuting.take(now)) return [];
    this.#incarnation = (this.#incarnation + 1) >>> 0;
    const body = encodeStatement({
      kind: 'heard',
      hopsLeft: 0,
      silenceMs: 0,
      subject: this.#options.self,
      incarnation: this.#incarnation,
      witnesses: [],
    });
    return this.#tellAll(body, undefined, undefined);
  }

  #passOn(via: NodeId, statement: Statement, now: number): Tell[] {
    if (statement.kind !== 'silent' || statement.hopsLeft === 0) return [];
    if (!this.#options.view.has(statement.subject) || !this.#mayPass(statement.subject, now)) return [];
    return this.#tellAll(passedOn(via, statement), statement.subject, via);
  }

  #mayPass(subject: NodeId, now: number): boolean {
    const before = this.#passed.get(subject);
    if (before !== undefined && Math.abs(now - before) < REMEMBERED_MS) return false;
    if (!this.#passing.take(now)) return false;
    this.#passed.delete(subject);
    this.#passed.set(subject, now);
    if (this.#passed.size > MAX_REMEMBERED)
      for (const oldest of this.#passed.keys()) {
        this.#passed.delete(oldest);
        break;
      }
    return true;
  }

  #tellAll(body: Uint8Array, but: NodeId | undefined, butAlso: NodeId | undefined): Tell[] {
    const tells: Tell[] = [];
    for (const [peer, link] of this.#options.links) {
      if (peer !== but && peer !== butAlso && link.health !== 'dead') tells.push(tell(peer, body));
    }
    return tells;
  }

  #shuffled(ids: NodeId[]): NodeId[] {
    for (let i = ids.length - 1; i > 0; i--) {
      const j = this.#options.random.uint32() % (i + 1);
      const [a, b] = [ids[i], ids[j]];
      if (a === undefined || b === undefined) continue;
      ids[i] = b;
      ids[j] = a;
    }
    return ids;
  }
}

/** The one who said it becomes a witness, since the frame will have another source. */
function passedOn(via: NodeId, statement: Statement): Uint8Array {
  return encodeStatement({ ...statement, hopsLeft: 0, witnesses: [via, ...statement.witnesses] });
}

function tell(to: NodeId, body: Uint8Array): Tell {
  return { type: 'tell', to, frameType: FrameType.suspect, body };
}
