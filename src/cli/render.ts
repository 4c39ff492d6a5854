/** `leafcutter render` among the commands: its options now, its work (reader, kernel, threads) only when it is called. */
import type { Command } from 'commander';
import { type RenderOptions, renderCommandLine } from './render-options.ts';

// This file becomes part of dist/node/cli.js; the page and the thread's entry are built beside it.
const built = {
  page: new URL('../page/', import.meta.url),
  thread: new URL('render-thread-worker.js', import.meta.url),
};

export function registerRender(program: Command): void {
  const command = renderCommandLine().action(async (scene: string, options: RenderOptions) => {
    const { renderToFile } = await import('./render-scene.ts');
    await renderToFile(scene, options, built);
  });
  program.addCommand(command);
}
