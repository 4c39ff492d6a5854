/**
 * What the stage shows: what was asked for last, or what there is in its place. The ways to begin can always be asked for: a device
 * that helps with somebody's picture, or was opened again, has no scene of its own, and nobody wants only one sample.
 */
import { computed, type ReadonlySignal, signal } from '@preact/signals';

/** `empty`: the ways to begin. */
export type StageMode = 'empty' | 'scene' | 'picture';

export interface StageChoice {
  readonly mode: ReadonlySignal<StageMode>;
  show(wanted: StageMode): void;
  /** A picture that nobody asked for here: it takes the stage from nobody who is about to make another. */
  offerPicture(): void;
}

export function createStageChoice(
  scene: ReadonlySignal<object | undefined>,
  picture: ReadonlySignal<object | undefined>,
): StageChoice {
  const wanted = signal<StageMode>('scene');
  const mode = computed((): StageMode => {
    if (wanted.value === 'picture' && picture.value) return 'picture';
    return scene.value && wanted.value !== 'empty' ? 'scene' : 'empty';
  });
  return {
    mode,
    offerPicture() {
      if (mode.peek() !== 'scene' && wanted.peek() !== 'empty') wanted.value = 'picture';
    },
    show(asked) {
      wanted.value = asked;
    },
  };
}
