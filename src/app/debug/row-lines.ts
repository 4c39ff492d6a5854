/** How many lines a row of a list takes: two where it is narrow. */
import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** @param widePx the box's width from which a row fits on one line */
export function useRowLines(widePx: number): {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly lines: Signal<1 | 2>;
} {
  const box = useRef<HTMLDivElement>(null);
  const lines = useSignal<1 | 2>(1);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => {
      lines.value = entry && entry.contentRect.width < widePx ? 2 : 1;
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [lines, widePx]);
  return { box, lines };
}
