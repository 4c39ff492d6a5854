/** What the terminal says of an error: one line for what is expected; a bug needs its stack. */
import { oneLine } from '../render/scene/index.ts';
import { LeafcutterError, messageOf } from '../runtime/index.ts';

/** Characters: names of files may be long, a terminal's lines are not. */
const MAX_MESSAGE = 1000;

export function errorLine(error: unknown): string {
  const isExpected = error instanceof LeafcutterError || !(error instanceof Error);
  return `leafcutter: ${isExpected ? oneLine(messageOf(error), MAX_MESSAGE) : error.stack}`;
}
