/**
 * What the page tells the person: one polite status (the phase it is in) and a few notices that stay until dismissed.
 * The same sentence twice is one notice with a new time, so that a flood of refusals stays one card.
 */
import { signal } from '@preact/signals';

export type NoticeKind = 'error' | 'warning' | 'info';

export interface Notice {
  readonly id: number;
  readonly kind: NoticeKind;
  readonly title: string;
  /** Further sentences, one a line. */
  readonly details: readonly string[];
}

/** More cards than this are noise; the oldest goes. */
const MAX_NOTICES = 4;

export function createNotices() {
  const notices = signal<readonly Notice[]>([]);
  let nextId = 1;
  return {
    notices,
    add(kind: NoticeKind, title: string, details: readonly string[] = []): void {
      const same = notices.value.find(
        (notice) =>
          notice.kind === kind && notice.title === title && notice.details.join('\n') === details.join('\n'),
      );
      if (same) return;
      notices.value = [...notices.value, { id: nextId++, kind, title, details }].slice(-MAX_NOTICES);
    },
    dismiss(id: number): void {
      notices.value = notices.value.filter((notice) => notice.id !== id);
    },
    dismissKind(kind: NoticeKind): void {
      notices.value = notices.value.filter((notice) => notice.kind !== kind);
    },
  };
}

type Notices = ReturnType<typeof createNotices>;
