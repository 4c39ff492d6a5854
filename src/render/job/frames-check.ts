/** The frames of an animation, as a person or another Node asks for them: numbers in range before anything is made of them. */
import { tileGrid } from '../film/index.ts';
import { type FrameRange, frameCount, MAX_FPS, MAX_FRAME, type RenderSettings } from '../settings.ts';
import { BadSettingsError, isRecord } from './settings-check.ts';

/**
 * Tiles of all frames together: every Node that knows the render keeps ten bytes of each, and tells of their versions when it keeps
 * results. 2,000 frames of Full HD, 500 of 4K.
 */
export const MAX_PARTS = 2 ** 20;

/** The same on one device alone, which keeps 28 bytes of each while it measures, and tells nobody: 16,000 frames of Full HD. */
const MAX_PARTS_ALONE = 2 ** 23;

const isFrame = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_FRAME;

/** @throws BadSettingsError */
export function readFrames(
  value: unknown,
  { width, height }: Pick<RenderSettings, 'width' | 'height'>,
): FrameRange {
  if (!isRecord(value)) throw new BadSettingsError('the frames of the animation are damaged');
  const { first, last, fps } = value;
  if (!isFrame(first) || !isFrame(last) || first > last) {
    throw new BadSettingsError(
      `the frames must be two whole numbers from 0 to ${MAX_FRAME}, the first not above the last`,
    );
  }
  if (typeof fps !== 'number' || !(fps > 0 && fps <= MAX_FPS)) {
    throw new BadSettingsError(`frames a second must be a number above 0, at most ${MAX_FPS}`);
  }
  const frames = { first, last, fps };
  checkFrameCount(frameCount({ frames }), { width, height }, MAX_PARTS);
  return frames;
}

/** Of a render on this device alone. @throws BadSettingsError */
export function checkFramesAlone(count: number, size: Pick<RenderSettings, 'width' | 'height'>): void {
  checkFrameCount(count, size, MAX_PARTS_ALONE);
}

function checkFrameCount(
  count: number,
  { width, height }: Pick<RenderSettings, 'width' | 'height'>,
  mostParts: number,
): void {
  const most = Math.floor(mostParts / tileGrid(width, height).tileCount);
  if (count > most) {
    throw new BadSettingsError(
      `a render of ${width}x${height} pixels may have at most ${most} frames; render a part of them`,
    );
  }
}
