/** One thing that was said: who, when, what, and where it leads. */

import { useApp } from '../components/app-context.ts';
import { Icon } from '../components/icon.tsx';
import { NodeChip } from '../components/node-chip.tsx';
import { nodeOfAuthor } from './node-of-author.ts';
import type { Line } from './page-reducer.ts';
import { useRoom } from './room-view.ts';
import { clockTime, fullTime, isoTime } from './said-time.ts';
import { titleOf } from './stage-travel.ts';

/** @param isContinued its author has just said something else */
export function SaidLine({ line, isContinued }: { readonly line: Line; readonly isContinued: boolean }) {
  const { room } = useApp();
  const { nameOf, goTo } = useRoom();
  const { author, name, atMs, text, link } = line;
  return (
    <>
      {!isContinued && (
        <p class="said-who">
          <NodeChip id={nodeOfAuthor(author)} />
          <strong class="ellipsis">{nameOf(author, name)}</strong>
          <time class="muted" dateTime={isoTime(atMs)} title={fullTime(atMs)}>
            {clockTime(atMs)}
          </time>
        </p>
      )}
      <p class="said-text">{text}</p>
      {link && (
        <button
          type="button"
          class="button small said-link"
          title={link.kind === 'render' ? 'Show this render on the stage' : 'Look at it from there'}
          onClick={() => {
            goTo(link);
            // On a phone the stage is behind the room.
            if (matchMedia('(max-width: 820px)').matches) room.isOpen.value = false;
          }}
        >
          <Icon name={link.kind === 'render' ? 'file' : 'camera'} />
          <span class="ellipsis">
            {link.kind === 'render' ? 'Render' : 'View'} of {titleOf(link)}
          </span>
        </button>
      )}
    </>
  );
}
