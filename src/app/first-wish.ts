/**
 * What a person asks of the first screen while the rest of the page is still on its way: it is kept, and done once it can be. Of several
 * the last one counts, as it would if each had been done at once.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { PickedFile } from './picked-files.ts';

export interface OpeningWishes {
  openSample(name: string): void;
  /** Dropped folders are still being walked. */
  openPicked(files: Promise<readonly PickedFile[]>): void;
}

export interface FirstWish extends OpeningWishes {
  /** Something waits to be done. */
  readonly isWaiting: ReadonlySignal<boolean>;
  /** From here on `doer` does it: what was asked before, and what still comes (a file dialog outlives the first screen). */
  fulfilBy(doer: OpeningWishes): void;
}

export function createFirstWish(): FirstWish {
  const isWaiting = signal(false);
  let kept: ((doer: OpeningWishes) => void) | undefined;
  let doer: OpeningWishes | undefined;
  const ask = (wish: (doer: OpeningWishes) => void): void => {
    if (doer) {
      wish(doer);
      return;
    }
    kept = wish;
    isWaiting.value = true;
  };
  return {
    isWaiting,
    openSample: (name) => ask((by) => by.openSample(name)),
    openPicked(files) {
      files.catch(() => {}); // whoever does it is told
      ask((by) => by.openPicked(files));
    },
    fulfilBy(by) {
      doer = by;
      kept?.(by);
      kept = undefined;
      isWaiting.value = false;
    },
  };
}
