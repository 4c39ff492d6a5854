/** `leafcutter render` among the commands: its options now, its work (reader, kernel, threads) only when it is called. */
import type { Command } from 'commander';
import type { BuiltFiles } from './built-files.ts';
import { isToFile, type RenderOptions, renderCommandLine } from './render-options.ts';

export function renderCommand(built: BuiltFiles): Command {
  return renderCommandLine().action(async (scene: string, options: RenderOptions) => {
    if (options.join !== undefined) {
      const { renderOnMesh } = await import('./render-on-mesh.ts');
      await renderOnMesh(scene, options, options.join, built);
    } else if (isToFile(options)) {
      const { renderToFile } = await import('./render-scene.ts');
      await renderToFile(scene, options, built);
    }
  });
}
