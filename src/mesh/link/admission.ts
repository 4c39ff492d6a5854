/**
 * Whether a peer that has proven itself becomes our Link with it, and what becomes of the one that there is. The rules are those
 * of verdict.ts; here they are carried out. Whoever calls us while we call it waits for our own call, and is judged again.
 */
import type { NodeId } from '../../wire/index.ts';
import type { PeerIdentity } from '../identity/identity.ts';
import type { Connection } from './connection.ts';
import type { LinksEffect, LinksOptions } from './contract.ts';
import type { Refusal } from './handshake.ts';
import { verdictOn } from './verdict.ts';
import { WAIT_MS, WaitingCallers } from './waiting-callers.ts';

/** What is asked of those around it; effects go to `out`. */
export interface AdmissionHost {
  readonly open: ReadonlyMap<NodeId, Connection>;
  /** Whether a channel that we opened to this peer, no longer ago than `sinceMs`, still shakes hands. */
  isCalling(peer: NodeId, sinceMs: number): boolean;
  up(connection: Connection, identity: PeerIdentity, now: number, out: LinksEffect[]): void;
  leave(connection: Connection, reason: string, now: number, out: LinksEffect[]): void;
  wakeBy(timeMs: number): void;
}

type AdmissionOptions = Pick<LinksOptions, 'own' | 'mayAccept' | 'newestLife' | 'recordOf'>;

export class Admission {
  readonly #options: AdmissionOptions;
  readonly #host: AdmissionHost;
  readonly #waiting = new WaitingCallers<Connection>();

  constructor(options: AdmissionOptions, host: AdmissionHost) {
    this.#options = options;
    this.#host = host;
  }

  /** When the first has waited long enough. */
  get deadlineMs(): number {
    return this.#waiting.deadlineMs;
  }

  onProven(connection: Connection, now: number, out: LinksEffect[]): void {
    this.#judge(connection, now, out);
    if (!connection.isProven) return;
    this.#waiting.add(connection, now);
    this.#host.wakeBy(this.#waiting.deadlineMs);
  }

  /** Judges those who have waited long enough. */
  wake(now: number, out: LinksEffect[]): void {
    for (const connection of this.#waiting.due(now)) this.#judge(connection, now, out);
  }

  /** Something has changed between us and this peer. */
  judgeAgain(peer: NodeId, now: number, out: LinksEffect[]): void {
    for (const connection of this.#waiting.of(peer)) this.#judge(connection, now, out);
  }

  /** It has no channel any more. */
  delete(connection: Connection): void {
    this.#waiting.delete(connection);
  }

  /** Decides on a peer that has proven itself; leaves it as it is when it has to wait. */
  #judge(connection: Connection, now: number, out: LinksEffect[]): void {
    const { peer, provenIdentity: identity, isInitiator, openedAtMs, isRevived } = connection;
    if (!identity || !connection.isProven) return;
    const { open } = this.#host;
    const before = open.get(peer);
    const hasWaited = this.#waiting.hasWaited(connection, now);
    const known = { identity, newestLife: this.#options.newestLife(peer) };
    const candidate = { peer, ...known, isInitiator, openedAtMs, isRevived, hasWaited };
    const isCalling = this.#host.isCalling(peer, now - WAIT_MS);
    const verdict = verdictOn(candidate, this.#options.own, before, isCalling);
    switch (verdict) {
      case 'wait':
        return;
      case 'accept':
        if (this.#options.mayAccept(peer, open.size)) this.#host.up(connection, identity, now, out);
        else connection.refuse({ reason: 'full' }, 'no room for another Link', now, out);
        break;
      case 'replace':
        if (before) this.#host.leave(before, 'a newer channel takes its place', now, out);
        this.#host.up(connection, identity, now, out);
        break;
      case 'keep-other':
        this.#host.leave(connection, 'the other of two channels is kept', now, out);
        break;
      case 'refuse-older-life':
        connection.refuse(this.#tooOld(peer), 'a newer life of it is known here', now, out);
        break;
      case 'refuse-own-older-life':
        connection.prove(now, out); // only our signature makes the other give way
        connection.refuse({ reason: 'duplicate' }, 'an older life of our own key', now, out);
        break;
      case 'give-way':
        this.#host.leave(connection, 'a newer life of our own key', now, out);
        out.push({ type: 'replaced' });
        break;
      default:
        verdict satisfies never;
    }
    this.#waiting.delete(connection);
    this.#host.wakeBy(connection.deadlineMs);
  }

  /** Its own key has signed what we know of it: it believes nobody else that it has to go. */
  #tooOld(peer: NodeId): Refusal {
    const record = this.#options.recordOf(peer);
    return { reason: 'duplicate', ...(record && { record }) };
  }
}
