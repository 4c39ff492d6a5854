/**
 * Who is registered where: the registry's state, without sockets. A session (one socket) holds at most one entry, and an
 * entry dies with its session. Two sessions may hold the same id (a client that reconnected before its old socket was
 * found dead): the id joins with the first and leaves with the last, so nobody can push another's entry out.
 */
import type { NodeId } from '../src/wire/index.ts';

export type NetworkHash = string;

export interface Change<Session> {
  readonly id: NodeId;
  /** Sessions to tell; empty when the id was there before or is still there. */
  readonly notify: readonly Session[];
}

export interface Registered<Session> extends Change<Session> {
  /** The other ids in the network, in the order they came. */
  readonly others: readonly NodeId[];
}

export class Instances<Session> {
  readonly #networks = new Map<NetworkHash, Map<NodeId, Set<Session>>>();
  readonly #entries = new Map<Session, { readonly network: NetworkHash; readonly id: NodeId }>();

  constructor(readonly maxPerNetwork: number) {}

  get sessionCount(): number {
    return this.#entries.size;
  }

  get networkCount(): number {
    return this.#networks.size;
  }

  has(session: Session): boolean {
    return this.#entries.has(session);
  }

  /** `undefined` when the network is full or the session is registered already. */
  register(session: Session, network: NetworkHash, id: NodeId): Registered<Session> | undefined {
    if (this.#entries.has(session)) return undefined;
    const members = this.#networks.get(network) ?? new Map<NodeId, Set<Session>>();
    if (this.#sizeOf(members) >= this.maxPerNetwork) return undefined;
    const holders = members.get(id);
    const notify = holders ? [] : this.#sessionsOf(members, id);
    const others = [...members.keys()].filter((other) => other !== id);
    members.set(id, (holders ?? new Set<Session>()).add(session));
    this.#networks.set(network, members);
    this.#entries.set(session, { network, id });
    return { id, notify, others };
  }

  /** `undefined` when the session held nothing. */
  leave(session: Session): Change<Session> | undefined {
    const entry = this.#entries.get(session);
    if (!entry) return undefined;
    this.#entries.delete(session);
    const { network, id } = entry;
    const members = this.#networks.get(network);
    const holders = members?.get(id);
    holders?.delete(session);
    if (!members || !holders || holders.size > 0) return { id, notify: [] };
    members.delete(id);
    if (members.size === 0) this.#networks.delete(network);
    return { id, notify: this.#sessionsOf(members, id) };
  }

  #sizeOf(members: ReadonlyMap<NodeId, ReadonlySet<Session>>): number {
    let size = 0;
    for (const sessions of members.values()) size += sessions.size;
    return size;
  }

  #sessionsOf(members: ReadonlyMap<NodeId, ReadonlySet<Session>>, except: NodeId): Session[] {
    return [...members].flatMap(([id, sessions]) => (id === except ? [] : [...sessions]));
  }
}
