/** What a broadcast costs and how far it travels: one sender, a mesh at rest, the tree grown, one broadcast after the other. */
import type { Deliver } from '../src/mesh/vocabulary.ts';
import { FRAME_HEADER_BYTES, FrameType } from '../src/wire/index.ts';
import { Watch } from './checks/watch.ts';
import { WIFI } from './engine/conditions.ts';
import type { MeshMaker, MulticastMode } from './engine/mesh-maker.ts';
import { Simulation } from './engine/simulation.ts';
import type { Inhabitant } from './engine/surroundings.ts';
import { eachFrame } from './engine/trace.ts';
import { streamNumber } from './scenarios/drawing.ts';

export interface Spread {
  /** Copies of a broadcast that were sent and not needed, for each that was. */
  readonly surplusPerDelivery: number;
  /** Hops of the farthest first copy (Plumtree's last delivery hop), averaged over the broadcasts. */
  readonly lastHop: number;
  /** Bytes of everything broadcasts cause (msg_broadcast, ihave, graft, prune) for each delivery. */
  readonly bytesPerDelivery: number;
  /** From the broadcast to the last Node that got it, ms, averaged. */
  readonly lastMs: number;
}

const JOIN_APART_MS = 60;
const SETTLING_MS = 60_000;
/** They grow the tree before anything is counted. */
const WARM_UP = 30;
const MEASURED = 100;
const APART_MS = 500;
const AFTERWARDS_MS = 10_000;
const BODY_BYTES = 256;
const TIMEOUT_MS = 20_000;
const TYPE_AT = 1;
const CAUSED: ReadonlySet<number> = new Set([
  FrameType.msg_broadcast,
  FrameType.ihave,
  FrameType.graft,
  FrameType.prune,
]);

export function measureSpread(nodes: number, seed: number, mode: MulticastMode, maker: MeshMaker): Spread {
  const watch = new SpreadWatch({ oneSidedWithinMs: 10_000 });
  const simulation = new Simulation({ seed, maker, observer: watch, conditions: WIFI, multicastMode: mode });
  watch.attach(simulation);
  for (let i = 0; i < nodes; i++) simulation.after(i * JOIN_APART_MS, () => watch.follow(simulation.start()));
  simulation.runUntil(nodes * JOIN_APART_MS + SETTLING_MS);
  const [from] = simulation.nodes;
  if (from === undefined) throw new Error('a mesh of no Nodes');
  const broadcast = (): void => {
    watch.begin(simulation.now);
    watch.ledger.say({
      kind: 'broadcast',
      from,
      stream: streamNumber(0, 1),
      bytes: BODY_BYTES,
      timeoutMs: TIMEOUT_MS,
    });
    simulation.runUntil(simulation.now + APART_MS);
  };
  for (let i = 0; i < WARM_UP; i++) broadcast();
  simulation.runUntil(simulation.now + AFTERWARDS_MS);
  const before = watch.ledger.counts.broadcastDeliveries;
  let bytes = 0;
  let copies = 0;
  simulation.medium.meter = (_from, message, isDatagram) => {
    if (isDatagram) return;
    eachFrame(message, (frame) => {
      if (frame.length < FRAME_HEADER_BYTES || !CAUSED.has(frame[TYPE_AT] ?? 0)) return;
      bytes += frame.length;
      if (frame[TYPE_AT] === FrameType.msg_broadcast) copies++;
    });
  };
  let hops = 0;
  let lastMs = 0;
  for (let i = 0; i < MEASURED; i++) {
    broadcast();
    hops += watch.farthestHops;
    lastMs += watch.lastMs;
  }
  simulation.runUntil(simulation.now + AFTERWARDS_MS);
  watch.ledger.finish(false);
  if (simulation.failures.length > 0) throw new Error(`spread, seed ${seed}: ${simulation.failures[0]}`);
  const deliveries = watch.ledger.counts.broadcastDeliveries - before;
  return {
    surplusPerDelivery: (copies - deliveries) / deliveries,
    lastHop: hops / MEASURED,
    bytesPerDelivery: bytes / deliveries,
    lastMs: lastMs / MEASURED,
  };
}

/** Also sees how far the present broadcast has come: one hop farther than the neighbour whose message brought it. */
class SpreadWatch extends Watch {
  farthestHops = 0;
  lastMs = 0;
  #beganAt = 0;
  /** By station: hops of the present broadcast; who was heard last. */
  #hops: number[] = [];
  readonly #lastHeard: number[] = [];

  begin(now: number): void {
    this.#beganAt = now;
    this.farthestHops = 0;
    this.lastMs = 0;
    this.#hops = [];
  }

  follow(node: ReturnType<Simulation['start']>): void {
    node.tap = (event) => {
      if (event.type !== 'channel-message') return;
      const end = node.ends.get(event.channel);
      if (end !== undefined) this.#lastHeard[node.index] = end.other.station.index;
    };
  }

  override delivered(node: Inhabitant, effect: Deliver, now: number): void {
    super.delivered(node, effect, now);
    const hops = (this.#hops[this.#lastHeard[node.index] ?? -1] ?? 0) + 1;
    this.#hops[node.index] = hops;
    this.farthestHops = Math.max(this.farthestHops, hops);
    this.lastMs = now - this.#beganAt;
  }
}
