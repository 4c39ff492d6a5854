/** `leafcutter render` among the commands: its options now, its work (reader, kernel, threads) only when it is called. */
import type { Command } from 'commander';
import type { BuiltFiles } from './built-files.ts';
import { isToFile, type RenderOptions, renderCommandLine } from './render-options.ts';

export function renderCommand(built: BuiltFiles): Command {
  return renderCommandLine().action(async (scenes: readonly string[], options: RenderOptions) => {
    if (options.join !== undefined) {
      const { renderScenesOnMesh } = await import('./render-on-mesh.ts');
      await renderScenesOnMesh(scenes, options, options.join, built);
    } else if (isToFile(options)) {
      const { renderHere } = await import('./render-here.ts');
      await renderHere(scenes, options, built);
    }
  });
}
