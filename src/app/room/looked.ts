/**
 * Which lines were looked at. What was written away from here, or in the same moment, may stand before a line that was looked at already: the
 * order tells only of what was looked at before this visit, or in another tab.
 */
import type { AuthorId, UpdateHash } from '../../services/rooms/index.ts';
import type { Line } from './page-reducer.ts';

export interface Looked {
  /** The newest line when somebody looked last. */
  readonly newest: UpdateHash | undefined;
  /** All that were there then; undefined where that is not known any more. */
  readonly ids: ReadonlySet<UpdateHash> | undefined;
}

export function lookedAt(lines: readonly Line[]): Looked {
  return { newest: lines.at(-1)?.id, ids: new Set(lines.map(({ id }) => id)) };
}

/** Lines of others that nobody has looked at. */
export function unseen(lines: readonly Line[], { newest, ids }: Looked, self: AuthorId): readonly Line[] {
  const from = ids ? 0 : lines.findLastIndex(({ id }) => id === newest) + 1;
  return lines.slice(from).filter(({ id, author }) => author !== self && !ids?.has(id));
}
