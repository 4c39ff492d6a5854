/** The life of a headless worker: lends its threads to every Job of the network until it is told to stop, and tells how it goes. */
import { cpus } from 'node:os';
import { isFinal } from '../render/job/index.ts';
import type { LogLevel, LogSink } from '../runtime/index.ts';
import { type BuiltFiles, builtKernel } from './built-files.ts';
import { type DiskOptions, openDiskPlace } from './disk-options.ts';
import { handedOver } from './hand-over.ts';
import { lineLog } from './line-log.ts';
import { type MeshOptions, type MeshWork, withMesh } from './mesh-command.ts';
import { type MeshFarm, openMeshFarm } from './mesh-farm.ts';
import { counted } from './numbers.ts';
import { pause } from './pause.ts';
import { StatusLine } from './status-line.ts';
import { serveSubmissions } from './submit-desk.ts';
import { follow } from './worker-follow.ts';
import { type News, WorkerNews } from './worker-news.ts';
import { statusLine, statusRecord, type WorkerStatus } from './worker-status.ts';

export interface WorkerOptions extends MeshOptions, DiskOptions {
  readonly workers: number | undefined;
  /** Undefined: `info`, with --json `warn`, for then what happens is on standard output. */
  readonly logLevel: LogLevel | undefined;
  readonly json: boolean;
}

/** On a terminal; a record for programs every fifth time, a line in a log once a minute. */
const STATUS_EVERY_MS = 1_000;
const RECORD_EVERY = 5;
const LOG_EVERY = 60;
/** For another Node to take what only this one has. Whoever asks a second time does not wait for it. */
const HAND_OVER_MS = 10_000;

/** @throws LeafcutterError for what a person can mend */
export async function work(invite: string, options: WorkerOptions, built: BuiltFiles): Promise<void> {
  const { json, workers = cpus().length, logLevel = json ? 'warn' : 'info' } = options;
  const line = new StatusLine(process.stderr);
  const log = lineLog(logLevel, (text) => line.print(text), Date.now);
  let hasJoined = false;
  // Who could not join is told why in one line, unless more was asked for.
  const meshLog: LogSink = (...said) => {
    if (hasJoined || options.logLevel !== undefined) log(...said);
  };
  const print = (record: object): void => {
    if (json) console.log(JSON.stringify(record));
  };
  const tell = ({ level, text, record }: News): void => {
    log(level, text);
    print(record);
  };
  const lend = async ({ mesh, broker, pubsub, signal }: MeshWork): Promise<number> => {
    const place = openDiskPlace(options, mesh.networkName, (trouble) => log('warn', trouble));
    const host = openMeshFarm(mesh, { kernel, built, workers, broker, isViewer: false, place });
    const { farm } = host;
    void serveSubmissions({ pubsub, farm, built, signal });
    hasJoined = true;
    const { id, networkName: network } = mesh;
    const text = `joined ${network} as ${id} with ${counted(workers, 'worker')}`;
    tell({ level: 'info', text, record: { type: 'joined', network, node: id, workers } });
    const unfollow = follow(mesh, farm, new WorkerNews(tell));
    for (let tick = 0; !signal.aborted; tick++) {
      const status = statusOf(mesh, host);
      line.show(statusLine(status));
      if (tick % RECORD_EVERY === 0) print(statusRecord(status, process.memoryUsage().rss));
      if (!line.isPossible && tick > 0 && tick % LOG_EVERY === 0) log('info', statusLine(status));
      await pause(STATUS_EVERY_MS, signal);
    }
    line.clear();
    tell({ level: 'info', text: 'leaving', record: { type: 'leaving' } });
    // First the leases: the others go on with them while this Node still waits.
    farm.setWorkerCount(0);
    await handedOver(() => farm.jobs, mesh, HAND_OVER_MS);
    await host.saved();
    unfollow();
    host.close();
    place?.close();
    return 0;
  };
  const kernel = await builtKernel(built);
  await withMesh(invite, options, lend, { workers, cores: cpus().length, log: meshLog });
}

function statusOf(mesh: MeshWork['mesh'], { farm, ownWork }: MeshFarm): WorkerStatus {
  return {
    members: mesh.members().length,
    jobs: farm.jobs.filter(({ state }) => !isFinal(state)),
    workers: farm.workerCount,
    ...ownWork(),
    isServerReached: mesh.rendezvous === 'online',
  };
}
