/**
 * What a room must come to, worked out anew from all updates and checkpoints that there ever were: what a chain of checkpoints closes, in
 * order, then the rest.
 */
import { encodePlain } from '../../src/services/rooms/canonical.ts';
import type { Checkpoint } from '../../src/services/rooms/checkpoint.ts';
import type { CheckpointHash, DeviceId, Plain, UpdateHash } from '../../src/services/rooms/contract.ts';
import { comesBefore } from '../../src/services/rooms/dag.ts';
import type { Genesis } from '../../src/services/rooms/genesis.ts';
import type { History } from '../../src/services/rooms/history.ts';
import type { Update } from '../../src/services/rooms/update.ts';
import { noting } from './noting.ts';

/** What a checkpoint has closed, with those before it. */
interface Closed {
  readonly segments: readonly (readonly Update[])[];
  readonly order: readonly UpdateHash[];
  /** Of each writer, the number of its newest. */
  readonly latest: ReadonlyMap<string, number>;
}

const NOTHING: Closed = { segments: [], order: [], latest: new Map() };

export class Truth {
  readonly updates = new Map<string, Update>();
  readonly #checkpoints = new Map<CheckpointHash, Checkpoint>();
  /** Of those behind which all is known: nothing can become other there, and it is asked of each by every room. */
  readonly #closed = new Map<CheckpointHash, Closed>();
  readonly #genesis: Genesis;

  constructor(genesis: Genesis) {
    this.#genesis = genesis;
  }

  learn(checkpoint: Checkpoint): void {
    this.#checkpoints.set(checkpoint.hash, checkpoint);
  }

  /** Puts that update or checkpoint into a history. */
  give(hash: string, history: History): void {
    const update = this.updates.get(hash);
    const checkpoint = this.#checkpoints.get(hash as CheckpointHash);
    if (update) history.add(update);
    else if (checkpoint) history.offer(checkpoint);
  }

  /** Hashes of all that is closed by it and those before it. */
  orderAt(tip: Checkpoint): readonly UpdateHash[] {
    return this.#closedBy(tip).order;
  }

  /** What the rotation that took that device out had closed; undefined: there is none. */
  pastOfRemoval(tip: Checkpoint, device: DeviceId): ReadonlySet<UpdateHash> | undefined {
    for (let one: Checkpoint | undefined = tip; one; ) {
      if (one.removed.includes(device)) return new Set(this.orderAt(one));
      const [before]: readonly CheckpointHash[] = one.previous;
      one = before === undefined ? undefined : this.#checkpoints.get(before);
    }
    return undefined;
  }

  /** @param heads of what is open */
  stateOf(tip: Checkpoint | undefined, heads: readonly UpdateHash[]): Plain {
    const { segments, latest } = this.#closedBy(tip);
    const open = this.#ancestryOf(heads, latest).updates;
    let state: Plain = this.#genesis.initial;
    for (const segment of [...segments, open]) {
      for (const { author, payload, hash, claimedAtMs } of countingOf(segment)) {
        try {
          const next = noting.reduce(state, payload, { hash, author, claimedAtMs });
          if (encodePlain(next).length <= this.#genesis.limits.maxBytes) state = next;
        } catch {
          // A no-op.
        }
      }
    }
    return state;
  }

  #closedBy(tip: Checkpoint | undefined): Closed {
    const chain: Checkpoint[] = [];
    let closed = NOTHING;
    let isWhole = true;
    for (let one = tip; one; ) {
      const known = this.#closed.get(one.hash);
      if (known) {
        closed = known;
        break;
      }
      chain.push(one);
      const [before]: readonly CheckpointHash[] = one.previous;
      one = before === undefined ? undefined : this.#checkpoints.get(before);
      if (before !== undefined && !one) isWhole = false;
    }
    for (let next = chain.pop(); next; next = chain.pop()) {
      const segment = this.#ancestryOf(next.heads, closed.latest);
      closed = behind(closed, segment.updates);
      isWhole &&= segment.isWhole;
      if (isWhole) this.#closed.set(next.hash, closed);
    }
    return closed;
  }

  /** What these have behind them and is not closed, in order. `isWhole`: all of it is known. */
  #ancestryOf(heads: readonly UpdateHash[], latest: Closed['latest']) {
    const found = new Set<Update>();
    let isWhole = true;
    const next = [...heads];
    for (let hash = next.pop(); hash !== undefined; hash = next.pop()) {
      const update = this.updates.get(hash);
      if (!update) isWhole = false;
      if (!update || found.has(update) || update.number <= (latest.get(update.writer) ?? 0)) continue;
      found.add(update);
      next.push(...update.parents);
    }
    return { updates: [...found].sort((a, b) => (comesBefore(a, b) ? -1 : 1)), isWhole };
  }
}

function behind({ segments, order, latest }: Closed, updates: readonly Update[]): Closed {
  const newest = new Map(latest);
  for (const { writer, number } of updates) newest.set(writer, Math.max(number, newest.get(writer) ?? 0));
  return {
    segments: [...segments, updates],
    order: [...order, ...updates.map(({ hash }) => hash)],
    latest: newest,
  };
}

/** Without what has a place that is taken, and without what was taken back: the newest says so first. */
function countingOf(segment: readonly Update[]): readonly Update[] {
  const firsts = new Map<string, Update>();
  for (const update of segment) if (!firsts.has(nameOf(update))) firsts.set(nameOf(update), update);
  const gone = new Set<string>();
  for (const update of [...firsts.values()].reverse())
    if (update.undoes && !gone.has(nameOf(update))) gone.add(nameOf(update.undoes));
  return [...firsts.values()].filter((update) => !update.undoes && !gone.has(nameOf(update)));
}

function nameOf({ writer, number }: Pick<Update, 'writer' | 'number'>): string {
  return `${writer} ${number}`;
}
