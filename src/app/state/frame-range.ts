/** Whether the open scene's animation is rendered as one picture or as frames, and which: as typed, and what it means. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type FrameRange, frameCount, MAX_FPS, MAX_FRAME } from '../../render/settings.ts';
import { countOf } from './format.ts';
import type { ShownScene } from './scene.ts';
import { type FieldRule, readField } from './settings-fields.ts';

export type RangeField = 'first' | 'last' | 'fps';

export const RANGE_RULES: Readonly<Record<RangeField, FieldRule>> = {
  first: { label: 'First frame', min: 0, max: MAX_FRAME, isWhole: true, step: 1 },
  last: { label: 'Last frame', min: 0, max: MAX_FRAME, isWhole: true, step: 1 },
  fps: { label: 'Frames a second', min: 0.1, max: MAX_FPS, isWhole: false, step: 1 },
};

/** What film has, and most animations are made for. */
const DEFAULT_FPS = 24;

export type ReadRange =
  /** `frames` undefined: a still. */
  | { readonly ok: true; readonly frames: FrameRange | undefined }
  | { readonly ok: false; readonly errors: Partial<Record<RangeField, string>> };

export interface FrameRangeState {
  readonly isRange: ReadonlySignal<boolean>;
  readonly typed: ReadonlySignal<Readonly<Record<RangeField, string>>>;
  readonly read: ReadonlySignal<ReadRange>;
  setRange(isRange: boolean): void;
  change(change: Partial<Readonly<Record<RangeField, string>>>): void;
}

/** The last frame that is not yet the animation's end: in a loop the end is the beginning again. */
export function lastFrame(duration: number, fps: number): number {
  return Math.min(MAX_FRAME, Math.max(0, Math.ceil(duration * fps - 1e-6) - 1));
}

export function readRange(typed: Readonly<Record<RangeField, string>>): ReadRange {
  const errors: Partial<Record<RangeField, string>> = {};
  const numbers = { first: 0, last: 0, fps: 1 };
  for (const field of ['first', 'last', 'fps'] as const) {
    const read = readField(typed[field], RANGE_RULES[field]);
    if (typeof read === 'number') numbers[field] = read;
    else errors[field] = read ?? '';
  }
  if (Object.keys(errors).length === 0 && numbers.first > numbers.last) {
    errors.last = 'The last frame must not come before the first.';
  }
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, frames: numbers };
}

/** "48 frames, 2 s" */
export function rangeText(frames: FrameRange): string {
  const count = frameCount({ frames });
  return `${countOf(count, 'frame')}, ${Number((count / frames.fps).toFixed(2))} s`;
}

export function createFrameRange(open: ReadonlySignal<ShownScene | undefined>): FrameRangeState {
  const isRange = signal(false);
  /** What a person typed, for that animation of that scene. */
  const own = signal<{ readonly of: string; readonly fields: Partial<Record<RangeField, string>> }>({
    ...{ of: '', fields: {} },
  });
  const animation = computed(() => {
    const { id, pose, animations } = open.value ?? {};
    const moving = pose && pose.animation !== null ? animations?.[pose.animation] : undefined;
    return moving && { key: `${id} ${pose?.animation}`, duration: moving.duration };
  });
  const typed = computed(() => {
    const fields = own.value.of === animation.value?.key ? own.value.fields : {};
    const fps = fields.fps ?? String(DEFAULT_FPS);
    const rate = Number(fps) > 0 ? Number(fps) : DEFAULT_FPS;
    const last = String(lastFrame(animation.value?.duration ?? 0, rate));
    return { first: '0', last, ...fields, fps };
  });
  return {
    isRange,
    typed,
    read: computed((): ReadRange => {
      const isMoving = isRange.value && animation.value !== undefined;
      return isMoving ? readRange(typed.value) : { ok: true, frames: undefined };
    }),
    setRange(wants) {
      isRange.value = wants;
    },
    change(change) {
      const of = animation.peek()?.key ?? '';
      const before = own.peek().of === of ? own.peek().fields : {};
      own.value = { of, fields: { ...before, ...change } };
    },
  };
}
