/** NATS' `ports_file_dir`: a file from which whoever started a door reads where it listens. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Door } from '../door/index.ts';
import { LeafcutterError, messageOf } from '../runtime/index.ts';

/** @returns what takes it away again @throws LeafcutterError */
export async function writePortsFile(folder: string, door: Door, pid: number): Promise<() => Promise<void>> {
  const { nats, websocket, monitor } = door.ports;
  const { options } = door;
  const at = (scheme: string, host: string, port: number | undefined): string[] =>
    port === undefined ? [] : [`${scheme}://${reachable(host)}:${port}`];
  const ports = {
    nats: at(options.tls ? 'tls' : 'nats', options.nats.host, nats),
    ...(options.monitor && { monitoring: at('http', options.monitor.host, monitor) }),
    ...(options.websocket && {
      websocket: at(options.websocket.tls ? 'wss' : 'ws', options.websocket.host, websocket),
    }),
  };
  // The name that those who wait for it know; whole from the moment that it is there.
  const file = join(folder, `nats-server_${pid}.ports`);
  await write(`${file}.new`, JSON.stringify(ports));
  await rename(`${file}.new`, file);
  return () => rm(file, { force: true });
}

/** @returns what takes it away again @throws LeafcutterError */
export async function writePidFile(file: string, pid: number): Promise<() => Promise<void>> {
  await write(file, String(pid));
  return () => rm(file, { force: true });
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new LeafcutterError('bad-config', `${file} cannot be written (${messageOf(cause)})`, { cause });
  }
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
