/** The light that a scene gets when nobody chose one. The page and the terminal both ask here. */
import type { FlatMaterial, FlatScene } from './scene/index.ts';
import type { EnvironmentChoice } from './settings.ts';

/** Black where the scene brings its own lamps, else the built-in studio. */
export function defaultEnvironment(scene: FlatScene): EnvironmentChoice {
  return scene.lights.length > 0 || scene.materials.some(isLamp)
    ? { kind: 'colour', rgb: [0, 0, 0] }
    : { kind: 'builtin', name: 'studio' };
}

/**
 * A material that is there to give light: all of its surface glows, or it is brighter than white. A glow that a texture
 * paints onto something (a screen, a visor, tail lights) at 1 or below lights no room: black around it would show nothing.
 */
function isLamp({ emissive, emissiveTexture, unlit }: FlatMaterial): boolean {
  const brightest = Math.max(...emissive);
  return !unlit && (emissiveTexture < 0 ? brightest > 0 : brightest > 1);
}
