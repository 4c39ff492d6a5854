/** The light around a scene as the kernel's workers take it: a built-in map's very bytes, or a file of one's own. */
import { BUILTIN_ENVIRONMENTS } from '../render/scene/index.ts';
import type { EnvironmentChoice } from '../render/settings.ts';
import { LeafcutterError } from '../runtime/index.ts';
import { type BuiltFiles, builtFile } from './built-files.ts';
import { readWhole } from './input-file.ts';
import { createThreadReader } from './thread-reader.ts';

/**
 * Undefined for a colour.
 * @param asked what `--env` said: of a file, its path
 * @throws LeafcutterError `unknown-environment`, `not-built`, `scene-unreadable`, and those of `readEnvironment`; CancelledError
 */
export async function environmentBytes(
  environment: EnvironmentChoice,
  asked: EnvironmentChoice | undefined,
  built: BuiltFiles,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  switch (environment.kind) {
    case 'colour':
      return undefined;
    case 'builtin': {
      const asset = BUILTIN_ENVIRONMENTS.find(({ name }) => name === environment.name);
      if (asset) return builtFile(asset.path, built);
      throw new LeafcutterError('unknown-environment', `there is no environment "${environment.name}"`);
    }
    case 'file': {
      const path = asked?.kind === 'file' ? asked.name : environment.name;
      const { readEnvironment } = createThreadReader(built.reader);
      return readEnvironment(environment.name, await readWhole(path, signal), signal);
    }
    default:
      return environment satisfies never;
  }
}
