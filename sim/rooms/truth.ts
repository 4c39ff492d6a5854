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

export class Truth {
  readonly updates = new Map<string, Update>();
  readonly #checkpoints = new Map<CheckpointHash, Checkpoint>();
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
    return this.#segmentsUpTo(tip).flatMap((segment) => segment.map(({ hash }) => hash));
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
    const segments = tip ? this.#segmentsUpTo(tip) : [];
    const closed = new Set(segments.flat());
    const open = this.#ancestryOf(heads, closed);
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

  #segmentsUpTo(tip: Checkpoint): readonly (readonly Update[])[] {
    const chain: Checkpoint[] = [];
    for (let one: Checkpoint | undefined = tip; one; ) {
      chain.unshift(one);
      const [before]: readonly CheckpointHash[] = one.previous;
      one = before === undefined ? undefined : this.#checkpoints.get(before);
    }
    const closed = new Set<Update>();
    return chain.map(({ heads }) => {
      const segment = this.#ancestryOf(heads, closed);
      for (const update of segment) closed.add(update);
      return segment;
    });
  }

  #ancestryOf(heads: readonly UpdateHash[], closed: ReadonlySet<Update>): readonly Update[] {
    const latest = new Map<string, number>();
    for (const { writer, number } of closed) latest.set(writer, Math.max(number, latest.get(writer) ?? 0));
    const found = new Set<Update>();
    const next = [...heads];
    for (let hash = next.pop(); hash !== undefined; hash = next.pop()) {
      const update = this.updates.get(hash);
      if (!update || found.has(update) || update.number <= (latest.get(update.writer) ?? 0)) continue;
      found.add(update);
      next.push(...update.parents);
    }
    return [...found].sort((a, b) => (comesBefore(a, b) ? -1 : 1));
  }
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
