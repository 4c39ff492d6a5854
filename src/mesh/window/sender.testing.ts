/** Test support: a sending window, what it gave away, and an acknowledgement in few words. */
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId, parseFrameHeader } from '../../wire/index.ts';
import type { Failure, LinkId, Path, StreamId } from '../vocabulary.ts';
import { encodeAcknowledgement } from './acknowledgement.ts';
import { type Outgoing, prepareMessage, WindowSender } from './index.ts';

const random = seededRandom(21);
const source = newNodeId(random);
const target = newNodeId(random);
export const direct = (link: number): Path => ({ type: 'direct', link: link as LinkId });
export const RELAYED: Path = { type: 'relayed', nextHop: newNodeId(random) };
export const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

interface Options {
  readonly packetBytes?: number;
  readonly mayReuseFrames?: boolean;
}

/** A sender and what it gave away. */
export class Harness {
  readonly sender: WindowSender<number>;
  readonly frames: Uint8Array[] = [];
  readonly settled: [number, Failure['reason'] | 'ok'][] = [];
  isBlocked = false;

  constructor(options: Options = { packetBytes: 256 }) {
    this.sender = new WindowSender<number>(
      { source, target, stream: 2 as StreamId, session: 7, ...options },
      {
        transmit: (frame) => {
          if (!this.isBlocked) this.frames.push(frame);
          return !this.isBlocked;
        },
        settled: (ticket, failure) => this.settled.push([ticket, failure?.reason ?? 'ok']),
      },
    );
  }

  /** Messages that fill a packet of 256 bytes each, unless said otherwise. */
  enqueue(count: number, bodyBytes = 240, timeoutMs = 60_000, now = 0, isAwaited = true): Outgoing<number>[] {
    const message = prepareMessage({ kind: 'message', name: 'n', body: new Uint8Array(bodyBytes) });
    return upTo(count).map((i) => this.sender.enqueue(message, i, timeoutMs, now, isAwaited));
  }

  /** What leaves now: indices. */
  pump(now: number, path: Path | 'none' = direct(1)): number[] {
    this.frames.length = 0;
    this.sender.pump(now, path === 'none' ? undefined : path);
    return this.frames.map((frame) => {
      const header = parseFrameHeader(frame);
      return typeof header === 'string' ? -99 : header.index;
    });
  }

  acknowledge(
    lastInOrder: number,
    more: { held?: number; credit?: number; probe?: number; shed?: boolean } = {},
    now = 0,
  ) {
    const { held = 0, credit = 10, probe = 0, shed = false } = more;
    const ack = {
      lastInOrder,
      held,
      credit,
      probe,
      isShed: shed,
      refused: undefined,
      isLost: false,
      isFull: false,
    };
    return this.sender.acknowledge(encodeAcknowledgement(ack), now);
  }

  /** One whose window is open: packets 0 and 1 have arrived. */
  static opened(count: number): Harness {
    const harness = new Harness();
    harness.enqueue(count + 2);
    harness.pump(0);
    harness.acknowledge(1);
    return harness;
  }
}
