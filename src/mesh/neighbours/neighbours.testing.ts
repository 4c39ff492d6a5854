/**
 * Test support: a toy mesh of Neighbours protocols in virtual time. A call takes a while, then succeeds when both ends live,
 * their sides of a partition match, signaling reaches (the server, or a path), and both may accept. What each sees of the
 * graph is some tenths of a second old, so that decisions cross as they do in real life.
 */
import { type Random, seededRandom, uniform } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import type { PeerIdentity } from '../identity/identity.ts';
import type { OpenLink } from '../link/contract.ts';
import { WAKE } from '../protocol.ts';
import type { LinkId } from '../vocabulary.ts';
import type { NeighboursEffect, NeighboursEvent } from './contract.ts';
import { Neighbours } from './neighbours.ts';
import { Sight } from './sight.testing.ts';

const OFFER_TAKES_MS = 20;
const GHOST_ANSWERS_AFTER_MS = 5_000;
const STALE_MS = 250;

export interface Tab {
  readonly id: NodeId;
  readonly neighbours: Neighbours;
  readonly sight: Sight;
  readonly open: Map<NodeId, OpenLink>;
  readonly pending: Set<NodeId>;
  readonly remembered: Set<NodeId>;
  /** Calls it made since the start. */
  calls: number;
  side: number;
  isAlive: boolean;
  isFrozen: boolean;
}

interface Happening {
  readonly at: number;
  readonly order: number;
  run(): void;
}

