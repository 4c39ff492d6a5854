/**
 * Who brought wrong results to a Job, as its coordinator says: it found out itself, or took it over from the one before. Whoever follows a
 * coordinator follows it in this, too; what one said that is not believed any more (succession.ts) is forgotten with it. Nobody believes it of
 * itself at another's word: one that is slandered works on when another coordinates. Whoever coordinates finds it out of its own machine, too.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Liar } from '../contract.ts';

/** More of them are not told of; whoever has so many has other worries. */
export const MAX_LIARS = 64;

export class Liars {
  readonly #self: NodeId;
  #list: readonly Liar[];
  /** We have found it out ourselves. */
  #isSelfConvicted = false;

  constructor(self: NodeId, known: readonly Liar[] = []) {
    this.#self = self;
    this.#list = known;
  }

  get list(): readonly Liar[] {
    return this.#list;
  }

  get size(): number {
    return this.#list.length;
  }

  /** Somebody says that this Node's results were wrong. */
  get isSelfNamed(): boolean {
    return this.#list.some(({ node }) => node === this.#self);
  }

  has(node: NodeId): boolean {
    if (node === this.#self) return this.#isSelfConvicted;
    return this.#list.some((liar) => liar.node === node);
  }

  add(liar: Liar): void {
    if (liar.node === this.#self) this.#isSelfConvicted = true;
    if (this.#list.length < MAX_LIARS) this.#list = [...this.#list, liar];
  }

  /** The coordinator's list. Answers whom we did not know. */
  told(list: readonly Liar[]): readonly NodeId[] {
    const known = new Set(this.#list.map(({ node }) => node));
    this.#list = list;
    return list.flatMap(({ node }) => (known.has(node) || node === this.#self ? [] : [node]));
  }

  forget(): void {
    this.#list = [];
    this.#isSelfConvicted = false;
  }
}
