/** By which way a peer is called: through the mesh where it leads there, by the rendezvous where it does not. */
import type { RendezvousState, SignalWay } from '../../transport/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { SignalingOptions } from './contract.ts';
import { DISTRUST_MS, MAX_DISTRUSTED } from './limits.ts';

export class Ways {
  rendezvous: RendezvousState = 'connecting';
  readonly #options: Pick<SignalingOptions, 'directory' | 'nextHop'>;
  /** Called through the mesh last, and until when that is not tried again; 0 while the call is under way. */
  readonly #distrustedUntil = new Map<NodeId, number>();

  constructor(options: Pick<SignalingOptions, 'directory' | 'nextHop'>) {
    this.#options = options;
  }

  /** Undefined when nothing leads there. */
  choose(peer: NodeId, now: number): SignalWay | undefined {
    const isOffline = this.rendezvous === 'offline';
    // A path that is only thought to be there (the peer froze, a partition) must not keep us from the other way.
    const isDistrusted = (this.#distrustedUntil.get(peer) ?? 0) > now;
    if (this.#leadsTo(peer) && (isOffline || !isDistrusted)) {
      this.#remember(peer, 0);
      return 'mesh';
    }
    if (this.#distrustedUntil.get(peer) === 0) this.#distrustedUntil.delete(peer);
    return isOffline ? undefined : 'rendezvous';
  }

  /** For a channel that there is and that fails: not over itself. */
  around(peer: NodeId): SignalWay | undefined {
    const nextHop = this.#options.nextHop(peer);
    if (nextHop !== undefined && nextHop !== peer && this.#options.directory.get(peer)) return 'mesh';
    return this.rendezvous === 'online' ? 'rendezvous' : undefined;
  }

  failed(peer: NodeId, now: number): void {
    if (this.#distrustedUntil.get(peer) === 0) this.#remember(peer, now + DISTRUST_MS);
  }

  worked(peer: NodeId): void {
    this.#distrustedUntil.delete(peer);
  }

  #leadsTo(peer: NodeId): boolean {
    return this.#options.nextHop(peer) !== undefined && this.#options.directory.get(peer) !== undefined;
  }

  #remember(peer: NodeId, untilMs: number): void {
    this.#distrustedUntil.delete(peer);
    this.#distrustedUntil.set(peer, untilMs);
    const oldest = this.#distrustedUntil.keys().next();
    if (this.#distrustedUntil.size > MAX_DISTRUSTED && !oldest.done)
      this.#distrustedUntil.delete(oldest.value);
  }
}
