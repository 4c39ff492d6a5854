/** What was said in a run, one record each, and what became of it. */
import type { MeshEvent, StreamId, Token } from '../../src/mesh/vocabulary.ts';
import type { NodeId } from '../../src/wire/index.ts';
import type { Inhabitant } from '../engine/surroundings.ts';

/** Whether between those times some could not reach each other over the network. */
export type WasCut = (from: number, to: number) => boolean;

export interface Said {
  readonly serial: number;
  readonly kind: 'send' | 'request' | 'broadcast';
  readonly source: Inhabitant;
  /** Of a send or request. */
  readonly target: NodeId | undefined;
  readonly stream: StreamId;
  /** Per (source life, target, stream) for unicast, per (source life) for broadcasts; from 1. */
  readonly counter: number;
  readonly bytes: number;
  readonly sentAt: number;
  readonly timeoutMs: number;
  /** Of a broadcast: the indices of the Nodes that must get it if they stay. */
  readonly required: ReadonlySet<number>;
  /** Of a broadcast whose source has ended: those to whom it was still under way then, for a reason. */
  underWayTo?: ReadonlySet<number>;
  state: 'pending' | 'resolved' | 'failed';
  settledAt: number;
  /** How often an application got it (of a broadcast: all together). */
  handled: number;
  /** What its Node's application does once it has settled. */
  readonly afterwards: MeshEvent | undefined;
}

/**
 * Whether this broadcast may lie before the first that comes: to whom nothing of a source has come yet, it begins with what was sent since
 * he came, by the clock of who keeps it (M7), and the source's own has jumped since.
 */
export function mayBeginAfter({ source, sentAt }: Said, heard: number): boolean {
  return heard === 0 && source.jumpedAt > sentAt;
}

/** What is kept for each life of a Node. */
export class Book {
  readonly pending = new Map<Token, Said>();
  /** Highest counter handled here, by source index and stream. */
  readonly heard = new Map<number, number>();
  /** Highest counter of a broadcast handled here, by source index. */
  readonly heardBroadcasts = new Map<number, number>();
  /** Sources of which the mesh said that broadcasts are lost to this Node. */
  readonly missed = new Set<NodeId>();
  /** Last counter used, by target and stream. */
  readonly counters = new Map<string, number>();
  /** Its broadcasts; the one with counter n at n - 1. */
  readonly broadcasts: Said[] = [];
  #tokens = 0;

  nextToken(): Token {
    return ++this.#tokens as Token;
  }
}

/** Names a stream of a source life. */
export function hearingKey(source: number, stream: number): number {
  return source * 0x1_0000 + stream;
}
