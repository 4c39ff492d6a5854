/**
 * Test support: a Node of the Unicast world and its application: what it sent, what was delivered to it, and in which order
 * it takes that.
 */
import { FrameFlag, type NodeId, SEAL_BYTES } from '../../wire/index.ts';
import type { Sessions } from '../identity/session.ts';
import type { MemoryBudget } from '../memory/budget.ts';
import { WAKE } from '../protocol.ts';
import type { Deliver, Failure, LinkId, Path, StreamId, Token } from '../vocabulary.ts';
import type { UnicastEffect, UnicastEvent } from './contract.ts';
import { Unicast } from './unicast.ts';

/** What a Node asks of the world it is in. */
export interface NodeWorld {
  readonly nowMs: number;
  /** Undefined for one that is not there. */
  node(id: NodeId): TestNode | undefined;
  newToken(): Token;
  at(atMs: number, run: () => void): void;
  path(from: TestNode, target: NodeId): Path | undefined;
  carry(from: TestNode, target: NodeId, path: Path, frame: Uint8Array): void;
  delivered(node: TestNode, from: NodeId, stream: StreamId, text: string): void;
  isDelivered(from: TestNode, message: { to: NodeId; stream: StreamId; text: string }): boolean;
  /** After every event. */
  check(node: TestNode): void;
}

export class TestNode {
  readonly world: NodeWorld;
  readonly id: NodeId;
  readonly budget: MemoryBudget;
  readonly links = new Map<NodeId, LinkId>();
  /** Lives of others as it knows them. */
  readonly known = new Map<NodeId, number>();
  readonly delivered: { from: NodeId; stream: StreamId; text: string; bytes: number }[] = [];
  readonly settled = new Map<Token, Failure | undefined>();
  readonly answers = new Map<Token, Uint8Array>();
  readonly sent = new Map<Token, { to: NodeId; toLife: number; stream: StreamId; text: string }>();
  readonly drops = new Map<string, number>();
  readonly cutOff: string[] = [];
  readonly requests: { from: NodeId; stream: StreamId; id: number; body: Uint8Array }[] = [];
  readonly untaken: Deliver[] = [];
  unicast: Unicast;
  life = 1;
  isFrozen = false;
  /** While false the application takes nothing. */
  isTaking = true;
  /** Called with each request that was taken. */
  serve: ((node: TestNode, request: TestNode['requests'][number]) => void) | undefined;
  readonly #inbox: UnicastEvent[] = [];
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(world: NodeWorld, id: NodeId, budget: MemoryBudget) {
    this.world = world;
    this.id = id;
    this.budget = budget;
    this.unicast = this.#unicast();
  }

  restart(): void {
    this.life++;
    this.unicast = this.#unicast();
    this.untaken.length = 0;
    for (const [peer, bytes] of [...this.budget.accounts]) this.budget.charge(peer, -bytes);
  }

