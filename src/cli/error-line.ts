/** What the terminal says of an error: one line for what is expected; a bug needs its stack. */
import { oneLine } from '../render/scene/index.ts';
import { LeafcutterError, messageOf } from '../runtime/index.ts';

/** Characters: names of files may be long, a terminal's lines are not. */
const MAX_MESSAGE = 1000;

export function errorLine(error: unknown): string {
  const said = (): string => oneLine(messageOf(error), MAX_MESSAGE);
  if (!(error instanceof Error) || error instanceof LeafcutterError) return `leafcutter: ${said()}`;
  // A command's files are loaded when it runs: they may have gone since it was built.
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
    return `leafcutter: a part of this build is missing; run \`npm install && npm run build\` in the project folder again (${said()})`;
  }
  return `leafcutter: ${error.stack}`;
}
