/** Places that are talked about: each has a thread, and is open or done with. */

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../components/app-context.ts';
import { Icon } from '../components/icon.tsx';
import { NodeChip } from '../components/node-chip.tsx';
import { countOf } from '../state/format.ts';
import { nodeOfAuthor } from './node-of-author.ts';
import { MAX_TEXT, type Pin } from './page-reducer.ts';
import { linkOfPlace, titleOfPlace } from './pin-place.ts';
import { useRoom } from './room-view.ts';
import { SaidLine } from './said-line.tsx';
import { isContinued } from './said-time.ts';
import { stageNow } from './stage-travel.ts';
import type { WordsPlace } from './unsaid-words.ts';

export function Pins() {
  const { page, draft, openPin } = useRoom();
  const showsDone = useSignal(false);
  const list = useRef<HTMLElement>(null);
  const { pins } = page.state.value;
  const done = pins.filter(({ resolvedBy }) => resolvedBy !== null);
  const listed = showsDone.value ? pins : pins.filter(({ resolvedBy }) => resolvedBy === null);
  const opened = pins.find(({ id }) => id === openPin.value);
  if (draft.value) return <Draft />;
  if (opened) return <Thread pin={opened} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without the focus no key scrolls it
    <section ref={list} class="room-scroll" tabIndex={0} aria-label="Pins">
      <SetPin />
      {pins.length === 0 && (
        <p class="muted room-empty">
          No pins yet. A pin marks a place in a picture or in a scene, and has a thread.
        </p>
      )}
      {/* biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role */}
      <ol class="pin-list" role="list" aria-label="Pins">
        {listed.map((pin) => (
          <li key={pin.id}>
            <PinRow pin={pin} />
          </li>
        ))}
      </ol>
      {done.length > 0 && (
        <div class="pins-done">
          <button
            type="button"
            class="button small"
            aria-pressed={showsDone.value}
            onClick={() => {
              showsDone.value = !showsDone.value;
            }}
          >
            Show resolved ({done.length})
          </button>
          {page.grant !== 'read' && (
            <button
              type="button"
              class="button small"
              title="For everybody here, with what was said there"
              onClick={() => {
                void page.change({ remove: done.map(({ id }) => id) });
                // This button goes with them.
                list.current?.focus();
              }}
            >
              Remove resolved ({done.length})
            </button>
          )}
        </div>
      )}
    </section>
  );
}

function SetPin() {
  const app = useApp();
  const { page, isPlacing } = useRoom();
  if (page.grant === 'read')
    return <p class="muted room-reader">This link lets you read pins and not set any.</p>;
  const now = stageNow(app);
  if (!now) return <p class="muted">Open a scene or a render to set a pin in it.</p>;
  return (
    <button
      type="button"
      class="button"
      aria-pressed={isPlacing.value}
      onClick={() => {
        isPlacing.value = !isPlacing.value;
        // On a phone the stage is behind the room.
        if (isPlacing.value && matchMedia('(max-width: 820px)').matches) app.room.isOpen.value = false;
      }}
    >
      <Icon name="pin" />
      {isPlacing.value ? 'Press where it goes' : 'Set a pin'}
    </button>
  );
}

function PinRow({ pin }: { readonly pin: Pin }) {
  const { openPin, nameOf, goTo } = useRoom();
  const [first] = pin.thread;
  return (
    <button
      type="button"
      class="pin-row"
      data-done={pin.resolvedBy !== null}
      title={`In ${titleOfPlace(pin.place)}`}
      onClick={() => {
        openPin.value = pin.id;
        goTo(linkOfPlace(pin.place));
      }}
    >
      <span class="pin-number">
        <span class="visually-hidden">Pin </span>
        {pin.number}
      </span>
      <span class="pin-said">{first?.text}</span>
      <span class="muted pin-facts">
        <NodeChip id={nodeOfAuthor(pin.author)} />
        <span class="ellipsis">{nameOf(pin.author, pin.name)}</span>
        {pin.thread.length > 1 && <span class="pin-answers">{countOf(pin.thread.length - 1, 'answer')}</span>}
        {pin.resolvedBy !== null && <span class="tag good">resolved</span>}
      </span>
    </button>
  );
}

