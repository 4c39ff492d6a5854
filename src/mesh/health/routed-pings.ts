/**
 * Questions to Nodes as frames: to a neighbour on the reliable channel, to it through others, to whoever is no neighbour. The
 * pong returns the eight bytes of the ping, so it proves that the target lives after the question.
 */
import { type Random, toHex } from '../../runtime/index.ts';
import { FrameType, type NodeId } from '../../wire/index.ts';
import type { Route } from '../vocabulary.ts';

export const PING_BYTES = 8;
/** A ping this old is lost: as with datagrams. */
const LOST_AFTER_MS = 3000;
/** Twelve neighbours in doubt at once ask four ways every 600 ms: 240 in three seconds. Beyond, the oldest is given up. */
const MAX_PENDING = 256;

export interface PingAnswer {
  readonly target: NodeId;
  /** Sent over this neighbour whatever the routes say; undefined: by the routes. */
  readonly via: NodeId | undefined;
  readonly askedAt: number;
}

export class RoutedPings {
  readonly #random: Random;
  /** In the order of asking. */
  readonly #pending = new Map<string, PingAnswer>();

  constructor(random: Random) {
    this.#random = random;
  }

  get nextWakeAt(): number {
    for (const { askedAt } of this.#pending.values()) return askedAt + LOST_AFTER_MS;
    return Number.POSITIVE_INFINITY;
  }

  ping(target: NodeId, via: NodeId | undefined, now: number): Route {
    const body = this.#random.bytes(PING_BYTES);
    if (this.#pending.size >= MAX_PENDING)
      for (const oldest of this.#pending.keys()) {
        this.#pending.delete(oldest);
        break;
      }
    this.#pending.set(toHex(body), { target, via, askedAt: now });
    return { type: 'route', target, frameType: FrameType.ping, body, via };
  }

  /** Undefined when it answers no question of ours to that Node. */
  answered(source: NodeId, body: Uint8Array): PingAnswer | undefined {
    if (body.length !== PING_BYTES) return undefined;
    const nonce = toHex(body);
    const ping = this.#pending.get(nonce);
    if (ping?.target !== source) return undefined;
    this.#pending.delete(nonce);
    return ping;
  }

  /** Those without an answer by now. */
  takeLost(now: number): PingAnswer[] {
    const lost: PingAnswer[] = [];
    for (const [nonce, ping] of this.#pending) {
      if (now < ping.askedAt + LOST_AFTER_MS) break; // the sum of `nextWakeAt`: a difference may round otherwise
      this.#pending.delete(nonce);
      lost.push(ping);
    }
    return lost;
  }

  /** We stood still: what was asked before is neither answered nor lost. */
  forget(): void {
    this.#pending.clear();
  }
}
