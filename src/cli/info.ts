/** `leafcutter info` among the commands: what is in a scene, what of it is not shown, and what a render of it takes. */
import type { Command } from 'commander';
import type { BuiltFiles } from './built-files.ts';
import { type InfoOptions, infoCommandLine } from './info-options.ts';

export function infoCommand(built: BuiltFiles): Command {
  return infoCommandLine().action(async (scene: string, options: InfoOptions) => {
    const { describeScene } = await import('./describe-scene.ts');
    await describeScene(scene, options, built);
  });
}