function Thread({ pin }: { readonly pin: Pin }) {
  const { page, openPin, ownName } = useRoom();
  const isDone = pin.resolvedBy !== null;
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => back.current?.focus(), []);
  return (
    <>
      <div class="pin-head">
        <button
          ref={back}
          type="button"
          class="button small"
          onClick={() => {
            openPin.value = undefined;
          }}
        >
          All pins
        </button>
        <strong class="ellipsis">
          Pin {pin.number} · {titleOfPlace(pin.place)}
        </strong>
        {page.grant !== 'read' && (
          <button
            type="button"
            class="button small"
            onClick={() => void page.change({ resolve: pin.id, isResolved: !isDone, name: ownName() })}
          >
            {isDone ? 'Open again' : 'Resolve'}
          </button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: without the focus no key scrolls it */}
      <section class="said" tabIndex={0} aria-label={`Pin ${pin.number}`}>
        {/* biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role */}
        <ol role="list" aria-label="Thread">
          {pin.thread.map((line, i) => (
            <li key={line.id} class="said-line" data-own={line.author === page.session.author}>
              <SaidLine line={line} isContinued={isContinued(pin.thread[i - 1], line)} />
            </li>
          ))}
        </ol>
        {isDone && <p class="said-break">Resolved by {pin.resolvedBy}</p>}
      </section>
      {page.grant === 'read' ? (
        <p class="muted room-reader">This link lets you read and not answer.</p>
      ) : (
        <Words
          place={pin.id}
          label="Answer"
          action="Answer"
          onSay={(text) => page.change({ reply: pin.id, text, name: ownName() })}
        />
      )}
    </>
  );
}

/** A pin that has its place: its first words make it one. */
function Draft() {
  const { page, draft, ownName, unsaid } = useRoom();
  const place = draft.value;
  if (!place) return null;
  return (
    <div class="room-scroll">
      <p>
        New pin in <strong>{titleOfPlace(place)}</strong>. What about it?
      </p>
      <Words
        place="new pin"
        label="What about this place?"
        action="Set the pin"
        onCancel={() => {
          draft.value = undefined;
          unsaid.forget('new pin');
        }}
        onSay={async (text) => {
          draft.value = undefined;
          const isIn = await page.change({ pin: place, text, name: ownName() });
          if (!isIn && draft.peek() === undefined) draft.value = place;
          return isIn;
        }}
      />
    </div>
  );
}

interface WordsProps {
  readonly place: WordsPlace;
  readonly label: string;
  readonly action: string;
  onCancel?(): void;
  onSay(text: string): Promise<boolean>;
}

function Words({ place, label, action, onCancel, onSay }: WordsProps) {
  const { unsaid } = useRoom();
  const { text } = unsaid.at(place).value;
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (onCancel) field.current?.focus();
  }, [onCancel]);
  const say = (): void => {
    if (text.trim() !== '') void unsaid.say(place, (said) => onSay(said.text.trim()));
  };
  return (
    <form
      class="room-composer"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        say();
      }}
    >
      <textarea
        ref={field}
        class="input"
        rows={1}
        maxLength={MAX_TEXT}
        aria-label={label}
        value={text}
        onInput={(event) => unsaid.type(place, event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel?.();
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          say();
        }}
      />
      <div class="room-composer-tools">
        {onCancel && (
          <button type="button" class="button small" onClick={onCancel}>
            Never mind
          </button>
        )}
        <button type="submit" class="button small primary" disabled={text.trim() === ''}>
          {action}
        </button>
      </div>
    </form>
  );
}
