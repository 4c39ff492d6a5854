/** What the protocol of streams is told and what it answers (unicast.ts): every message from one Node to one other. */
import type { NodeId } from '../../wire/index.ts';
import type { SessionSnapshot, StreamSnapshot } from '../contract.ts';
import type { Sessions } from '../identity/session.ts';
import type { MemoryBudget } from '../memory/budget.ts';
import type { Protocol, Wake } from '../protocol.ts';
import type {
  AnswerEvent,
  Answered,
  CutOff,
  Deliver,
  Drop,
  FrameArrived,
  GraphChanged,
  LinkDown,
  LinkUp,
  Log,
  Path,
  Paths,
  PeerLife,
  RequestEvent,
  SendEvent,
  Settled,
  Taken,
  Token,
} from '../vocabulary.ts';

/** FrameArrived: `msg` whose target is this Node. Its source is `via`, or it is sealed (the seal is checked here). */
export type UnicastEvent =
  | Wake
  | FrameArrived
  | LinkUp
  | LinkDown
  | GraphChanged
  | PeerLife
  /** No member any more: what is pending to it fails; what came from it stays the application's; its sessions rest. */
  | { readonly type: 'peer-left'; readonly peer: NodeId; readonly reason: string }
  | SendEvent
  | RequestEvent
  | AnswerEvent
  | { readonly type: 'cancel'; readonly token: Token }
  | Taken
  /** This Node closes: everything pending fails with `closed`. */
  | { readonly type: 'close' };

export type UnicastEffect =
  /**
   * A whole frame of ours towards its target, sealed already where `path` is relayed. Unicast keeps the buffer: copy before
   * changing it, and do not read it once it has left (`mayReuseFrames`).
   */
  | {
      readonly type: 'transmit';
      readonly target: NodeId;
      readonly path: Path;
      readonly frame: Uint8Array;
    }
  | Deliver
  | Settled
  | Answered
  | Drop
  | CutOff
  | Log;

export interface UnicastOptions {
  readonly self: NodeId;
  readonly sessions: Sessions;
  readonly paths: Paths;
  readonly budget: MemoryBudget;
  /** Any u32: request ids of an earlier life should not come again soon. */
  readonly firstRequestId: number;
  /** The transport copies frames as they leave, so that their buffers may be used again. Default false. */
  readonly mayReuseFrames?: boolean;
  /** Whether this Node is in reach now: others make room first. */
  isPresent(id: NodeId): boolean;
}

/** Implemented by `Unicast` in unicast.ts: `new Unicast(options)`. */
export interface UnicastProtocol extends Protocol<UnicastEvent, UnicastEffect> {
  /** `name` is filled in by others. */
  snapshot(): Omit<StreamSnapshot, 'name'>[];
  sessionSnapshot(): SessionSnapshot[];
}
