/** Runs a door until it is told to stop: opens it, says where, tells other doors, and ends as it was asked to. */
import { networkInterfaces } from 'node:os';
import { brokerAlone, type Door, openDoor } from '../door/index.ts';
import type { Mesh } from '../library/index.node.ts';
import { setLogSink, systemClock, systemRandom, systemTimers } from '../runtime/index.ts';
import type { Broker } from '../services/pubsub/index.ts';
import { shareDoors, urlsOf } from './door-directory.ts';
import { type DoorPlan, type DoorRunOptions, planDoor } from './door-options.ts';
import { watchStandstill } from './door-standstill.ts';
import { lineLog } from './line-log.ts';
import { type MeshWork, withMesh } from './mesh-command.ts';
import { writePidFile, writePortsFile } from './ports-file.ts';
import { withStopSignals } from './stop-signals.ts';

const WORLD = { clock: systemClock, timers: systemTimers, random: systemRandom };

/** @throws LeafcutterError for what a person can mend */
export async function runDoor(invite: string | undefined, options: DoorRunOptions): Promise<void> {
  const log = lineLog(options.logLevel, (line) => console.error(line), Date.now);
  const plan = await planDoor(options, options.name);
  for (const note of plan.notes) console.error(`note: ${note}`);
  const { maxPayloadBytes } = plan.door.limits;
  if (invite !== undefined) {
    const throughMesh = ({ mesh, broker, signal }: MeshWork): Promise<number> =>
      serve(plan, broker, signal, mesh);
    await withMesh(invite, options, throughMesh, { log, maxPayloadBytes });
    return;
  }
  setLogSink(log);
  await withStopSignals(async (signal) => {
    const { broker, close } = brokerAlone({ ...WORLD, maxPayloadBytes });
    try {
      process.exitCode = await serve(plan, broker, signal, undefined);
    } finally {
      close();
    }
  });
}

async function serve(
  plan: DoorPlan,
  broker: Broker,
  signal: AbortSignal,
  mesh: Mesh | undefined,
): Promise<number> {
  const door = await openDoor({ ...plan.door, broker, ...WORLD });
  const ends: (() => void | Promise<void>)[] = [];
  try {
    if (plan.pidFile !== undefined) ends.push(await writePidFile(plan.pidFile, process.pid));
    if (plan.portsFolder !== undefined) ends.push(await writePortsFile(plan.portsFolder, door, process.pid));
    const own = urlsOf(plan.door.nats.host, door.ports, plan.advertise, networkInterfaces());
    if (mesh) {
      ends.push(shareDoors(mesh, own, ({ nats, websocket }) => door.setUrls(nats, websocket)));
      ends.push(watchStandstill(mesh, () => door.missed()));
    }
    console.log(linesOf(door, mesh).join('\n'));
    if (!signal.aborted)
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    if (signal.reason === 'SIGTERM') await door.leave(plan.lameDuck);
  } finally {
    for (const end of ends) await end();
    await door.close();
  }
  return 0;
}

function linesOf({ ports, options }: Door, mesh: Mesh | undefined): string[] {
  const { nats, websocket, monitor, tls } = options;
  const at = (scheme: string, host: string, port: number | undefined): string =>
    `  ${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return [
    mesh ? `The door to ${mesh.networkName} is open:` : 'A door is open, to a network of its own:',
    at(tls ? 'tls' : 'nats', nats.host, ports.nats),
    ...(websocket ? [at(websocket.tls ? 'wss' : 'ws', websocket.host, ports.websocket)] : []),
    ...(monitor ? [at('http', monitor.host, ports.monitor)] : []),
    '',
    ...(options.users.areAsked ? [] : ['Whoever reaches it may come in.']),
    'Stop with Ctrl+C.',
  ];
}
