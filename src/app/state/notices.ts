/**
 * What the page has to tell: a few cards that stay until dismissed. Cards of one kind and title are one card with several
 * lines, and the same line is told once: four tabs that refuse a wrong key, again and again, are one card.
 */
import { type ReadonlySignal, signal } from '@preact/signals';

export type NoticeKind = 'error' | 'warning' | 'info';

/** What it is about: opening another scene makes what was said of the last one moot, and nothing else. */
export type NoticeTopic = 'scene' | 'render' | 'network' | 'path' | 'away' | 'page' | 'disk';

export interface Notice {
  readonly id: number;
  readonly kind: NoticeKind;
  readonly topic: NoticeTopic;
  readonly title: string;
  /** Sentences, newest last. */
  readonly lines: readonly string[];
}

/** More than this is noise; the oldest goes. */
const MAX_NOTICES = 4;
const MAX_LINES: Readonly<Record<NoticeKind, number>> = {
  error: 6,
  // What a scene has that is not shown: the reader tells at most so many, and the card folds them.
  warning: 100,
  info: 6,
};

interface Notices {
  readonly list: ReadonlySignal<readonly Notice[]>;
  add(kind: NoticeKind, topic: NoticeTopic, title: string, lines: readonly string[]): void;
  dismiss(id: number): void;
  dismissTopic(topic: NoticeTopic): void;
}

export function createNotices(): Notices {
  const list = signal<readonly Notice[]>([]);
  let nextId = 1;
  return {
    list,
    add(kind, topic, title, lines) {
      const known = list.value.find((notice) => notice.kind === kind && notice.title === title);
      if (known) {
        const all = [...new Set([...known.lines, ...lines])].slice(-MAX_LINES[kind]);
        list.value = list.value.map((notice) => (notice === known ? { ...known, lines: all } : notice));
        return;
      }
      list.value = [
        ...list.value,
        { id: nextId, kind, topic, title, lines: lines.slice(0, MAX_LINES[kind]) },
      ].slice(-MAX_NOTICES);
      nextId += 1;
    },
    dismiss(id) {
      list.value = list.value.filter((notice) => notice.id !== id);
    },
    dismissTopic(topic) {
      list.value = list.value.filter((notice) => notice.topic !== topic);
    },
  };
}
