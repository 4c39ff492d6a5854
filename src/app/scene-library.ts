/** Where scenes and environments come from on the page: files of the person, and what comes with Leafcutter. */
import { defaultEnvironment } from '../render/default-environment.ts';
import {
  BUILTIN_ENVIRONMENTS,
  BUILTIN_SAMPLES,
  type BuiltinAsset,
  type BuiltinSample,
  type EnvironmentMap,
  loadBuiltinEnvironment,
  loadBuiltinSample,
  type ReadProgress,
  readSceneInWorker,
} from '../render/scene/index.ts';
import { LeafcutterError } from '../runtime/index.ts';
import type { PickedFile } from './picked-files.ts';
import type { OpenScene } from './state/scene.ts';

export type OnProgress = (progress: ReadProgress) => void;

export interface SceneLibrary {
  /** The first is what to show a newcomer. */
  readonly samples: readonly BuiltinSample[];
  readonly environments: readonly BuiltinAsset[];
  openSample(name: string, onProgress: OnProgress): Promise<OpenScene>;
  /** @throws LeafcutterError that says which part of which file is wrong. */
  openFiles(files: readonly PickedFile[], onProgress: OnProgress): Promise<OpenScene>;
  environment(name: string): Promise<EnvironmentMap>;
}

export function createSceneLibrary(): SceneLibrary {
  /** Decoded once: a map is some megabytes, and is asked for by every render and the preview. */
  const environments = new Map<string, Promise<EnvironmentMap>>();
  return {
    samples: BUILTIN_SAMPLES,
    environments: BUILTIN_ENVIRONMENTS,
    async openSample(name, onProgress) {
      const { scene } = await loadBuiltinSample(name, fetchAsset, readSceneInWorker, { onProgress });
      const sample = BUILTIN_SAMPLES.find((candidate) => candidate.name === name);
      const suggested = sample?.environment;
      return {
        title: sample?.label ?? name,
        scene,
        environment:
          suggested === undefined ? defaultEnvironment(scene) : { kind: 'builtin', name: suggested },
      };
    },
    async openFiles(files, onProgress) {
      const bytes = new Map<string, Uint8Array>();
      for (const { path, file } of files) bytes.set(path, await bytesOf(path, file));
      const { scene, title } = await readSceneInWorker(bytes, { onProgress });
      return { title, scene, environment: defaultEnvironment(scene) };
    },
    environment(name) {
      const known = environments.get(name);
      if (known) return known;
      const loading = loadBuiltinEnvironment(name, fetchAsset);
      environments.set(name, loading);
      // What failed (the server was away) may succeed when asked for again.
      loading.catch(() => environments.delete(name));
      return loading;
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

async function fetchAsset(path: string): Promise<Uint8Array> {
  const address = new URL(path, document.baseURI);
  try {
    const response = await fetch(address);
    if (!response.ok) throw new LeafcutterError('asset-missing', `the server answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new LeafcutterError(
      'asset-missing',
      `${path} could not be fetched from the server; is it running?`,
      {
        cause,
      },
    );
  }
}