export class ToyMesh {
  now = 0;
  readonly tabs: Tab[] = [];
  readonly random: Random;
  /** Who is registered, in the order they came: tabs and ghosts. */
  #registry: NodeId[] = [];
  isServerUp = true;
  disconnects = 0;
  /** Deliberate cuts that parted the graph. Must stay 0. */
  cuts = 0;
  readonly #byId = new Map<NodeId, Tab>();
  readonly #left = new Set<NodeId>();
  readonly #rtts = new Map<string, number>();
  readonly #agenda: Happening[] = [];
  #order = 0;
  #linkNumber = 0;
  #isStale = false;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  get here(): Tab[] {
    return this.tabs.filter((tab) => tab.isAlive);
  }

  at(index: number): Tab {
    const tab = this.tabs[index];
    if (!tab) throw new Error(`no tab ${index}`);
    return tab;
  }

  join(): Tab {
    const id = newNodeId(this.random);
    const sight = new Sight(id, this.#left);
    const open = new Map<NodeId, OpenLink>();
    const pending = new Set<NodeId>();
    const remembered = new Set<NodeId>();
    const neighbours = new Neighbours({
      self: id,
      random: seededRandom(this.random.uint32()),
      view: sight,
      router: sight,
      open,
      pending: () => pending,
      rttMs: (peer) => (open.has(peer) ? this.#rtt(id, peer) : undefined),
      silenceMs: () => 0,
      remembered: () => remembered,
    });
    const tab: Tab = {
      id,
      neighbours,
      sight,
      open,
      pending,
      remembered,
      calls: 0,
      side: 0,
      isAlive: true,
      isFrozen: false,
    };
    this.tabs.push(tab);
    this.#byId.set(id, tab);
    this.#registry.push(id);
    this.tellCandidates();
    return tab;
  }

  /** Ids that are registered and nobody's. */
  addGhosts(count: number): void {
    for (let i = 0; i < count; i++) this.#registry.push(newNodeId(this.random));
    this.tellCandidates();
  }

  /** What the rendezvous says to everyone. */
  tellCandidates(): void {
    if (!this.isServerUp) return;
    const all = this.#registry;
    for (const tab of this.here) {
      this.tell(tab, { type: 'candidates', ids: all.filter((id) => id !== tab.id) });
    }
  }

  /** Dies without a word. Its socket goes, its Links after `noticedMs`. */
  kill(tab: Tab, noticedMs = 3_000): void {
    tab.isAlive = false;
    this.#unregister(tab);
    this.#after(noticedMs, () => {
      for (const peer of [...tab.open.keys()]) this.#dropLink(tab.id, peer, 'dead');
    });
  }

  leave(tab: Tab): void {
    this.#left.add(tab.id);
    tab.isAlive = false;
    for (const peer of [...tab.open.keys()]) this.#dropLink(tab.id, peer, 'left');
    this.#unregister(tab);
  }

  #unregister({ id }: Tab): void {
    this.#registry = this.#registry.filter((each) => each !== id);
    if (!this.isServerUp) return;
    for (const other of this.here) this.tell(other, { type: 'candidate-gone', id });
    this.tellCandidates();
  }

  /** Stands still; its neighbours give it up after `noticedMs`, it learns so when it thaws. */
  freeze(tab: Tab, noticedMs = 5_000): void {
    tab.isFrozen = true;
    this.#after(noticedMs, () => {
      for (const peer of [...tab.open.keys()]) this.#dropLink(tab.id, peer, 'dead');
    });
  }

  thaw(tab: Tab, missed: readonly NodeId[]): void {
    tab.isFrozen = false;
    for (const peer of missed) this.#tellDown(tab, peer, 'dead', 60_000);
  }

  /** Links between the sides fall after a while. */
  partition(sideOf: (tab: Tab, index: number) => number): void {
    for (const [index, tab] of this.tabs.entries()) tab.side = sideOf(tab, index);
    this.#after(3_000, () => {
      for (const tab of this.tabs) {
        for (const peer of [...tab.open.keys()]) {
          if (this.#byId.get(peer)?.side !== tab.side) this.#dropLink(tab.id, peer, 'dead');
        }
      }
    });
  }

  heal(): void {
    for (const tab of this.tabs) tab.side = 0;
  }

  run(ms: number): void {
    const end = this.now + ms;
    this.#wakeAll();
    while (this.now < end) {
      const next = Math.min(
        end,
        this.#agenda[0]?.at ?? end,
        ...this.here.filter((t) => !t.isFrozen).map((t) => t.neighbours.nextWakeAt),
      );
      this.now = Math.max(this.now, next);
      while ((this.#agenda[0]?.at ?? Number.POSITIVE_INFINITY) <= this.now) this.#agenda.shift()?.run();
      this.#wakeAll();
    }
  }

  tell(tab: Tab, event: NeighboursEvent): void {
    if (!tab.isAlive || (tab.isFrozen && event.type !== 'link-down')) return;
    this.#perform(tab, tab.neighbours.handle(event, this.now));
  }

  /** Sizes of the parts, greatest first. */
  parts(): number[] {
    const left = new Set(this.here.map(({ id }) => id));
    const sizes: number[] = [];
    for (const start of left) {
      const queue = [start];
      left.delete(start);
      for (const at of queue) {
        for (const peer of this.#byId.get(at)?.open.keys() ?? []) if (left.delete(peer)) queue.push(peer);
      }
      sizes.push(queue.length);
    }
    return sizes.sort((a, b) => b - a);
  }

  degrees(): number[] {
    return this.here.map(({ open }) => open.size);
  }

  diameter(): number {
    this.#refresh();
    return Math.max(...this.here.flatMap(({ sight }) => [...sight.hopsTo.values()].map(({ hops }) => hops)));
  }

  #wakeAll(): void {
    for (const tab of this.tabs) {
      // Twice at most: what one plan causes is told in time.
      if (tab.isAlive && !tab.isFrozen && tab.neighbours.nextWakeAt <= this.now) this.tell(tab, WAKE);
    }
  }

  #perform(tab: Tab, effects: readonly NeighboursEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'call') this.#connect(tab, effect.peer);
      else this.#disconnect(tab, effect.peer, effect.reason);
    }
  }

  #connect(tab: Tab, peer: NodeId): void {
    if (tab.open.has(peer) || tab.pending.has(peer)) throw new Error('called twice');
    tab.calls++;
    tab.pending.add(peer);
    const other = this.#byId.get(peer);
    const canSignal = this.isServerUp || tab.sight.has(peer);
    const answers = other?.isAlive && !other.isFrozen && other.side === tab.side && canSignal;
    if (canSignal) this.#after(OFFER_TAKES_MS, () => this.tell(tab, { type: 'offered', peer }));
    const takesMs = answers ? 30 + uniform(this.random) * 100 : canSignal ? GHOST_ANSWERS_AFTER_MS : 5;
    this.#after(takesMs, () => {
      if (!tab.pending.delete(peer) || !tab.isAlive) return;
      if (tab.open.has(peer)) {
        this.tell(tab, { type: 'attempt-over', peer });
      } else if (!answers || !other?.isAlive || other.isFrozen || other.side !== tab.side) {
        this.tell(tab, { type: 'attempt-failed', peer });
      } else if (
        tab.neighbours.mayAccept(peer, tab.open.size) &&
        other.neighbours.mayAccept(tab.id, other.open.size)
      ) {
        this.#open(tab, other);
      } else {
        this.tell(tab, { type: 'refused', peer, reason: 'full' });
        this.tell(tab, { type: 'attempt-failed', peer });
      }
    });
  }

  #open(caller: Tab, called: Tab): void {
    const link = ++this.#linkNumber as LinkId;
    for (const [tab, peer, isInitiator] of [
      [caller, called.id, true],
      [called, caller.id, false],
    ] as const) {
      const identity: PeerIdentity = {
        id: peer,
        publicKey: new Uint8Array(32),
        life: 1,
        agreementKey: new Uint8Array(32),
      };
      tab.open.set(peer, { peer, link, identity, isInitiator, sinceMs: this.now, queuedBytes: () => 0 });
      tab.remembered.add(peer);
      this.tell(tab, { type: 'link-up', peer, link, identity, isInitiator, answersProbes: false });
    }
    this.#changed();
  }

  #disconnect(tab: Tab, peer: NodeId, reason: string): void {
    this.disconnects++;
    const before = this.parts().length;
    this.#dropLink(tab.id, peer, reason);
    if (this.parts().length > before) this.cuts++;
  }

  #dropLink(a: NodeId, b: NodeId, reason: string): void {
    for (const [id, peer] of [
      [a, b],
      [b, a],
    ] as const) {
      const tab = this.#byId.get(id);
      const link = tab?.open.get(peer);
      if (!tab || !link) continue;
      tab.open.delete(peer);
      if (!tab.isFrozen) this.#tellDown(tab, peer, reason, this.now - link.sinceMs);
    }
    this.#changed();
  }

  #tellDown(tab: Tab, peer: NodeId, reason: string, livedMs: number): void {
    this.tell(tab, { type: 'link-down', peer, link: 0 as LinkId, reason, livedMs });
  }

  #changed(): void {
    if (this.#isStale) return;
    this.#isStale = true;
    this.#after(STALE_MS, () => {
      this.#isStale = false;
      this.#refresh();
    });
  }

  #refresh(): void {
    const edges = new Map<NodeId, Map<NodeId, number>>();
    for (const { id, open } of this.here) {
      edges.set(id, new Map([...open.keys()].map((peer) => [peer, this.#rtt(id, peer)])));
    }
    for (const tab of this.here) {
      const before = new Set(tab.sight.ids());
      tab.sight.refresh(edges);
      for (const id of tab.sight.ids()) if (!before.delete(id)) this.tell(tab, { type: 'joined', id });
      for (const id of before) {
        tab.remembered.add(id);
        this.tell(tab, { type: 'left', id });
      }
      this.tell(tab, { type: 'graph-changed' });
    }
  }

  #rtt(a: NodeId, b: NodeId): number {
    const key = a < b ? a + b : b + a;
    let rtt = this.#rtts.get(key);
    if (rtt === undefined) {
      rtt = 2 + 150 * uniform(this.random) ** 2;
      this.#rtts.set(key, rtt);
    }
    return rtt;
  }

  #after(ms: number, run: () => void): void {
    const happening = { at: this.now + ms, order: this.#order++, run };
    let at = this.#agenda.length;
    while (at > 0 && (this.#agenda[at - 1]?.at ?? 0) > happening.at) at--;
    this.#agenda.splice(at, 0, happening);
  }
}
