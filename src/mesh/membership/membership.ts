/**
 * Who counts as a member: everyone whose record we have and to whom a path leads. Who says farewell leaves at once, or with its Link to
 * us: the farewell may come by a quicker way than the last that it says to us. Who merely loses its last path stays for a moment, because a
 * Link that broke is usually back before anyone needed it.
 *
 * Joining and leaving is decided at a wake, once for all that happened since the last. How far everyone is and how well is
 * worked out when somebody looks.
 */
import { equalBytes } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Member } from '../contract.ts';
import { NEVER, NO_EFFECTS } from '../protocol.ts';
import { readAttributes } from './attributes.ts';
import type { MembershipEffect, MembershipEvent, MembershipOptions, MembershipProtocol } from './contract.ts';

/** A redial takes some 100 ms; a closed tab must be gone from every list within a second. */
export const PATHLESS_GRACE_MS = 600;

/**
 * How far everyone is changes all the time in a large mesh: readers are told a moment later, a millisecond for each Node. Of who
 * comes and goes they are told at once.
 */
const LONGEST_TELL_AFTER_MS = 1000;

const CHANGED: MembershipEffect = { type: 'members-changed' };

interface Entry {
  member: Member;
  /** What `member.attributes` was read from. */
  attributes: Uint8Array | undefined;
  /** NEVER while a path leads to it. */
  pathlessSince: number;
  /** Why the last Link to it ended: said when it leaves. */
  lastWords: string | undefined;
}

export class Membership implements MembershipProtocol {
  readonly #options: MembershipOptions;
  /** In the order of their coming, ourselves first. */
  readonly #entries = new Map<NodeId, Entry>();
  readonly #pathless = new Set<NodeId>();
  #members: readonly Member[];
  /** Somebody may have come or gone. */
  #isDirty = false;
  /** Something may be different that only readers of `members` see. */
  #isOutOfDate = false;
  #isOrderNew = false;
  /** Of the View, when it was looked at last. */
  #viewRevision = -1;
  /** The next grace ends. */
  #graceEndsAt = NEVER;
  /** Readers are to be told by then that something they see is different. */
  #tellAt = NEVER;

  constructor(options: MembershipOptions, now: number) {
    this.#options = options;
    const { own, attributes } = options;
    const self: Member = {
      id: own.id,
      attributes: readAttributes(attributes),
      isSelf: true,
      isNeighbour: false,
      hops: 0,
      rttMs: 0,
      health: 'healthy',
      sinceMs: now,
    };
    this.#entries.set(own.id, { member: self, attributes, pathlessSince: NEVER, lastWords: undefined });
    this.#members = Object.freeze([self]);
  }

  get nextWakeAt(): number {
    return this.#isDirty ? Number.NEGATIVE_INFINITY : Math.min(this.#graceEndsAt, this.#tellAt);
  }

