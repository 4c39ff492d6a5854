/** What the server tells about itself: health for load balancers, numbers for Prometheus, the registry for people and tools. */
import express, { type Response, type Router } from 'express';
import type { Backplane } from './backplane/backplane.ts';
import type { Gate } from './gate.ts';
import { prometheusText } from './metrics.ts';
import { NetworkTable } from './network-table.ts';
import type { Rendezvous } from './rendezvous.ts';

export interface StatusOptions {
  readonly rendezvous: Rendezvous;
  readonly gate: Gate;
  readonly backplane: Backplane;
}

export function statusRoutes(options: StatusOptions): Router {
  const { rendezvous, gate, backplane } = options;
  const routes = express.Router();
  const fresh = (response: Response): Response => response.set('Cache-Control', 'no-store');
  routes.get('/healthz', (_request, response) => {
    fresh(response).json({
      status: 'ok',
      uptimeSeconds: Math.round(process.uptime()),
      sockets: rendezvous.socketCount,
      instances: rendezvous.directory.size,
      networks: rendezvous.directory.networkCount,
      malformed: rendezvous.counters.malformed,
      backplane: backplane.state,
    });
  });
  const table = new NetworkTable(rendezvous.directory, () => rendezvous.now());
  routes.get('/api/network', (_request, response) => {
    fresh(response).type('json').send(table.json());
  });
  routes.get('/metrics', (_request, response) => {
    const { state, servers } = backplane;
    fresh(response)
      .type('text/plain; version=0.0.4')
      .send(
        prometheusText({
          rendezvous,
          addresses: gate.addresses.addressCount,
          plainConnections: gate.plain.count,
          backplane: state,
          servers,
        }),
      );
  });
  return routes;
}
