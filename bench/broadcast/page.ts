/** One tab of the broadcast bench: a Node that sends, or counts what reaches it, seen by its own trace. */
import type { MeshStream, TraceEntry } from '../../src/mesh/index.ts';
import { MAX_HOP_LIMIT } from '../../src/wire/index.ts';
import { benchNode, untilMembers } from '../common/bench-node.ts';

const BODY_BYTES = 256;
const APART_MS = 50;
const CAUSED: readonly string[] = ['msg_broadcast', 'ihave', 'graft', 'prune'];

interface Arrival {
  /** Counted by the sender, from `begin` on. */
  readonly index: number;
  readonly hops: number;
  /** Since it was sent; the tabs of one machine have one clock. */
  readonly afterMs: number;
}

export interface TabSpread {
  readonly arrivals: readonly Arrival[];
  /** Copies that came, needed or not, and their bytes. */
  readonly copies: number;
  readonly copyBytes: number;
  /** Of everything that broadcasts cause. */
  readonly bytes: number;
}

interface SpreadPage {
  /** Resolves when so many others are neighbours. */
  connect(port: number, others: number): Promise<void>;
  /** Forgets what was counted so far; what is sent next has index 0. */
  begin(): void;
  send(count: number): Promise<void>;
  result(): TabSpread;
}

declare global {
  interface Window {
    spread: SpreadPage;
  }
}

let stream: MeshStream | undefined;
let arrivals: Omit<Arrival, 'hops'>[] = [];
let copies = 0;
let copyBytes = 0;
let bytes = 0;
let sent = 0;
/** Of the copy that came first, by the number of its frame. There is one source, and each broadcast fits in one frame. */
const firstHops = new Map<number, number>();

const nowMs = (): number => performance.timeOrigin + performance.now();

function count(entry: TraceEntry): void {
  if (entry.direction === 'out' || entry.direction === 'relayed' || !CAUSED.includes(entry.type)) return;
  bytes += entry.bytes;
  if (entry.type !== 'msg_broadcast') return;
  copies++;
  copyBytes += entry.bytes;
  if (!firstHops.has(entry.index)) firstHops.set(entry.index, MAX_HOP_LIMIT - entry.hopLimit + 1);
}

/** Deliveries are in the order of their frames. */
function withHops(): Arrival[] {
  const frames = [...firstHops].sort(([a], [b]) => a - b);
  return arrivals.map((arrival, i) => ({ ...arrival, hops: frames[i]?.[1] ?? Number.NaN }));
}

window.spread = {
  async connect(port, others) {
    const made = benchNode(port, 'broadcast-bench');
    stream = made.stream('bench');
    stream.receive('spread', ({ body }) => {
      const view = new DataView(body.buffer, body.byteOffset);
      arrivals.push({ index: view.getUint32(0), afterMs: nowMs() - view.getFloat64(4) });
    });
    await untilMembers(made, () => made.members().filter((member) => member.isNeighbour).length === others);
    made.inspection.trace(count);
  },
  begin() {
    arrivals = [];
    firstHops.clear();
    copies = 0;
    copyBytes = 0;
    bytes = 0;
    sent = 0;
  },
  async send(total) {
    for (let i = 0; i < total; i++) {
      const body = new Uint8Array(BODY_BYTES);
      const view = new DataView(body.buffer);
      view.setUint32(0, sent++);
      view.setFloat64(4, nowMs());
      await stream?.broadcast('spread', body);
      await new Promise((resolve) => setTimeout(resolve, APART_MS));
    }
  },
  result: () => ({ arrivals: withHops(), copies, copyBytes, bytes }),
};
