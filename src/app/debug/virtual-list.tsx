/** A long list of rows of one height, of which only those in sight exist. Follows its end while scrolled there. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface Props<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  /** Pixels. */
  readonly rowHeight: number;
  readonly sticksToEnd: boolean;
  readonly renderRow: (row: Row) => ComponentChildren;
}

/** Rows kept above and below what is in sight, so that scrolling shows no gap. */
const OVERSCAN = 8;

export function VirtualList<Row>({ label, rows, rowHeight, sticksToEnd, renderRow }: Props<Row>) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
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
  useLayoutEffect(() => {
    if (sticksToEnd && isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  });
  const { top, height } = window_.value;
  const first = Math.max(0, Math.min(rows.length, Math.floor(top / rowHeight)) - OVERSCAN);
  const last = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + OVERSCAN);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div ref={box} class="virtual" tabIndex={0} onScroll={measure}>
      <ol
        aria-label={label}
        style={{ height: `${rows.length * rowHeight}px`, paddingTop: `${first * rowHeight}px` }}
      >
        {rows.slice(first, last).map(renderRow)}
      </ol>
    </div>
  );
}
