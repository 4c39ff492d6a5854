/** What was said, and a line to say more, which may carry what is on the stage. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useApp } from '../components/app-context.ts';
import { Icon } from '../components/icon.tsx';
import { formatCount } from '../state/format.ts';
import { type Looked, unseen } from './looked.ts';
import { type Line, MAX_TEXT } from './page-reducer.ts';
import { useRoom } from './room-view.ts';
import { SaidLine } from './said-line.tsx';
import { dayOf, isContinued } from './said-time.ts';
import type { StageLink } from './stage-link.ts';
import { stageNow, titleOf } from './stage-travel.ts';

/** At first; more when they are asked for. */
const SHOWN_LINES = 200;
/** As good as at the end. */
const NEAR_END_PX = 48;

export function Chat() {
  const { page, seen } = useRoom();
  const shown = useSignal(SHOWN_LINES);
  const isBehind = useSignal(false);
  const list = useRef<HTMLElement>(null);
  const { lines } = page.state.value;
  const newest = lines.at(-1);
  const toEnd = (): void => list.current?.scrollTo({ top: list.current.scrollHeight });
  useLayoutEffect(() => {
    const isOwn = newest?.author === page.session.author;
    if (isBehind.peek() && !isOwn) return;
    toEnd();
  }, [newest?.id]);
  // What is out of sight has no height to scroll: when it is opened, it is at the end.
  useEffect(() => {
    const box = list.current;
    if (!box) return;
    const observer = new ResizeObserver(() => {
      if (!isBehind.peek()) toEnd();
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, [isBehind]);
  return (
    <>
      <section
        ref={list}
        class="said"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: without the focus no key scrolls it
        tabIndex={0}
        aria-label="Conversation"
        onScroll={({ currentTarget: box }) => {
          isBehind.value = box.scrollHeight - box.scrollTop - box.clientHeight > NEAR_END_PX;
        }}
      >
        {lines.length > shown.value && (
          <button
            type="button"
            class="button small said-earlier"
            onClick={() => {
              shown.value += SHOWN_LINES;
            }}
          >
            Show earlier lines ({formatCount(lines.length - shown.value)})
          </button>
        )}
        <Lines lines={lines.slice(-shown.value)} seen={seen.value} />
        {lines.length === 0 && <Empty />}
      </section>
      {isBehind.value && (
        <button type="button" class="button small said-newest" onClick={toEnd}>
          <Icon name="chevron" />
          To the newest
        </button>
      )}
      <Composer />
    </>
  );
}

function Empty() {
  const { page } = useRoom();
  return (
    <p class="muted room-empty">
      Nothing has been said yet.{' '}
      {page.isNetworks
        ? 'Whoever is in this network can read and write here; it is kept on their devices, on no server.'
        : 'It is kept on the devices of those who have a link to this room, on no server.'}
    </p>
  );
}

function Lines({ lines, seen }: { readonly lines: readonly Line[]; readonly seen: Looked }) {
  const { author: self } = useRoom().page.session;
  const [firstNew] = unseen(lines, seen, self);
  const hasLooked = seen.ids !== undefined || lines.some(({ id }) => id === seen.newest);
  return (
    // biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role
    <ol role="list" aria-label="Chat">
      {lines.map((line, i) => {
        const before = lines[i - 1];
        const isOtherDay = before === undefined || dayOf(before.atMs) !== dayOf(line.atMs);
        const isNew = hasLooked && line === firstNew;
        return (
          <Fragment key={line.id}>
            {isOtherDay && <li class="said-break">{dayOf(line.atMs)}</li>}
            {isNew && <li class="said-break said-new">New</li>}
            <li class="said-line" data-own={line.author === self}>
              <SaidLine line={line} isContinued={!isOtherDay && !isNew && isContinued(before, line)} />
            </li>
          </Fragment>
        );
      })}
    </ol>
  );
}

function Composer() {
  const app = useApp();
  const { page, ownName, unsaid, obstacle } = useRoom();
  const line = unsaid.at('chat');
  const field = useRef<HTMLTextAreaElement>(null);
  useSignalEffect(() => {
    if (app.room.isOpen.value) field.current?.focus();
  });
  if (page.grant === 'read') {
    return (
      <p class="muted room-reader">
        This link lets you read the room and not write. Ask for a link that does.
      </p>
    );
  }
  const now = stageNow(app);
  const { text, link } = line.value;
  const isEmpty = text.trim() === '' && link === null;
  const carry = (carried: StageLink | null): void => {
    line.value = { ...line.peek(), link: carried };
  };
  const say = (): void => {
    if (isEmpty) return;
    obstacle.value = undefined;
    void unsaid.say('chat', (said) => {
      const words =
        said.text.trim() || (said.link?.kind === 'render' ? 'See this render.' : 'Look from here.');
      return page.change({ say: words, link: said.link, name: ownName() });
    });
  };
  return (
    <form
      class="room-composer"
      aria-label="Say something"
      onSubmit={(event) => {
        event.preventDefault();
        say();
      }}
    >
      {link && (
        <p class="room-carried">
          <Icon name={link.kind === 'render' ? 'file' : 'camera'} />
          <span class="ellipsis">
            With the {link.kind === 'render' ? 'render' : 'view'} of {titleOf(link)}
          </span>
          <button
            type="button"
            class="button quiet icon small"
            aria-label="Without it"
            onClick={() => carry(null)}
          >
            <Icon name="close" />
          </button>
        </p>
      )}
      <textarea
        ref={field}
        class="input"
        rows={1}
        maxLength={MAX_TEXT}
        aria-label="Message"
        placeholder="Write to everybody here"
        value={text}
        onInput={(event) => unsaid.type('chat', event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          say();
        }}
      />
      <div class="room-composer-tools">
        {now && !link && (
          <button
            type="button"
            class="button small"
            title="Who presses it sees what you see now"
            onClick={() => {
              carry(stageNow(app) ?? null);
              field.current?.focus();
            }}
          >
            <Icon name={now.kind === 'render' ? 'file' : 'camera'} />
            {now.kind === 'render' ? 'Add this render' : 'Add this view'}
          </button>
        )}
        <button type="submit" class="button small primary" disabled={isEmpty}>
          Send
        </button>
      </div>
    </form>
  );
}
