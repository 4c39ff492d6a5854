/**
 * What was typed in the room and is not said yet: who looks at another part meanwhile, or is refused, finds it where it was, and what was
 * typed in the thread of a pin that somebody has removed, in the chat.
 */
import { type Signal, signal } from '@preact/signals';
import type { UpdateHash } from '../../services/rooms/index.ts';
import type { PageRoomUpdate } from './page-reducer.ts';
import type { StageLink } from './stage-link.ts';

/** The chat, the looks, a pin that has its place and no words yet, or the thread of a pin. */
export type WordsPlace = 'chat' | 'look' | 'new pin' | UpdateHash;

export interface Unsaid {
  readonly text: string;
  /** What it is to carry. */
  readonly link: StageLink | null;
}

const NOTHING: Unsaid = { text: '', link: null };
const NO_THREADS: ReadonlySet<WordsPlace> = new Set(['chat', 'look', 'new pin']);

export class UnsaidWords {
  readonly #places = new Map<WordsPlace, Signal<Unsaid>>();
  #threads: ReadonlySet<WordsPlace> = new Set();

  at(place: WordsPlace): Signal<Unsaid> {
    const known = this.#places.get(place);
    if (known) return known;
    const unsaid = signal(NOTHING);
    this.#places.set(place, unsaid);
    return unsaid;
  }

  type(place: WordsPlace, text: string): void {
    const unsaid = this.at(place);
    unsaid.value = { ...unsaid.peek(), text };
  }

  forget(place: WordsPlace): void {
    this.at(place).value = NOTHING;
  }

  /**
   * Empties the place at once, and gives back what was there when it is refused and nothing else was typed meanwhile.
   * @param how resolves with false when it is refused
   */
  async say(place: WordsPlace, how: (unsaid: Unsaid) => Promise<boolean>): Promise<void> {
    const unsaid = this.at(place);
    const taken = unsaid.peek();
    unsaid.value = NOTHING;
    if (await how(taken)) return;
    this.giveBack(place, taken);
  }

  /** It was said, and is not there: one may say it again. Not in the place of what is being typed. */
  giveBack(place: WordsPlace, said: Unsaid): void {
    if (this.#isGone(place)) {
      this.#toChat(said.text);
      return;
    }
    const unsaid = this.at(place);
    const { text, link } = unsaid.peek();
    if (text === '' && link === null) unsaid.value = said;
  }

  /** Only these threads are there: what waits in others goes to the chat. @returns whether something did */
  keepThreads(threads: ReadonlySet<WordsPlace>): boolean {
    this.#threads = threads;
    let hasMoved = false;
    for (const [place, unsaid] of this.#places) {
      if (!this.#isGone(place)) continue;
      this.#places.delete(place);
      const { text } = unsaid.peek();
      if (text === '') continue;
      this.#toChat(text);
      hasMoved = true;
    }
    return hasMoved;
  }

  #isGone(place: WordsPlace): boolean {
    return !NO_THREADS.has(place) && !this.#threads.has(place);
  }

  #toChat(text: string): void {
    const chat = this.at('chat');
    const { text: before, link } = chat.peek();
    chat.value = { text: before === '' ? text : `${before}\n${text}`, link };
  }
}

/** Where the words of that update were typed; undefined: it has none. */
export function wordsOf(update: PageRoomUpdate): readonly [WordsPlace, Unsaid] | undefined {
  if ('say' in update) return ['chat', { text: update.say, link: update.link }];
  if ('pin' in update) return ['new pin', { text: update.text, link: null }];
  if ('reply' in update) return [update.reply, { text: update.text, link: null }];
  if ('look' in update) return ['look', { text: update.look, link: null }];
  return undefined;
}
