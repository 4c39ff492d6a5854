/**
 * One process, one port, three things: the rendezvous (PeerJS's signaling and the instance registry on one socket), the built
 * page, and what the server tells about itself. First contact between Nodes needs it; it learns uuids, hashed network names and
 * sealed descriptions, never a key or a picture.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { join } from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import { log, systemRandom } from '../src/runtime/index.ts';
import { accessLog } from './access-log.ts';
import { type PageAddress, pageAddressesFor } from './addresses.ts';
import { joinBackplane, NO_BACKPLANE } from './backplane/backplane.ts';
import { natsAddress } from './backplane/nats-bus.ts';
import { basePath, isFolderWithoutSlash, targetBelow } from './base-path.ts';
import { ServerStartError } from './errors.ts';
import { Gate } from './gate.ts';
import { SECURITY_HEADERS, securityHeaders } from './headers.ts';
import { type IceConfiguration, issueIceServers, NO_ICE_SERVERS } from './ice-servers.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { isOriginWelcome, type OriginRules } from './origins.ts';
import { pageFiles } from './page.ts';
import { Rendezvous } from './rendezvous.ts';
import { statusRoutes } from './status.ts';
import type { TlsIdentity } from './tls.ts';

/** A request whose headers are not there by then ends. */
const HEADERS_TIMEOUT_MS = 10_000;
/** How long clients have, at the end, to read why. */
const GOODBYE_MS = 1_000;

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
  /** Origins of pages elsewhere that may use this server, e.g. `https://example.org`; `*` for all. */
  readonly origins?: readonly string[];
  /** Whether X-Forwarded-For and X-Forwarded-Host are believed: only behind a proxy that sets them. */
  readonly isProxyTrusted?: boolean;
  readonly limits?: Partial<Limits>;
  /** A NATS server through which several of these share one registry, e.g. `nats://localhost:4222`. */
  readonly backplane?: string;
}

export interface SignalingServer {
  /** The port it really listens on. */
  readonly port: number;
  /** Tells every client that the server restarts, lets requests under way end, and frees the port. */
  close(): Promise<void>;
}

/** Resolves once it listens. @throws ServerStartError */
export async function createSignalingServer(options: SignalingOptions): Promise<SignalingServer> {
  if (!existsSync(join(options.pageFolder, 'index.html'))) {
    throw new ServerStartError('page-missing', 'the page is not built; run `npm run build` first');
  }
  const backplaneAddress = options.backplane === undefined ? undefined : natsAddress(options.backplane);
  const base = basePath(options.base ?? '/');
  const app = express().disable('x-powered-by');
  const requests = below(base, app);
  const http = { headersTimeout: HEADERS_TIMEOUT_MS };
  const server = options.tls
    ? createSecureServer({ ...http, ...options.tls }, requests)
    : createServer(http, requests);
  await listen(server, options);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;

  const now = (): number => performance.now();
  const rendezvous = new Rendezvous({ random: systemRandom, now, wallNow: () => Date.now() });
  const backplane = backplaneAddress
    ? joinBackplane(backplaneAddress, rendezvous, systemRandom)
    : NO_BACKPLANE;
  const origins: OriginRules = {
    others: new Set(options.origins),
    isProxyTrusted: options.isProxyTrusted ?? false,
  };
  const gate = new Gate({ rendezvous, limits: { ...DEFAULT_LIMITS, ...options.limits }, origins });
  server.on('connection', (socket) => gate.connected(socket));
  app.use(accessLog(now));
  app.use((request, response, next) => {
    response.set(securityHeaders(request.path));
    next();
  });
  app.use(statusRoutes({ rendezvous, gate, backplane }));
  app.get('/api/addresses', (request, response) => {
    const addresses = options.addresses?.(port) ?? [];
    response.set('Cache-Control', 'no-store').json(pageAddressesFor(request, addresses));
  });
  app.get('/api/ice-servers', (request, response) => {
    // A page from elsewhere that may meet here needs them, too.
    const { origin } = request.headers;
    if (origin !== undefined && isOriginWelcome(request, origins)) {
      response.set({
        'Access-Control-Allow-Origin': origin,
        'Cross-Origin-Resource-Policy': 'cross-origin',
        Vary: 'Origin',
      });
    }
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
    gate.upgrade(targetBelow(base, request.url ?? '') ?? '', request, socket, head);
  });

  return {
    port,
    async close() {
      gate.close();
      await backplane.close();
      rendezvous.sayGoodbye();
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        rendezvous.close();
        server.closeAllConnections();
      }, GOODBYE_MS);
      await closed;
      clearTimeout(timer);
      rendezvous.close();
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
