/** What stands above the Render button: why it cannot act, or what it would do. */
import type { RenderSettings } from '../../render/settings.ts';
import { effortOf } from './effort.ts';
import { countOf, formatCount } from './format.ts';

export interface HintFacts {
  /** This tab's Node goes on elsewhere. */
  readonly hasLeft: boolean;
  readonly hasScene: boolean;
  /** Undefined while a field is wrong. */
  readonly settings: Pick<RenderSettings, 'width' | 'height' | 'samples' | 'noise'> | undefined;
  /** Of an animation, how many and how long; undefined: a still. */
  readonly frames: string | undefined;
  /** The scene is being read, or posed at another moment. */
  readonly isReading: boolean;
  /** A render has been asked for, and is none yet. */
  readonly isStarting: boolean;
  /** Titles of running renders: one's own, another's. */
  readonly ownRender: string | undefined;
  readonly othersRender: string | undefined;
  /** Why this device lends none of its workers now. */
  readonly whyIdle: string | undefined;
  /** Of all Nodes together. */
  readonly workers: number;
  readonly devices: number;
}

export function renderHint(facts: HintFacts): string {
  const { hasLeft, hasScene, isReading, settings, frames, ownRender, othersRender } = facts;
  const { isStarting, whyIdle, workers, devices } = facts;
  if (hasLeft) return 'This tab has left the network';
  if (isStarting) return 'Starting the render';
  if (ownRender !== undefined && workers > 0) return `Rendering ${ownRender}`;
  if (!hasScene && ownRender === undefined)
    return othersRender === undefined ? 'Open a scene first' : `Helping to render ${othersRender}`;
  if (isReading) return 'The scene is being read';
  if (!settings) return 'A setting needs your attention';
  if (workers === 0) {
    const why = whyIdle === undefined ? '' : ` (this device: ${whyIdle})`;
    return `Nobody lends a worker${why}: let some device help, with Workers above 0`;
  }
  const size = `${formatCount(settings.width)} × ${formatCount(settings.height)}`;
  const many = frames === undefined ? '' : `${frames}, `;
  return `${many}${size}, ${effortOf(settings)}, ${countOf(workers, 'worker')} on ${countOf(devices, 'device')}`;
}
