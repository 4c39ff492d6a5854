/** A conversation: what was said, by whom, in the room's order. */
import type { AuthorId, Reducer, UpdateHash } from '../contract.ts';
import { demand, isRecord } from './refusal.ts';

/** One thing that was said. */
export interface ChatLine {
  readonly id: UpdateHash;
  readonly author: AuthorId;
  /** By its author's clock, ms since 1970. */
  readonly atMs: number;
  readonly text: string;
  /** Its author has changed it since. */
  readonly isEdited: boolean;
  readonly [key: string]: string | number | boolean;
}

/** What a chat takes: say something, change or remove what one said oneself. */
export type ChatUpdate =
  | { readonly say: string }
  | { readonly edit: UpdateHash; readonly text: string }
  | { readonly remove: UpdateHash };

/** Lines that a chat keeps: of more, the oldest go. */
export const MAX_CHAT_LINES = 5_000;
/** Characters of a line. */
export const MAX_CHAT_TEXT = 10_000;

/** Begins as `[]`. */
export const chatReducer: Reducer<readonly ChatLine[], ChatUpdate> = {
  name: 'leafcutter/chat/1',
  reduce(lines, update, { hash, author, claimedAtMs }) {
    demand(isRecord(update), 'it is no word of a chat');
    if ('say' in update) {
      const line = { id: hash, author, atMs: claimedAtMs, text: textOf(update.say), isEdited: false };
      return [...lines, line].slice(-MAX_CHAT_LINES);
    }
    const id = 'edit' in update ? update.edit : update.remove;
    const at = lines.findIndex((line) => line.id === id);
    const line = lines[at];
    demand(line !== undefined, 'the line is not there');
    demand(line.author === author, 'the line is somebody else’s');
    if (!('edit' in update)) return lines.toSpliced(at, 1);
    return lines.with(at, { ...line, text: textOf(update.text), isEdited: true });
  },
};

function textOf(text: unknown): string {
  demand(typeof text === 'string' && text !== '', 'a line of a chat is a text');
  demand(text.length <= MAX_CHAT_TEXT, `a line of a chat has at most ${MAX_CHAT_TEXT} characters`);
  return text;
}
