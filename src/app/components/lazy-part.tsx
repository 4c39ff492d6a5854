/** A part of the page that is loaded when it is first shown: nobody else pays for it. */
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../../runtime/index.ts';
import { useApp } from './app-context.ts';

export interface LazyPartProps {
  /** As a sentence names it: "the debug panel". */
  readonly name: string;
  /** The same function each time. */
  load(): Promise<ComponentType>;
  /** It could not be loaded, and the person was told. */
  onFailed(): void;
}

/** What came stays: shown again it is there at once. */
const loadedParts = new WeakMap<LazyPartProps['load'], ComponentType>();

export function LazyPart({ name, load, onFailed }: LazyPartProps) {
  const { notices } = useApp();
  const part = useSignal(loadedParts.get(load));
  useEffect(() => {
    if (part.value) return;
    load().then(
      (loaded) => {
        loadedParts.set(load, loaded);
        part.value = loaded;
      },
      (error: unknown) => {
        onFailed();
        notices.add('error', 'page', `${name.charAt(0).toUpperCase()}${name.slice(1)} could not be loaded`, [
          messageOf(error),
        ]);
      },
    );
  }, [part, name, load, onFailed, notices]);
  const Content = part.value;
  return Content ? <Content /> : <p class="muted part-loading">Loading {name} …</p>;
}
