/** GET /metrics in Prometheus' text format (version 0.0.4). */
import type { Rendezvous } from './rendezvous.ts';

export type BackplaneState = 'none' | 'connected' | 'away';

export interface MetricsInput {
  readonly rendezvous: Rendezvous;
  readonly addresses: number;
  /** Connections without a socket. */
  readonly plainConnections: number;
  readonly backplane: BackplaneState;
  /** Other servers that share the registry. */
  readonly servers: number;
}

interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly values: readonly (readonly [labels: string, value: number])[];
}

export function prometheusText(input: MetricsInput): string {
  const { rendezvous, addresses, plainConnections, backplane, servers } = input;
  const { counters, directory } = rendezvous;
  const { signals, refused } = counters;
  const memory = process.memoryUsage();
  const cpu = process.cpuUsage();
  const one = (name: string, type: Metric['type'], help: string, value: number): Metric => ({
    name,
    type,
    help,
    values: [['', value]],
  });
  const metrics: readonly Metric[] = [
    one('leafcutter_sockets', 'gauge', 'Open sockets of clients.', rendezvous.socketCount),
    one('leafcutter_addresses', 'gauge', 'Addresses they come from.', addresses),
    one('leafcutter_plain_connections', 'gauge', 'Connections without such a socket.', plainConnections),
    one(
      'leafcutter_connections_refused_total',
      'counter',
      'Connections closed because an address had too many without a socket.',
      counters.connectionsRefused,
    ),
    one(
      'leafcutter_instances',
      'gauge',
      'Registered Nodes, those of other servers included.',
      directory.size,
    ),
    one('leafcutter_networks', 'gauge', 'Networks they are registered in.', directory.networkCount),
    one('leafcutter_registrations_total', 'counter', 'Registrations here.', counters.registrations),
    {
      name: 'leafcutter_signals_total',
      type: 'counter',
      help: 'Offers, answers and candidates that clients sent.',
      values: Object.entries(signals).map(([type, value]) => [`type="${type.toLowerCase()}"`, value]),
    },
    one(
      'leafcutter_signals_expired_total',
      'counter',
      'Signals to Nodes that are not there, or too many of them.',
      counters.expired,
    ),
    one(
      'leafcutter_malformed_total',
      'counter',
      'Messages that were malformed or too frequent.',
      counters.malformed,
    ),
    {
      name: 'leafcutter_sockets_refused_total',
      type: 'counter',
      help: 'Sockets that were not let in.',
      values: [
        ['reason="origin"', refused.origin],
        ['reason="address_full"', refused.addressFull],
        ['reason="server_full"', refused.serverFull],
        ['reason="bad_request"', refused.badRequest],
      ],
    },
    one(
      'leafcutter_backplane_connected',
      'gauge',
      '1 while the backplane is there.',
      backplane === 'connected' ? 1 : 0,
    ),
    one('leafcutter_backplane_servers', 'gauge', 'Other servers that share the registry.', servers),
    one('process_cpu_seconds_total', 'counter', 'Processor time.', (cpu.user + cpu.system) / 1e6),
    one('process_resident_memory_bytes', 'gauge', 'Resident memory.', memory.rss),
    one('nodejs_heap_size_used_bytes', 'gauge', 'Heap in use.', memory.heapUsed),
    one('process_uptime_seconds', 'gauge', 'Since the start.', process.uptime()),
  ];
  return metrics.map(textOf).join('');
}

function textOf({ name, type, help, values }: Metric): string {
  const lines = values.map(([labels, value]) => `${name}${labels === '' ? '' : `{${labels}}`} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
