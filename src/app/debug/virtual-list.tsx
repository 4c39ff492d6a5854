/**
 * A long list of rows of one height, of which only those in sight exist. Follows its end while scrolled there; elsewhere what
 * is read stays where it is, also when rows go at the beginning. Scrolled by the keys a browser has for it, once focused; where a row can
 * be chosen, the arrows choose the next and Enter opens it.
 */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { arrowStep } from '../components/arrow-step.ts';

/** Rows that can be chosen: each is an option with an id. */
export interface Choice {
  /** Of the list itself, to bring the focus back to. */
  readonly listId: string;
  /** Of the chosen row; undefined while there is none in `rows`. */
  readonly place: number | undefined;
  idOf(place: number): string;
  choose(place: number): void;
  /** The chosen one. */
  open(): void;
}

interface Props<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  /** Pixels. */
  readonly rowHeight: number;
  /** Rows that have gone at the beginning so far. */
  readonly droppedRows: number;
  readonly sticksToEnd: boolean;
  readonly choice?: Choice;
  /** `place`: in `rows`. */
  readonly renderRow: (row: Row, place: number) => ComponentChildren;
}

/** Rows kept above and below what is in sight, so that scrolling shows no gap. */
const OVERSCAN = 8;

export function VirtualList<Row>(props: Props<Row>) {
  const { label, rows, rowHeight, droppedRows, sticksToEnd, choice, renderRow } = props;
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  /** Where it was put to be at its end. */
  const endTop = useRef(0);
  const dropped = useRef(droppedRows);
  const window_ = useSignal({ top: 0, height: 400 });
  const measure = (): void => {
    const { scrollTop, clientHeight, scrollHeight } = box.current ?? {
      scrollTop: 0,
      clientHeight: 400,
      scrollHeight: 0,
    };
    // The browser tells late that it has scrolled: rows that came meanwhile are no sign that somebody has left the end.
    const isWhereItWasPut = isAtEnd.current && scrollTop >= endTop.current;
    isAtEnd.current = isWhereItWasPut || scrollHeight - scrollTop - clientHeight < 2 * rowHeight;
    window_.value = { top: scrollTop, height: clientHeight };
  };
  // A browser glides to either end, and new rows would stop it on its way.
  const jump = (event: KeyboardEvent): void => {
    if (!box.current || (event.key !== 'Home' && event.key !== 'End')) return;
    event.preventDefault();
    box.current.scrollTop = event.key === 'Home' ? 0 : box.current.scrollHeight;
  };
  const onKey = (event: KeyboardEvent): void => {
    if (!choice || rows.length === 0) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (choice.place !== undefined) choice.open();
      return;
    }
    const step = arrowStep(event);
    if (step === 0) return;
    event.preventDefault();
    const inSight = Math.floor((window_.value.top + window_.value.height) / rowHeight) - 1;
    const next = choice.place === undefined ? inSight : choice.place + step;
    const place = Math.max(0, Math.min(rows.length - 1, next));
    choice.choose(place);
    if (!box.current) return;
    const { scrollTop, clientHeight } = box.current;
    box.current.scrollTop = Math.min(
      place * rowHeight,
      Math.max(scrollTop, (place + 1) * rowHeight - clientHeight),
    );
  };
  useLayoutEffect(() => {
    const gone = droppedRows - dropped.current;
    dropped.current = droppedRows;
    if (!box.current) return;
    if (sticksToEnd && isAtEnd.current) {
      box.current.scrollTop = box.current.scrollHeight;
      endTop.current = box.current.scrollTop;
    } else if (gone > 0) box.current.scrollTop -= gone * rowHeight;
  });
  const { top, height } = window_.value;
  const first = Math.max(0, Math.min(rows.length, Math.floor(top / rowHeight)) - OVERSCAN);
  const last = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + OVERSCAN);
  const List = choice ? 'div' : 'ol';
  return (
    <section
      ref={box}
      class="virtual"
      aria-label={`${label}, scrolling`}
      tabIndex={choice ? undefined : 0}
      onScroll={measure}
      onKeyDown={jump}
    >
      <List
        {...(choice && listboxOf(choice, first, last, onKey))}
        aria-label={label}
        style={{ height: `${rows.length * rowHeight}px`, paddingTop: `${first * rowHeight}px` }}
      >
        {rows.slice(first, last).map((row, i) => renderRow(row, first + i))}
      </List>
    </section>
  );
}

/** As the pattern of a listbox has it: the focus stays with the list, which names the row that it is about. */
function listboxOf(
  { listId, place, idOf }: Choice,
  first: number,
  last: number,
  onKey: (event: KeyboardEvent) => void,
) {
  return {
    id: listId,
    role: 'listbox',
    tabIndex: 0,
    'aria-activedescendant': place !== undefined && place >= first && place < last ? idOf(place) : undefined,
    onKeyDown: onKey,
  } as const;
}
