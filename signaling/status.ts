/** What the server tells about itself: health for load balancers, numbers for Prometheus, the registry for people and tools. */
import { createHash } from 'node:crypto';
import express, { type Response, type Router } from 'express';
import type { Backplane } from './backplane/backplane.ts';
import type { Gate } from './gate.ts';
import { prometheusText } from './metrics.ts';
import { type Rendezvous, shortId } from './rendezvous.ts';
import { Session } from './session.ts';

export interface StatusOptions {
  readonly rendezvous: Rendezvous;
  readonly gate: Gate;
  readonly backplane: Backplane;
}

/** Networks in GET /api/network; a larger registry says how many it left out. */
const MAX_NETWORKS_SHOWN = 1_000;
/** Instances of one network there. */
const MAX_INSTANCES_SHOWN = 1_000;

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
  routes.get('/api/network', (_request, response) => {
    fresh(response).json(networkTable(rendezvous));
  });
  routes.get('/metrics', (_request, response) => {
    const { state, servers } = backplane;
    fresh(response)
      .type('text/plain; version=0.0.4')
      .send(
        prometheusText({ rendezvous, addresses: gate.addresses.addressCount, backplane: state, servers }),
      );
  });
  return routes;
}

interface NetworkRow {
  readonly network: string;
  readonly count: number;
  readonly instances: { readonly id: string; readonly since: string; readonly server: string }[];
}

/**
 * The registry as JSON. Networks are named by a hash of the hash they are registered by, ids by their beginning: whoever reads
 * this can count and compare, and can neither register in a network nor signal to anyone in it.
 */
function networkTable({ directory }: Rendezvous): {
  readonly networks: readonly NetworkRow[];
  readonly networksLeftOut: number;
} {
  const rows = new Map<string, NetworkRow>();
  for (const { id, network, since, home } of directory) {
    let row = rows.get(network);
    if (!row) {
      if (rows.size >= MAX_NETWORKS_SHOWN) continue;
      row = { network: publicName(network), count: directory.networkSize(network), instances: [] };
      rows.set(network, row);
    }
    if (row.instances.length >= MAX_INSTANCES_SHOWN) continue;
    row.instances.push({
      id: shortId(id),
      since: new Date(since).toISOString(),
      server: home instanceof Session ? 'this' : home.name,
    });
  }
  return { networks: [...rows.values()], networksLeftOut: directory.networkCount - rows.size };
}

function publicName(network: string): string {
  return createHash('sha256').update(`leafcutter public name\n${network}`).digest('hex').slice(0, 16);
}
