/** The light that a scene gets when nobody chose one. The page and the terminal both ask here. */
import type { EnvironmentChoice } from './settings.ts';

/**
 * A white surface under the calibrated environments has radiance 1. Where the scene's own lamps give less than a twentieth of
 * that, they are there to be seen, not to see by (a light-emitting diode, a screen, tail lights): black around them would show nothing.
 */
const LEAST_OWN_LIGHT = 1 / 20;

/** Black where the scene brings light enough, else the built-in studio. @param ownLight as SceneFile has it */
export function defaultEnvironment(ownLight: number): EnvironmentChoice {
  return ownLight >= LEAST_OWN_LIGHT
    ? { kind: 'colour', rgb: [0, 0, 0] }
    : { kind: 'builtin', name: 'studio' };
}