  #unicast(): Unicast {
    return new Unicast({
      self: this.id,
      sessions: this.#sessions(),
      paths: { to: (target) => this.world.path(this, target) },
      budget: this.budget,
      firstRequestId: 0xffff_fff0,
      isPresent: (id) => this.world.node(id) !== undefined,
    });
  }

  #sessions(): Sessions {
    const tag = (peer: NodeId) => {
      const life = this.known.get(peer);
      if (life === undefined) return undefined;
      const pair = [`${this.id}${this.life}`, `${peer}${life}`].sort().join();
      let hash = 7;
      for (let i = 0; i < pair.length; i++) hash = (Math.imul(hash, 31) + pair.charCodeAt(i)) >>> 0;
      return hash;
    };
    return {
      tag,
      seal: (peer, frame) => {
        const session = tag(peer);
        if (session === undefined) return undefined;
        const sealed = new Uint8Array(frame.length + SEAL_BYTES);
        sealed.set(frame);
        sealed[3] = (sealed[3] ?? 0) | FrameFlag.sealed;
        sealed.set(mac(sealed, session), frame.length);
        return sealed;
      },
      isGenuine: (source, frame) => {
        const session = tag(source);
        if (session === undefined) return false;
        const expected = mac(frame, session);
        return expected.every((byte, i) => byte === frame[frame.length - SEAL_BYTES + i]);
      },
    };
  }

  tell(event: UnicastEvent): void {
    if (this.isFrozen) {
      this.#inbox.push(event);
      return;
    }
    this.#perform(this.unicast.handle(event, this.world.nowMs));
    this.settle();
  }

  /** The end of a turn. */
  settle(): void {
    for (let turns = 0; this.unicast.nextWakeAt <= this.world.nowMs; turns++) {
      if (turns > 20) throw new Error(`it wants to be woken for ever, at ${this.unicast.nextWakeAt}`);
      this.#perform(this.unicast.handle(WAKE, this.world.nowMs));
    }
    this.world.check(this);
    const at = this.unicast.nextWakeAt;
    if (at === this.#wakeAt || at === Number.POSITIVE_INFINITY) return;
    this.#wakeAt = at;
    this.world.at(at, () => {
      if (this.#wakeAt !== at) return;
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.tell(WAKE);
    });
  }

  thaw(): void {
    this.isFrozen = false;
    for (const event of this.#inbox.splice(0)) this.tell(event);
    this.settle();
  }

  send(to: TestNode, text: string, bytes = 0, stream = 0, timeoutMs = 60_000, isAwaited = true): Token {
    const token = this.world.newToken();
    const body = new Uint8Array(Math.max(bytes, text.length));
    new TextEncoder().encodeInto(text, body);
    const id = stream as StreamId;
    this.sent.set(token, { to: to.id, toLife: to.life, stream: id, text });
    this.tell({
      type: 'send',
      token,
      target: to.id,
      stream: id,
      message: { kind: 'message', name: 'm', body },
      timeoutMs,
      isAwaited,
    });
    return token;
  }

  request(to: TestNode, body = new Uint8Array(4), stream = 0, timeoutMs = 10_000): Token {
    const token = this.world.newToken();
    this.tell({
      type: 'request',
      token,
      target: to.id,
      stream: stream as StreamId,
      name: 'q',
      body,
      timeoutMs,
    });
    return token;
  }

  /** The application takes what was delivered, the oldest first. */
  take(most = Number.POSITIVE_INFINITY): void {
    let taken = 0;
    for (let next = this.untaken[0]; next && taken < most; next = this.untaken[0]) {
      const messages = next.messages.slice(0, most - taken);
      const costs = next.costs.slice(0, messages.length);
      const rest = {
        ...next,
        messages: next.messages.slice(messages.length),
        costs: next.costs.slice(messages.length),
      };
      if (rest.messages.length > 0) this.untaken[0] = rest;
      else this.untaken.shift();
      taken += messages.length;
      for (const [i, message] of messages.entries()) {
        this.tell({
          type: 'taken',
          from: next.from,
          stream: next.stream,
          isBroadcast: false,
          count: 1,
          cost: costs[i] ?? 0,
        });
        if (message.kind !== 'request') continue;
        const request = { from: next.from, stream: next.stream, id: message.requestId, body: message.body };
        this.requests.push(request);
        this.serve?.(this, request);
      }
    }
  }

  #perform(effects: readonly UnicastEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'transmit':
          this.world.carry(this, effect.target, effect.path, effect.frame);
          break;
        case 'deliver':
          this.untaken.push(effect);
          for (const message of effect.messages) {
            if (message.kind !== 'message') continue;
            const text = new TextDecoder().decode(message.body.subarray(0, 12)).replace(/\0+$/, '');
            this.delivered.push({
              from: effect.from,
              stream: effect.stream,
              text,
              bytes: message.body.length,
            });
            this.world.delivered(this, effect.from, effect.stream, text);
          }
          if (this.isTaking) this.world.at(this.world.nowMs, () => this.isTaking && this.take());
          break;
        case 'settled':
          for (const token of effect.tokens) this.#settle(token, effect.failure);
          break;
        case 'answered':
          this.#settle(effect.token, undefined);
          this.answers.set(effect.token, effect.body);
          break;
        case 'drop':
          this.drops.set(effect.why, (this.drops.get(effect.why) ?? 0) + 1);
          break;
        case 'cut-off':
          this.cutOff.push(effect.reason);
          break;
        case 'log':
          break;
      }
    }
  }

  #settle(token: Token, failure: Failure | undefined): void {
    if (this.settled.has(token)) throw new Error(`token ${token} settled twice`);
    this.settled.set(token, failure);
    const sent = this.sent.get(token);
    if (failure || !sent) return;
    if (!this.world.isDelivered(this, sent)) {
      throw new Error(`"${sent.text}" resolved but was never delivered to ${sent.to}`);
    }
  }
}

/** The numbers that were delivered to it, in order. */
export function texts(node: TestNode): number[] {
  return node.delivered.map(({ text }) => Number(text));
}

/** Why what it sent failed, in the order of settling; undefined: it did not. */
export function reasons(node: TestNode): (string | undefined)[] {
  return [...node.settled.values()].map((failure) => failure?.reason);
}

/** A stand-in for the seal. */
function mac(frame: Uint8Array, session: number): Uint8Array {
  let hash = session | 1;
  const length = frame.length - SEAL_BYTES;
  for (let i = 0; i < length; i++) {
    if (i !== 2) hash = Math.imul(hash ^ (frame[i] ?? 0), 0x01000193);
  }
  return new Uint8Array(SEAL_BYTES).fill(hash >>> 24);
}
