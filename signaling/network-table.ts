/**
 * The registry as JSON. Networks are named by a hash of the hash they are registered by, ids by their beginning: whoever reads
 * this can count and compare, and can neither register in a network nor signal to anyone in it.
 */
import { createHash } from 'node:crypto';
import type { Directory } from './directory.ts';
import { type Home, shortId } from './rendezvous.ts';
import { Session } from './session.ts';

/** Networks in GET /api/network; a larger registry says how many it left out. */
const MAX_NETWORKS_SHOWN = 1_000;
/** A table of a full registry takes tens of milliseconds to make: whoever asks all the time must not have it made each time. */
const KEPT_MS = 1_000;
/** Instances of one network there. */
const MAX_INSTANCES_SHOWN = 1_000;

interface NetworkRow {
  readonly network: string;
  readonly count: number;
  readonly instances: { readonly id: string; readonly since: string; readonly server: string }[];
}

export class NetworkTable {
  readonly #directory: Directory<Home>;
  readonly #now: () => number;
  #text = '';
  #keptUntilMs = Number.NEGATIVE_INFINITY;

  constructor(directory: Directory<Home>, now: () => number) {
    this.#directory = directory;
    this.#now = now;
  }

  json(): string {
    const now = this.#now();
    if (now >= this.#keptUntilMs) {
      this.#text = JSON.stringify(tableOf(this.#directory));
      this.#keptUntilMs = now + KEPT_MS;
    }
    return this.#text;
  }
}

function tableOf(directory: Directory<Home>): {
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
