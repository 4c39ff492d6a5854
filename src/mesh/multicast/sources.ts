/**
 * Whose broadcasts are kept, by the life that the directory tells. A newer life ends the older: what of it is here is shown
 * to the application, and nothing more of it is taken. A source is remembered as long as there is room even when it is silent
 * or away, so that nothing of it is ever taken twice.
 *
 * Who is in reach is never forgotten for another, and of who is not, nobody whose frames are still about for another that is not:
 * what is forgotten while others keep it comes back as something new, and goes round for ever.
 */
import type { NodeId } from '../../wire/index.ts';
import type { PeerIdentity } from '../identity/identity.ts';
import type { Context } from './context.ts';
import type { Parts } from './parts.ts';
import { Source } from './source.ts';

/** As many as topology keeps in reach: in a smaller Network room for everyone who left and may come back in the same life. */
const MAX_SOURCES = 4096;
/** Names refused without a look at all sources, after one in vain: unless somebody leaves meanwhile. */
const REFUSALS_AT_ONCE = 255;

export class Sources {
  readonly #context: Context;
  readonly #parts: Parts;
  /** Those that had not when they were looked at last, and some that have since: the oldest first. */
  readonly #unstarted = new Set<Source>();
  /** Who goes next, the last first, as it was when all sources were looked at: that again for each new name would be their square. */
  #spare: Source[] = [];
  /** Still to be refused so, of who is in reach and of who is not. */
  readonly #refusals = { here: 0, away: 0 };

  constructor(context: Context, parts: Parts) {
    this.#context = context;
    this.#parts = parts;
  }

  /**
   * The source in this life. `unknown`: its key, or this life, is not known yet; `old`: the life is over; `no-room`: it is new, and of
   * those that are kept none makes room for it.
   */
  find(id: NodeId, life: number): Source | 'unknown' | 'old' | 'no-room' {
    const known = this.#context.sources.get(id);
    if (known?.life === life) return known;
    const least = known?.life ?? 0;
    if (life < least || id === this.#context.options.own.id) return 'old';
    const identity = this.#context.options.directory.get(id);
    if (!identity || identity.life < life) return 'unknown';
    if (identity.life > life) return 'old';
    return this.begin(identity) ?? 'no-room';
  }

  /** The source in the life of `identity`, its older life ended, or the newer one that is known. Undefined without room for it. */
  begin(identity: PeerIdentity): Source | undefined {
    const known = this.#context.sources.get(identity.id);
    if (known && known.life >= identity.life) return known;
    if (known) this.#end(known);
    else if (this.#context.sources.size >= MAX_SOURCES && !this.#makeRoomFor(identity.id)) return undefined;
    const source = new Source(identity.id, identity.life, identity.publicKey, false);
    source.pattern = this.#parts.spread.pattern();
    this.#context.sources.set(identity.id, source);
    this.#unstarted.add(source);
    return source;
  }

  left(id: NodeId): void {
    this.#refusals.here = 0;
    this.#refusals.away = 0;
    this.#spare = [];
    const source = this.#context.sources.get(id);
    if (!source) return;
    source.hasLeft = true;
    if (source.log.isEmpty) this.#parts.delivery.giveUp(source);
  }

  /** First one of which nothing was taken: with it goes nothing that a repeated frame could be told by. False when none may go. */
  #makeRoomFor(id: NodeId): boolean {
    const victim = this.#firstUnstarted() ?? this.#leastMissed(this.#context.options.isPresent(id));
    if (!victim) return false;
    this.#end(victim);
    this.#context.sources.delete(victim.id);
    return true;
  }

  #firstUnstarted(): Source | undefined {
    for (const source of this.#unstarted) {
      if (!source.isStarted) return source;
      this.#unstarted.delete(source);
    }
    return undefined;
  }

  /** Of those that are not in reach. Looked for in vain, it is not looked for again with each of the next names that somebody makes up. */
  #leastMissed(isForOneHere: boolean): Source | undefined {
    const place = isForOneHere ? 'here' : 'away';
    if (this.#refusals[place] > 0) {
      this.#refusals[place]--;
      return undefined;
    }
    const victim = this.#nextSpare() ?? this.#spareOfAll();
    if (victim) return victim;
    // Of those whose frames are still about one may go only for another that is here.
    if (isForOneHere) {
      const { isPresent, own } = this.#context.options;
      for (const source of this.#context.sources.values()) {
        if (source.id !== own.id && !source.log.isEmpty && !isPresent(source.id)) return source;
      }
    }
    this.#refusals[place] = REFUSALS_AT_ONCE;
    return undefined;
  }

  /** Those whose frames nobody asks for any more, who have said goodbye first. */
  #spareOfAll(): Source | undefined {
    const [gone, silent]: [Source[], Source[]] = [[], []];
    for (const source of this.#context.sources.values()) {
      if (source.log.isEmpty) (source.hasLeft ? gone : silent).push(source);
    }
    this.#spare = [...gone, ...silent].reverse();
    return this.#nextSpare();
  }

  /** Some have spoken since, or come back, or were let go of. */
  #nextSpare(): Source | undefined {
    const { isPresent, own } = this.#context.options;
    for (let source = this.#spare.pop(); source; source = this.#spare.pop()) {
      const isSpare = source.log.isEmpty && this.#context.sources.get(source.id) === source;
      if (isSpare && source.id !== own.id && !isPresent(source.id)) return source;
    }
    return undefined;
  }

  #end(source: Source): void {
    const { delivery, repair, older, flow, retention } = this.#parts;
    this.#unstarted.delete(source);
    delivery.flush(source);
    delivery.abandon(source.id);
    repair.forget(source);
    older.forget(source);
    flow.forget(source);
    retention.forget(source);
    for (const neighbour of this.#context.neighbours.values()) neighbour.forget(source);
  }
}
