/**
 * One process, one port, four things: PeerServer, the instance registry, the built page and `GET /healthz`. First contact
 * between Nodes needs it; it learns uuids, hashed network names and sealed descriptions, never a key or a picture.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { WebSocketServer } from 'ws';
import { log } from '../src/runtime/index.ts';
import { type PageAddress, pageAddressesFor } from './addresses.ts';
import { basePath, isFolderWithoutSlash, targetBelow } from './base-path.ts';
import { ServerStartError } from './errors.ts';
import { SECURITY_HEADERS } from './headers.ts';
import { type IceConfiguration, issueIceServers, NO_ICE_SERVERS } from './ice-servers.ts';
import { keepAlive } from './keep-alive.ts';
import { pageFiles } from './page.ts';
import { isPeerQuery } from './peer-frames.ts';
import { PEER_KEY, PEER_SOCKET_PATH, PeerServerMount } from './peer-server.ts';
import { Registry } from './registry.ts';
import type { TlsIdentity } from './tls.ts';

const REGISTRY_PATH = '/registry';
/** Measured: an idle client costs about 12 KB in PeerServer. */
const MAX_CLIENTS = 5_000;

export interface SignalingOptions {
  /** Address to listen on, e.g. `0.0.0.0` for all. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Folder of the built page; it must hold an `index.html`. */
  readonly pageFolder: string;
  /** Folder of everything in the address, "/" without. */
  readonly base?: string;
  /** With it the server speaks https and wss only. */
  readonly tls?: TlsIdentity;
  /** Where other machines find the page, asked each time: interfaces come and go. */
  readonly addresses?: (port: number) => readonly PageAddress[];
  /** What pages are told to reach each other with beyond one LAN. */
  readonly ice?: IceConfiguration;
}

export interface SignalingServer {
  /** The port it really listens on. */
  readonly port: number;
  /** Ends every socket and frees the port. PeerServer's own timers go on until the process ends. */
  close(): Promise<void>;
}

/** Resolves once it listens. @throws ServerStartError */
export async function createSignalingServer(options: SignalingOptions): Promise<SignalingServer> {
  if (!existsSync(join(options.pageFolder, 'index.html'))) {
    throw new ServerStartError('page-missing', 'the page is not built; run `npm run build` first');
  }
  const base = basePath(options.base ?? '/');
  const app = express().disable('x-powered-by');
  const requests = below(base, app);
  const server = options.tls ? createSecureServer(options.tls, requests) : createServer(requests);
  await listen(server, options);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;

  const registry = new Registry(MAX_CLIENTS);
  app.use((_request, response, next) => {
    response.set(SECURITY_HEADERS);
    next();
  });
  const peers = new PeerServerMount(app, server, MAX_CLIENTS);
  app.get('/healthz', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({
      status: 'ok',
      uptimeSeconds: Math.round(process.uptime()),
      peerServer: peers.stats,
      registry: registry.stats,
    });
  });
  app.get('/api/addresses', (request, response) => {
    const addresses = options.addresses?.(port) ?? [];
    response.set('Cache-Control', 'no-store').json(pageAddressesFor(request, addresses));
  });
  app.get('/api/ice-servers', (_request, response) => {
    const issued = issueIceServers(options.ice ?? NO_ICE_SERVERS, Date.now());
    response.set('Cache-Control', 'no-store').json(issued);
  });
  app.use(pageFiles(options.pageFolder));
  app.use((_request, response) => {
    response.status(404).type('text').send('Not found\n');
  });
  app.use((error: { status?: number }, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) next(error);
    else
      response
        .status(error.status ?? 500)
        .type('text')
        .send('Bad request\n');
  });
  server.on('upgrade', (request, socket, head) => {
    const sockets = socketsFor(targetBelow(base, request.url ?? ''), registry, peers);
    if (sockets)
      sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
    else refuseUpgrade(socket);
  });
  const stops = [keepAlive(registry.sockets), keepAlive(peers.sockets)];

  return {
    port,
    async close() {
      for (const stop of stops) stop();
      for (const { clients } of [registry.sockets, peers.sockets]) {
        for (const client of clients) client.terminate();
      }
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Only what lies below `base` is ours, and is seen without it. */
function below(base: string, app: RequestListener): RequestListener {
  return (request, response) => {
    const target = targetBelow(base, request.url ?? '');
    if (target !== undefined) {
      request.url = target;
      app(request, response);
    } else if (isFolderWithoutSlash(base, request.url ?? '')) {
      response.writeHead(308, { Location: base, ...SECURITY_HEADERS }).end();
    } else {
      response.writeHead(404, { 'Content-Type': 'text/plain', ...SECURITY_HEADERS });
      response.end(`Nothing is here: Leafcutter is at ${base}\n`);
    }
  };
}

async function listen(server: Server | SecureServer, { host, port }: SignalingOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(ServerStartError.fromListen(error, host, port)));
    server.listen(port, host, resolve);
  });
  // Later ones, such as too many open files, concern one connection and must not end the process.
  server.on('error', (error) => log('warn', `a connection could not be taken: ${error.message}`));
}

function socketsFor(
  target: string | undefined,
  registry: Registry,
  peers: PeerServerMount,
): WebSocketServer | undefined {
  const [path, query] = (target ?? '').split('?', 2);
  if (path === REGISTRY_PATH) return registry.sockets;
  if (path !== PEER_SOCKET_PATH) return undefined;
  return isPeerQuery(new URLSearchParams(query), PEER_KEY) ? peers.sockets : undefined;
}

function refuseUpgrade(socket: Duplex): void {
  socket.on('error', () => undefined);
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