  get members(): readonly Member[] {
    if (this.#isOutOfDate) this.#bringUpToDate();
    return this.#members;
  }

  has(id: NodeId): boolean {
    return this.#entries.has(id);
  }

  handle(event: MembershipEvent, now: number): readonly MembershipEffect[] {
    switch (event.type) {
      case 'wake':
        return now < this.nextWakeAt ? NO_EFFECTS : this.#update(now);
      case 'link-down': {
        const entry = this.#entries.get(event.peer);
        if (entry) entry.lastWords = event.reason;
        break;
      }
      case 'attributes': {
        const self = this.#entries.get(this.#options.own.id);
        if (!self) break;
        self.attributes = event.bytes.slice();
        self.member = { ...self.member, attributes: readAttributes(self.attributes) };
        this.#isOrderNew = true;
        break;
      }
      case 'health-changed':
        if (!this.#entries.has(event.id)) return NO_EFFECTS;
        break;
      case 'graph-changed':
        if (this.#isCompanyOther()) break;
        this.#isOutOfDate = true;
        this.#tellAt = Math.min(this.#tellAt, now + Math.min(LONGEST_TELL_AFTER_MS, this.#options.view.size));
        return NO_EFFECTS;
      case 'link-up':
        break;
    }
    this.#isDirty = true;
    this.#isOutOfDate = true;
    return NO_EFFECTS;
  }

  /** Somebody has come into reach or gone out of it. Most changes of the graph are of Edges, and the same are in reach as before. */
  #isCompanyOther(): boolean {
    return this.#options.view.revision !== this.#viewRevision || this.#pathless.size > 0;
  }

  #update(now: number): readonly MembershipEffect[] {
    const isToTell = this.#isDirty || now >= this.#tellAt;
    this.#isDirty = false;
    const effects: MembershipEffect[] = [];
    const { view } = this.#options;
    if (this.#isCompanyOther()) {
      const changed = view.changed(this.#viewRevision);
      this.#viewRevision = view.revision;
      const newcomers = new Set<NodeId>();
      for (const id of changed ?? view.ids()) if (!this.#entries.has(id) && view.has(id)) newcomers.add(id);
      // Of all others only who was out of reach already can be different.
      if (changed !== undefined) this.#judgeAll([...this.#pathless, ...changed], now, effects);
      else if (view.size - newcomers.size < this.#entries.size - 1 || this.#pathless.size > 0)
        this.#judgeAll(this.#entries.keys(), now, effects);
      for (const id of newcomers) this.#admit(id, now, effects);
    }
    if (effects.length > 0) {
      this.#isOutOfDate = true;
      this.#isOrderNew = true;
    } else if (!isToTell) return NO_EFFECTS;
    this.#tellAt = NEVER;
    effects.push(CHANGED);
    return effects;
  }

  #judgeAll(ids: Iterable<NodeId>, now: number, effects: MembershipEffect[]): void {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry && !entry.member.isSelf) this.#judge(id, entry, now, effects);
    }
    this.#findGraceEnd();
  }

  #judge(id: NodeId, entry: Entry, now: number, effects: MembershipEffect[]): void {
    const { view } = this.#options;
    if (view.has(id)) {
      if (entry.pathlessSince === NEVER) return;
      entry.pathlessSince = NEVER;
      entry.lastWords = undefined;
      this.#pathless.delete(id);
      return;
    }
    const hasLeft = view.hasLeft(id);
    entry.pathlessSince = Math.min(entry.pathlessSince, now);
    this.#pathless.add(id);
    const hasGrace = !hasLeft || this.#options.open.has(id);
    if (hasGrace && now - entry.pathlessSince < PATHLESS_GRACE_MS) return;
    const reason = hasLeft ? 'it said goodbye' : (entry.lastWords ?? 'no path leads to it any more');
    this.#entries.delete(id);
    this.#pathless.delete(id);
    effects.push({ type: 'left', id, reason });
  }

  #admit(id: NodeId, now: number, effects: MembershipEffect[]): void {
    const attributes = this.#options.view.attributes(id);
    const member = this.#describe(id, readAttributes(attributes), now, false);
    this.#entries.set(id, { member, attributes, pathlessSince: NEVER, lastWords: undefined });
    effects.push({ type: 'joined', member });
  }

  #findGraceEnd(): void {
    this.#graceEndsAt = NEVER;
    for (const id of this.#pathless) {
      const since = this.#entries.get(id)?.pathlessSince ?? NEVER;
      this.#graceEndsAt = Math.min(this.#graceEndsAt, since + PATHLESS_GRACE_MS);
    }
  }

  #bringUpToDate(): void {
    this.#isOutOfDate = false;
    let isChanged = this.#isOrderNew;
    this.#isOrderNew = false;
    for (const [id, entry] of this.#entries) {
      if (entry.member.isSelf) continue;
      const bytes = this.#options.view.attributes(id) ?? entry.attributes;
      // A new record with the same attributes leaves them what they are.
      const isSameSaying =
        bytes === entry.attributes || (bytes && entry.attributes && equalBytes(bytes, entry.attributes));
      if (!isSameSaying) entry.attributes = bytes;
      const attributes = isSameSaying ? entry.member.attributes : readAttributes(bytes);
      const member = this.#describe(id, attributes, entry.member.sinceMs, true);
      if (isSame(member, entry.member)) continue;
      entry.member = member;
      isChanged = true;
    }
    if (isChanged) this.#members = Object.freeze(Array.from(this.#entries.values(), ({ member }) => member));
  }

  /** `mayEstimate`: of whom nobody has measured, how far it is by the routes, which are not looked for for everyone who comes. */
  #describe(id: NodeId, attributes: Member['attributes'], sinceMs: number, mayEstimate: boolean): Member {
    const { open, router, health, rttMs } = this.#options;
    const isNeighbour = open.has(id);
    const hops = isNeighbour ? 1 : router.hops(id);
    return {
      id,
      attributes,
      isSelf: false,
      isNeighbour,
      // The shortest path by round trip may take a detour; "hops" says how far apart the two are in the graph.
      hops,
      rttMs:
        hops === undefined ? undefined : (rttMs(id) ?? (mayEstimate ? router.route(id)?.rttMs : undefined)),
      health: health(id),
      sinceMs,
    };
  }
}

function isSame(a: Member, b: Member): boolean {
  return (
    a.attributes === b.attributes &&
    a.isNeighbour === b.isNeighbour &&
    a.hops === b.hops &&
    a.rttMs === b.rttMs &&
    a.health === b.health
  );
}
