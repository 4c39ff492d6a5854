/** What of `leafcutter render` changes how the scene itself looks: its pose, its lens, the light around it. */
import { type Command, InvalidArgumentError } from 'commander';
import { MAX_F_NUMBER, MIN_F_NUMBER } from '../render/lens.ts';
import { MAX_RADIANCE } from '../render/scene/index.ts';
import { DEFAULT_SETTINGS, MAX_FOCUS_DISTANCE, MAX_STRENGTH } from '../render/settings.ts';

export interface LookOptions {
  /** Seconds. */
  readonly time: number;
  /** A number, a name, or `none`; undefined: the first. */
  readonly animation: string | undefined;
  /** Of the file's scenes and material variants: a number or a name; undefined: the file's own choice. */
  readonly scene: string | undefined;
  readonly variant: string | undefined;
  /** Factor on the size of points and lines. */
  readonly pointSize: number;
  /** An f-number; undefined: a pinhole. */
  readonly aperture: number | undefined;
  /** Metres; undefined: the middle of the scene. */
  readonly focus: number | undefined;
  readonly clamp: number;
  readonly envStrength: number;
  /** Degrees. */
  readonly envRotation: number;
}

/** A day; nobody means more. */
const MAX_TIME = 86_400;

export function addLookOptions(command: Command): Command {
  const { clamp, environmentStrength } = DEFAULT_SETTINGS;
  return command
    .option('--time <seconds>', 'moment of the animation', within(0, MAX_TIME), 0)
    .option('--animation <number|name>', "one of the scene's animations, or none (default: the first)")
    .option('--scene <number|name>', "one of the file's scenes (default: the one that the file says)")
    .option('--variant <number|name>', "one of the file's material variants (default: none)")
    .option(
      '--point-size <factor>',
      'size of points and lines, which are drawn as little spheres and tubes',
      within(1e-3, 1e3),
      1,
    )
    .option(
      '--aperture <f-number>',
      'depth of field, like 2.8 on a full frame camera (default: everything is sharp)',
      within(MIN_F_NUMBER, MAX_F_NUMBER),
    )
    .option(
      '--focus <metres>',
      'distance that is sharp, along the view (default: the middle of the scene)',
      within(1e-6, MAX_FOCUS_DISTANCE),
    )
    .option(
      '--clamp <radiance>',
      'most that light after a bounce may bring: less glitter, less truth (0: off)',
      within(0, MAX_RADIANCE),
      clamp,
    )
    .option(
      '--env-strength <factor>',
      'brightness of the environment',
      within(0, MAX_STRENGTH),
      environmentStrength,
    )
    .option('--env-rotation <degrees>', 'turn of the environment', within(-360, 360), 0)
    .hook('preAction', (_, action) => {
      const { focus, aperture } = action.opts<Pick<LookOptions, 'focus' | 'aperture'>>();
      if (focus === undefined || aperture !== undefined) return;
      action.error('error: --focus only goes with --aperture <f-number>: without one everything is sharp');
    });
}

function within(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most)) {
      throw new InvalidArgumentError(`It is a number from ${least} to ${most}.`);
    }
    return value;
  };
}
