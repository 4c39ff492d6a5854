/** The handle for people who look inside a Node: snapshots, faults they can switch on, frames as they pass. */
import { reportError } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type {
  FaultSwitches,
  MeshInspection,
  MeshSnapshot,
  RequestOptions,
  TableEntry,
  TraceEntry,
} from '../contract.ts';
import type { MeshState } from '../state/mesh-state.ts';
import { answersName, carriesAnswers } from '../streams/stream-number.ts';
import type { MeshEvent, StreamId } from '../vocabulary.ts';
import { checkTarget, checkTimeout } from './arguments.ts';
import { errorOf } from './failure-errors.ts';
import { DEFAULT_REQUEST_TIMEOUT_MS } from './node-stream.ts';
import type { Settlements } from './settlements.ts';

export interface InspectionHost {
  readonly state: MeshState;
  readonly settlements: Settlements;
  now(): number;
  feed(event: MeshEvent): void;
  /** Nothing leaves this Node, whoever would send it. */
  pause(isPaused: boolean): void;
  /** As registered here; undefined for a stream that nobody registered. */
  streamName(number: number): string | undefined;
}

export class Inspection implements MeshInspection {
  readonly faults: FaultSwitches;
  readonly #host: InspectionHost;
  readonly #listeners = new Set<(entry: TraceEntry) => void>();

  constructor(host: InspectionHost) {
    this.#host = host;
    this.faults = new Faults(host);
  }

  snapshot(): MeshSnapshot {
    const { state, now, streamName } = this.#host;
    const snapshot = state.snapshot(now());
    return {
      ...snapshot,
      streams: snapshot.streams.map((stream) => {
        const number = stream.stream as StreamId;
        return { ...stream, name: carriesAnswers(number) ? answersName(number) : streamName(number) };
      }),
    };
  }

  trace(listener: (entry: TraceEntry) => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#host.feed({ type: 'trace', isOn: true });
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      this.#host.feed({ type: 'trace', isOn: false });
    };
  }

  async table(target?: NodeId, options: RequestOptions = {}): Promise<readonly TableEntry[]> {
    const { state, settlements, feed, now } = this.#host;
    const { signal, timeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = options;
    checkTimeout(timeoutMs);
    if (target !== undefined) checkTarget(target);
    const purpose = { kind: 'table', target, name: 'network table' } as const;
    if (signal?.aborted) throw errorOf({ reason: 'cancelled' }, purpose, signal.reason);
    if (target === undefined || target === state.id) return state.snapshot(now()).table;
    return settlements.wait(purpose, signal, (token) =>
      feed({ type: 'ask-table', token, target, timeoutMs }),
    );
  }

  /** A frame has passed. */
  traced(entry: TraceEntry): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(entry);
      } catch (error) {
        reportError('a listener of the trace failed', error);
      }
    }
  }
}

/** They act on the real thing: Links close, frames stay unsent. */
class Faults implements FaultSwitches {
  readonly #host: InspectionHost;

  constructor(host: InspectionHost) {
    this.#host = host;
  }

  get blockedLinks(): ReadonlySet<NodeId> {
    return new Set(this.#host.state.blockedLinks);
  }

  get sendingPaused(): boolean {
    return this.#host.state.isPaused;
  }

  dropLink(peer: NodeId): void {
    this.#host.feed({ type: 'drop-link', peer });
  }

  setLinkBlocked(peer: NodeId, blocked: boolean): void {
    this.#host.feed({ type: 'block', peer, isBlocked: blocked });
  }

  setSendingPaused(paused: boolean): void {
    this.#host.pause(paused);
  }
}
