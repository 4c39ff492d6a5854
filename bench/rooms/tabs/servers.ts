/** The servers that the ways need, each a process of its own on a port of this machine. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, HERE, startNode } from '../../../e2e/support/node-process.ts';
import { lastingPort } from '../../../e2e/support/ports.ts';
import { startServerInChild } from '../../../signaling/child-process.ts';
import type { Ports } from './document.ts';

const FOLDER = 'bench/rooms/tabs/';
const PROGRAMS = {
  'y-webrtc': `${FOLDER}node_modules/y-webrtc/bin/server.js`,
  'y-websocket': `${FOLDER}node_modules/@y/websocket-server/src/server.js`,
  automerge: `${FOLDER}automerge-server.mjs`,
} as const;

export interface Servers {
  readonly ports: Ports;
  close(): Promise<void>;
}

export async function startServers(): Promise<Servers> {
  // The pages of the bench come from another server.
  const ours = await startServerInChild(0, { server: { origins: ['*'] } });
  const started = await Promise.all(Object.values(PROGRAMS).map(start));
  const [webrtc, websocket, automerge] = started.map(({ port }) => port);
  if (!webrtc || !websocket || !automerge) throw new Error('three servers were started');
  return {
    ports: { rooms: ours.port, 'y-webrtc': webrtc, 'y-websocket': websocket, automerge },
    async close() {
      await Promise.all(started.map(({ child }) => endProcess(child, 'SIGKILL')));
      await ours.kill();
    },
  };
}

async function start(program: string) {
  const port = await lastingPort();
  const child = startNode(HERE, [program], { PORT: `${port}`, HOST: HERE.host });
  // What they print is of no use here, but somebody must read it.
  child.stdout.resume();
  let said = '';
  child.stderr.on('data', (data) => {
    said += data;
  });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${program} has ended: ${said}`);
    await sleep(50);
  }
  return { port, child };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, HERE.host);
  const isOpen = await Promise.race([
    once(socket, 'connect').then(
      () => true,
      () => false,
    ),
    sleep(1_000).then(() => false),
  ]);
  socket.destroy();
  return isOpen;
}
