/** The work of `leafcutter info`: reads the scene as a render does, and measures what one would take. */
import { cpus } from 'node:os';
import { measureScene } from '../render/job/index.ts';
import { encodeScene } from '../render/scene/index.ts';
import { systemClock } from '../runtime/index.ts';
import { type BuiltFiles, builtKernel } from './built-files.ts';
import { environmentBytes } from './environment-bytes.ts';
import type { InfoOptions } from './info-options.ts';
import { type PreparedScene, prepareScene } from './prepared-scene.ts';
import { type SceneExpectation, sceneFacts } from './scene-facts.ts';
import { sceneReport } from './scene-report.ts';
import { createThreadPool } from './thread-pool.ts';

/** Long enough for a rate to within some percent; nobody waits long for an answer. */
const MEASURE_MS = 1000;

/** @throws LeafcutterError for what a person can mend */
export async function describeScene(path: string, options: InfoOptions, built: BuiltFiles): Promise<void> {
  // The notes are told with the rest.
  const { signal } = new AbortController();
  const prepared = await prepareScene(path, { ...options, quiet: true }, { signal, reader: built.reader });
  const facts = sceneFacts(prepared.scene, prepared.file);
  const expected = options.measure ? await expectation(prepared, options, built) : undefined;
  console.log(
    options.json ? JSON.stringify({ ...facts, ...(expected && { expected }) }) : sceneReport(facts, expected),
  );
}

async function expectation(
  { scene, settings }: PreparedScene,
  options: InfoOptions,
  built: BuiltFiles,
): Promise<SceneExpectation> {
  const environmentMap = await environmentBytes(settings.environment, options.env, built);
  const { modules } = await builtKernel(built);
  const { workers = cpus().length } = options;
  const pool = createThreadPool(modules, built.thread);
  pool.setSize(workers);
  try {
    const { info, loadSeconds, samplesPerSecond } = await measureScene({
      ...{ scene: encodeScene(scene), environmentMap, settings, pool },
      ...{ clock: systemClock, forMs: MEASURE_MS },
    });
    const { width, height, samples } = settings;
    return {
      ...{ width, height, samples, workers, samplesPerSecond, loadSeconds },
      seconds: loadSeconds + (width * height * samples) / samplesPerSecond,
      sceneBytes: info.memoryBytes,
      // Kibibytes, on every system.
      peakBytes: 1024 * process.resourceUsage().maxRSS,
    };
  } finally {
    pool.close();
  }
}
