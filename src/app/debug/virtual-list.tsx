/**
 * A long list of rows of one height, of which only those in sight exist. Follows its end while scrolled there; elsewhere what
 * is read stays where it is, also when rows go at the beginning. Scrolled by the keys a browser has for it, once focused.
 */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface Props<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  /** Pixels. */
  readonly rowHeight: number;
  /** Rows that have gone at the beginning so far. */
  readonly droppedRows: number;
  readonly sticksToEnd: boolean;
  /** `place`: in `rows`. */
  readonly renderRow: (row: Row, place: number) => ComponentChildren;
}

/** Rows kept above and below what is in sight, so that scrolling shows no gap. */
const OVERSCAN = 8;

export function VirtualList<Row>(props: Props<Row>) {
  const { label, rows, rowHeight, droppedRows, sticksToEnd, renderRow } = props;
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  const dropped = useRef(droppedRows);
  const window_ = useSignal({ top: 0, height: 400 });
  const measure = (): void => {
    const { scrollTop, clientHeight, scrollHeight } = box.current ?? {
      scrollTop: 0,
      clientHeight: 400,
      scrollHeight: 0,
    };
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < 2 * rowHeight;
    window_.value = { top: scrollTop, height: clientHeight };
  };
  // A browser glides to either end, and new rows would stop it on its way.
  const jump = (event: KeyboardEvent): void => {
    if (!box.current || (event.key !== 'Home' && event.key !== 'End')) return;
    event.preventDefault();
    box.current.scrollTop = event.key === 'Home' ? 0 : box.current.scrollHeight;
  };
  useLayoutEffect(() => {
    const gone = droppedRows - dropped.current;
    dropped.current = droppedRows;
    if (!box.current) return;
    if (sticksToEnd && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
    else if (gone > 0) box.current.scrollTop -= gone * rowHeight;
  });
  const { top, height } = window_.value;
  const first = Math.max(0, Math.min(rows.length, Math.floor(top / rowHeight)) - OVERSCAN);
  const last = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + OVERSCAN);
  return (
    <section
      ref={box}
      class="virtual"
      aria-label={`${label}, scrolling`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      onScroll={measure}
      onKeyDown={jump}
    >
      <ol
        aria-label={label}
        style={{ height: `${rows.length * rowHeight}px`, paddingTop: `${first * rowHeight}px` }}
      >
        {rows.slice(first, last).map((row, i) => renderRow(row, first + i))}
      </ol>
    </section>
  );
}
