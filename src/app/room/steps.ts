/** What this tab did in the room, in words: what "Undo" takes back, and "Redo" does again. The room's own history takes it back. */
import type { PageRoomUpdate } from './page-reducer.ts';
import type { Shared } from './shared.ts';

/** Characters of somebody's words in a label. */
const MAX_WORDS = 40;

interface Step {
  readonly what: string;
}

/** Of what can be done next, in words. */
export interface NextSteps {
  readonly undo: string | undefined;
  readonly redo: string | undefined;
}

export class Steps {
  readonly #done: Step[] = [];
  #undone: Step[] = [];

  get next(): NextSteps {
    return { undo: this.#done.at(-1)?.what, redo: this.#undone.at(-1)?.what };
  }

  /** False where it was refused: then there is nothing to take back. */
  async does(update: PageRoomUpdate, work: () => Promise<boolean>): Promise<boolean> {
    const step: Step = { what: stepText(update) };
    // At once: the room counts it from here, too.
    this.#done.push(step);
    const isDone = await work();
    if (isDone) this.#undone = [];
    else this.#done.splice(this.#done.lastIndexOf(step), 1);
    return isDone;
  }

  /** It does nothing after all. */
  overtaken(update: PageRoomUpdate): void {
    const what = stepText(update);
    const at = this.#done.findLastIndex((step) => step.what === what);
    if (at >= 0) this.#done.splice(at, 1);
  }

  undoes(work: () => Promise<boolean>): Promise<boolean> {
    return moved(this.#done, () => this.#undone, work);
  }

  redoes(work: () => Promise<boolean>): Promise<boolean> {
    return moved(this.#undone, () => this.#done, work);
  }
}

async function moved(from: Step[], to: () => Step[], work: () => Promise<boolean>): Promise<boolean> {
  const step = from.pop();
  const isDone = await work();
  if (step) (isDone ? to() : from).push(step);
  return isDone;
}

export function stepText(update: PageRoomUpdate): string {
  if ('say' in update) return `the line “${shortened(update.say)}”`;
  if ('pin' in update) return `the pin “${shortened(update.text)}”`;
  if ('reply' in update) return `the answer “${shortened(update.text)}”`;
  if ('resolve' in update) return update.isResolved ? 'resolving a pin' : 'opening a pin again';
  if ('remove' in update) return update.remove.length === 1 ? 'removing a pin' : 'removing pins';
  if ('look' in update) return `the look “${shortened(update.look)}”`;
  if ('share' in update) return `${SHARED[update.share.kind]} for all`;
  return update.vote === null ? 'taking back your vote' : 'your vote';
}

const SHARED: Readonly<Record<Shared['kind'], string>> = {
  camera: 'the camera',
  look: 'the exposure',
  settings: 'the settings',
};

const shortened = (text: string): string =>
  text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS - 1).trimEnd()}…` : text;
