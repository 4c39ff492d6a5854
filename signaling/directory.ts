/**
 * Who is registered where: the registry's state, without sockets. In a small network everyone knows everyone. In a larger one
 * each is told of a bounded choice, drawn by chance, and is told of to those chosen: a registration costs the same among ten
 * thousand as among forty, and no crowd can take all the places of a choice. The choice is drawn group by group, and a group is
 * an address and whether its members have spoken to anyone: a thousand silent ghosts of one address are as likely to be drawn,
 * all of them together, as one Node elsewhere.
 */
import { integerBelow, type Random } from '../src/runtime/index.ts';
import { MAX_INSTANCES, type NodeId } from '../src/wire/index.ts';

/** Those who are told when a Node leaves. Beyond that, the one told longest ago is forgotten. */
const MAX_ACQUAINTANCES = 8 * MAX_INSTANCES;
/** Draws for each place: with few and unequal groups some hit somebody drawn before. */
const DRAWS_PER_PLACE = 4;

export interface Registration<Home> {
  readonly id: NodeId;
  /** `networkHash(name)`. */
  readonly network: string;
  /** Stands for the address it comes from. */
  readonly addressTag: string;
  /** Of two with one id the later lives; no two are equal (`registeredAfter`). */
  readonly since: number;
  /** How it is reached. */
  readonly home: Home;
}

export interface Entry<Home> extends Registration<Home> {
  /** Whether it has sent an offer or an answer. */
  readonly hasSpoken: boolean;
}

class Member<Home> implements Entry<Home> {
  readonly id: NodeId;
  readonly network: string;
  readonly addressTag: string;
  readonly since: number;
  readonly home: Home;
  hasSpoken = false;
  readonly acquaintances = new Set<Member<Home>>();
  group: Group<Home> | undefined;
  place = 0;

  constructor({ id, network, addressTag, since, home }: Registration<Home>) {
    this.id = id;
    this.network = network;
    this.addressTag = addressTag;
    this.since = since;
    this.home = home;
  }
}

interface Group<Home> {
  readonly name: string;
  readonly members: Member<Home>[];
  place: number;
}

interface Network<Home> {
  size: number;
  readonly byName: Map<string, Group<Home>>;
  readonly groups: Group<Home>[];
}

export class Directory<Home> {
  readonly #random: Random;
  readonly #members = new Map<NodeId, Member<Home>>();
  readonly #networks = new Map<string, Network<Home>>();

  constructor(random: Random) {
    this.#random = random;
  }

  get size(): number {
    return this.#members.size;
  }

  get networkCount(): number {
    return this.#networks.size;
  }

  get(id: NodeId): Entry<Home> | undefined {
    return this.#members.get(id);
  }

  [Symbol.iterator](): IterableIterator<Entry<Home>> {
    return this.#members.values();
  }

  networkSize(network: string): number {
    return this.#networks.get(network)?.size ?? 0;
  }

  /** The id must be free: `remove` an older registration first. */
  add(registration: Registration<Home>): Entry<Home> {
    const member = new Member(registration);
    this.#members.set(member.id, member);
    const network = this.#networks.get(member.network) ?? { size: 0, byName: new Map(), groups: [] };
    this.#networks.set(member.network, network);
    network.size += 1;
    join(network, member);
    return member;
  }

  /** Those to be told that it is gone; empty for an id that is not registered. */
  remove(id: NodeId): readonly Entry<Home>[] {
    const member = this.#members.get(id);
    const network = member && this.#networks.get(member.network);
    if (!member || !network) return [];
    this.#members.delete(id);
    leave(network, member);
    network.size -= 1;
    if (network.size === 0) this.#networks.delete(member.network);
    for (const other of member.acquaintances) other.acquaintances.delete(member);
    return [...member.acquaintances];
  }

  /** It has sent an offer or an answer. */
  speak(id: NodeId): boolean {
    const member = this.#members.get(id);
    const network = member && this.#networks.get(member.network);
    if (!member || !network || member.hasSpoken) return false;
    leave(network, member);
    member.hasSpoken = true;
    join(network, member);
    return true;
  }

  /**
   * A fresh choice of others for this Node, at most MAX_INSTANCES; everyone when they are no more. It replaces all whom the Node
   * knew. Tell the Node of them, and each of `strangers` of the Node.
   */
  introduce(id: NodeId): {
    readonly others: readonly Entry<Home>[];
    readonly strangers: readonly Entry<Home>[];
  } {
    const member = this.#members.get(id);
    const network = member && this.#networks.get(member.network);
    if (!member || !network) return { others: [], strangers: [] };
    const others = this.#choose(network, member);
    const strangers = others.filter((other) => !member.acquaintances.has(other));
    for (const other of member.acquaintances) other.acquaintances.delete(member);
    member.acquaintances.clear();
    for (const other of others) acquaint(member, other);
    return { others, strangers };
  }

  /** Another server has chosen `b` for `a`, or the reverse; false when they knew each other, or one of them is not here any more. */
  acquaint(a: NodeId, b: NodeId): boolean {
    const [one, other] = [this.#members.get(a), this.#members.get(b)];
    if (!one || !other || one === other || one.network !== other.network) return false;
    if (one.acquaintances.has(other)) return false;
    acquaint(one, other);
    return true;
  }

  /** Whether there are more than one choice shows. */
  isLarge(network: string): boolean {
    return this.networkSize(network) > MAX_INSTANCES + 1;
  }

  /** The `since` of a new registration of this id, later than that of the one it replaces. */
  registeredAfter(id: NodeId, nowMs: number): number {
    return Math.max(nowMs, (this.#members.get(id)?.since ?? 0) + 1);
  }

  #choose(network: Network<Home>, member: Member<Home>): Member<Home>[] {
    if (network.size <= MAX_INSTANCES + 1) {
      return network.groups.flatMap(({ members }) => members.filter((other) => other !== member));
    }
    const chosen = new Set<Member<Home>>();
    for (let draw = 0; draw < DRAWS_PER_PLACE * MAX_INSTANCES && chosen.size < MAX_INSTANCES; draw++) {
      const group = network.groups[integerBelow(this.#random, network.groups.length)];
      const other = group?.members[integerBelow(this.#random, group.members.length)];
      if (other && other !== member) chosen.add(other);
    }
    return [...chosen];
  }
}

function acquaint<Home>(a: Member<Home>, b: Member<Home>): void {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.acquaintances.add(other);
    if (one.acquaintances.size <= MAX_ACQUAINTANCES) continue;
    const [oldest] = one.acquaintances;
    if (!oldest) continue;
    one.acquaintances.delete(oldest);
    oldest.acquaintances.delete(one);
  }
}

function join<Home>(network: Network<Home>, member: Member<Home>): void {
  const name = `${member.addressTag} ${member.hasSpoken}`;
  let group = network.byName.get(name);
  if (!group) {
    group = { name, members: [], place: network.groups.length };
    network.byName.set(name, group);
    network.groups.push(group);
  }
  member.place = group.members.push(member) - 1;
  member.group = group;
}

function leave<Home>(network: Network<Home>, member: Member<Home>): void {
  const { group } = member;
  if (!group) return;
  takeOut(group.members, member);
  if (group.members.length > 0) return;
  network.byName.delete(group.name);
  takeOut(network.groups, group);
}

/** The last one takes the place of the one that goes. */
function takeOut<Item extends { place: number }>(items: Item[], item: Item): void {
  const last = items.pop();
  if (!last || last === item) return;
  items[item.place] = last;
  last.place = item.place;
}
