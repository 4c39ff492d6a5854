/** Where scenes and environments come from on the page: files of the person, and what comes with Leafcutter. */
import { defaultEnvironment } from '../render/default-environment.ts';
import {
  BUILTIN_ENVIRONMENTS,
  BUILTIN_SAMPLES,
  type BuiltinAsset,
  type BuiltinSample,
  loadBuiltinEnvironment,
  loadBuiltinSample,
  MAX_PREVIEW_TEXELS,
  packFiles,
  type ReadSceneOptions,
  readEnvironmentInWorker,
  readSceneInWorker,
  type SceneFile,
  type SceneReading,
  type SourceFile,
} from '../render/scene/index.page.ts';
import type { EnvironmentChoice } from '../render/settings.ts';
import { LeafcutterError, log, messageOf } from '../runtime/index.ts';
import { fetchPageFile } from './fetch-page-file.ts';
import type { PickedFile } from './picked-files.ts';
import type { OpenScene, ReadContext } from './state/scene.ts';

export interface SceneLibrary {
  /** The first is what to show a newcomer. */
  readonly samples: readonly BuiltinSample[];
  readonly environments: readonly BuiltinAsset[];
  openSample(name: string, context: ReadContext): Promise<OpenScene>;
  /** @throws LeafcutterError that says which part of which file is wrong. */
  openFiles(files: readonly PickedFile[], context: ReadContext): Promise<OpenScene>;
  environment(name: string): Promise<Uint8Array>;
  /** An .hdr or .exr of one's own. @throws SceneError, LeafcutterError, CancelledError */
  environmentFile(file: File, signal: AbortSignal): Promise<Uint8Array>;
}

export function createSceneLibrary(): SceneLibrary {
  /** Fetched once: a map is asked for by every render and the preview. */
  const environments = new Map<string, Promise<Uint8Array>>();
  return {
    samples: BUILTIN_SAMPLES,
    environments: BUILTIN_ENVIRONMENTS,
    openSample(name, context) {
      const sample = BUILTIN_SAMPLES.find((candidate) => candidate.name === name);
      const suggested = sample?.environment;
      return opened(
        (options) => loadBuiltinSample(name, fetchPageFile, readSceneInWorker, options),
        async ([file]) => new Map(file && sample ? [[file.path, await fetchPageFile(sample.path)]] : []),
        context,
        sample?.label,
        suggested === undefined ? undefined : { kind: 'builtin', name: suggested },
      );
    },
    openFiles(files, context) {
      // The files are read again for another pose, and for others: to keep their bytes beside the scene would double its memory.
      const contents = async (wanted: readonly PickedFile[]): Promise<ReadonlyMap<string, Uint8Array>> => {
        const bytes = new Map<string, Uint8Array>();
        for (const { path, file } of wanted) bytes.set(path, await bytesOf(path, file));
        return bytes;
      };
      return opened(
        async (options) => readSceneInWorker(await contents(files), options),
        (sources) => {
          const paths = new Set(sources.filter(({ isRead }) => isRead).map(({ path }) => path));
          return contents(files.filter(({ path }) => paths.has(path)));
        },
        context,
      );
    },
    environment(name) {
      const known = environments.get(name);
      if (known) return known;
      const loading = loadBuiltinEnvironment(name, fetchPageFile);
      environments.set(name, loading);
      // What failed (the server was away) may succeed when asked for again.
      loading.catch(() => environments.delete(name));
      return loading;
    },
    async environmentFile(file, signal) {
      const bytes = await bytesOf(file.name, file);
      return readEnvironmentInWorker(file.name, bytes, signal);
    },
  };
}

/**
 * Reads a scene, and remembers how, for other moments of its animations.
 * @param contents of those that are read
 * @param reading beside the moment, what decides what the files are read to
 */
export async function opened(
  read: (options: ReadSceneOptions) => Promise<SceneFile>,
  contents: (sources: readonly SourceFile[]) => Promise<ReadonlyMap<string, Uint8Array>>,
  context: ReadContext,
  label?: string,
  environment?: EnvironmentChoice,
  reading: SceneReading = {},
): Promise<OpenScene> {
  const previewTexels = MAX_PREVIEW_TEXELS;
  const { scene, title, animations, ownLight, sourceFiles } = await read({
    ...reading,
    ...context,
    previewTexels,
  });
  return {
    title: label ?? title,
    scene,
    environment: environment ?? defaultEnvironment(ownLight),
    animations,
    posed: async (pose, { onProgress, signal }) =>
      (await read({ ...reading, ...pose, onProgress, signal, previewTexels })).scene,
    async source({ animation, time }) {
      if (!sourceFiles) return undefined;
      try {
        const files = packFiles(sourceFiles, { files: await contents(sourceFiles), beside: new Map() });
        return { files, reading: { ...reading, animation, time } };
      } catch (error) {
        // The scene itself is here all the same.
        log('info', `the files of ${title} cannot be sent: ${messageOf(error)}`);
        return undefined;
      }
    },
  };
}

async function bytesOf(path: string, file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw new LeafcutterError('file-unreadable', `${path} could not be read; has it been moved or changed?`, {
      cause,
    });
  }
}
