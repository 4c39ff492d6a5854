/** What a mesh at rest costs: every byte that a Node sends while nobody says anything, Wi-Fi jitter included. */
import { FRAME_HEADER_BYTES, frameTypeName } from '../src/wire/index.ts';
import { Watch } from './checks/watch.ts';
import { WIFI } from './engine/conditions.ts';
import type { MeshMaker } from './engine/mesh-maker.ts';
import { Simulation } from './engine/simulation.ts';
import { eachFrame } from './engine/trace.ts';

export interface Rest {
  /** Per Node and minute, KiB: channel messages and datagrams as the mesh hands them to its channels. */
  readonly kibPerMinute: number;
  /** The same by frame type; `datagram`: health; `bundle`: what holds frames together. */
  readonly byType: Readonly<Record<string, number>>;
}

const JOIN_APART_MS = 60;
/** Neighbours are chosen and round trips measured by then. */
const SETTLING_MS = 90_000;
const MEASURED_MS = 180_000;
const TYPE_AT = 1;

export function measureRest(nodes: number, seed: number, maker: MeshMaker): Rest {
  const watch = new Watch({ oneSidedWithinMs: 10_000 });
  const simulation = new Simulation({ seed, maker, observer: watch, conditions: WIFI });
  watch.attach(simulation);
  for (let i = 0; i < nodes; i++) simulation.after(i * JOIN_APART_MS, () => simulation.start());
  const begin = nodes * JOIN_APART_MS + SETTLING_MS;
  simulation.runUntil(begin);
  const bytes = new Map<string, number>();
  const count = (type: string, length: number) => bytes.set(type, (bytes.get(type) ?? 0) + length);
  simulation.medium.meter = (_from, message, isDatagram) => {
    if (isDatagram) {
      count('datagram', message.length);
      return;
    }
    let framed = 0;
    eachFrame(message, (frame) => {
      framed += frame.length;
      const isFrame = frame.length >= FRAME_HEADER_BYTES;
      count((isFrame ? frameTypeName(frame[TYPE_AT] ?? 0) : undefined) ?? 'other', frame.length);
    });
    if (message.length > framed) count('bundle', message.length - framed);
  };
  simulation.runUntil(begin + MEASURED_MS);
  if (simulation.failures.length > 0) throw new Error(`at rest, seed ${seed}: ${simulation.failures[0]}`);
  const perNodeMinute = (total: number) => (total * 60_000) / (1024 * nodes * MEASURED_MS);
  const byType: Record<string, number> = {};
  let total = 0;
  for (const [type, sum] of [...bytes].sort(([, a], [, b]) => b - a)) {
    byType[type] = perNodeMinute(sum);
    total += sum;
  }
  return { kibPerMinute: perNodeMinute(total), byType };
}
