/** An EnvironmentChoice as the panel's controls show it: an entry of a list, and for a colour also hex and brightness. */
import { linearFromSrgb } from '../../render/output/index.page.ts';
import type { EnvironmentChoice } from '../../render/settings.ts';

type Rgb = readonly [number, number, number];

export const BLACK: EnvironmentChoice = { kind: 'colour', rgb: [0, 0, 0] };
export const WHITE: EnvironmentChoice = { kind: 'colour', rgb: [1, 1, 1] };

/** The entry of the list: `black`, `white`, `colour`, `file` or `builtin:<name>`. */
export function environmentKey(choice: EnvironmentChoice): string {
  if (choice.kind === 'builtin') return `builtin:${choice.name}`;
  if (choice.kind === 'file') return 'file';
  if (choice.rgb.every((channel) => channel === 0)) return 'black';
  if (choice.rgb.every((channel) => channel === 1)) return 'white';
  return 'colour';
}

/** sRGB `#rrggbb` times a brightness as linear radiance, to the same bits as the terminal's `--env`. */
export function colourFromHex(hex: string, brightness: number): EnvironmentChoice {
  const channel = (at: number): number => {
    return brightness * linearFromSrgb(Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  };
  return { kind: 'colour', rgb: [channel(1), channel(3), channel(5)] };
}

/** The hex whose largest channel is full, and the brightness that goes with it, so that any radiance can be shown. */
export function hexFromColour(rgb: Rgb): { readonly hex: string; readonly brightness: number } {
  const peak = Math.max(...rgb);
  const brightness = Math.max(peak, 1);
  const byte = (linear: number): string => {
    const value = linear / brightness;
    const encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.min(1, Math.max(0, encoded)))
      .toString(16)
      .padStart(2, '0');
  };
  return { hex: `#${byte(rgb[0])}${byte(rgb[1])}${byte(rgb[2])}`, brightness };
}
