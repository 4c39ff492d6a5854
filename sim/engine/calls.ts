/**
 * What a Node's transport does for a new channel, with WebRTC left out: an offer goes to the peer, an answer comes back the
 * way the offer went (through the mesh in signal frames, or by the rendezvous), then the two find a path between them, which
 * takes some round trips and fails where the network is cut. An offer that nobody answers is given up.
 */
import type { SignalWay } from '../../src/transport/contract.ts';
import type { NodeId, Signal } from '../../src/wire/index.ts';
import type { Carrier, Surroundings } from './surroundings.ts';

/** Checks that connect the two ends: ICE and DTLS over the pair's own path. */
const ROUND_TRIPS = 2;
/** One end or the other stands still while the path is looked for: looked at again after this. */
const LOOK_AGAIN_MS = 100;
/** From the offer to the open channel, whatever happens: as the transport of a page has it. */
const CONNECT_TIMEOUT_MS = 15_000;

interface Call {
  readonly connection: string;
  readonly way: SignalWay;
  readonly untilMs: number;
  isAnswered: boolean;
}

export class Calls {
  readonly #self: Carrier;
  readonly #around: Surroundings;
  readonly #calls = new Map<NodeId, Call>();
  #made = 0;

  constructor(self: Carrier, around: Surroundings) {
    this.#self = self;
    this.#around = around;
  }

  /** As the transport has it: nothing happens while a call to this peer is under way. */
  call(peer: NodeId, way: SignalWay): void {
    if (this.#calls.has(peer)) return;
    const { now, medium } = this.#around;
    const connection = `${this.#self.index}-${++this.#made}`;
    const call: Call = { connection, way, untilMs: now + CONNECT_TIMEOUT_MS, isAnswered: false };
    this.#calls.set(peer, call);
    this.#giveUp(peer, call, medium.conditions.connectTimeoutMs, () => !call.isAnswered);
    this.#giveUp(peer, call, CONNECT_TIMEOUT_MS, () => true);
    this.#say(peer, { kind: 'offer', connection, text: String(this.#self.index) }, way);
  }

  /** A signal has come this way, and we run. */
  heard(from: NodeId, { kind, connection, text }: Signal, way: SignalWay): void {
    if (kind === 'offer') {
      this.#say(from, { kind: 'answer', connection, text: String(this.#self.index) }, way);
      return;
    }
    const call = this.#calls.get(from);
    if (kind !== 'answer' || call?.connection !== connection || call.isAnswered) return;
    call.isAnswered = true;
    const callee = this.#around.stationAt(Number(text));
    if (callee === undefined) return;
    const { queue, medium, now } = this.#around;
    const look = (at: number): void => {
      if (this.#calls.get(from) !== call || !callee.isAlive || !this.#self.isAlive) return;
      if (medium.isCut(callee, this.#self) || medium.isCut(this.#self, callee)) return; // given up in time
      if (callee.isRunning && this.#self.isRunning) medium.open(this.#self, callee, at);
      else queue.pushTask(at + LOOK_AGAIN_MS, { run: look });
    };
    queue.pushTask(now + ROUND_TRIPS * 2 * medium.delay(this.#self, callee), { run: look });
  }

  /** A channel to this peer is open, whoever called. */
  opened(peer: NodeId, isInitiator: boolean): void {
    if (isInitiator) this.#calls.delete(peer);
  }

  failed(peer: NodeId, reason: string): void {
    if (!this.#calls.delete(peer)) return;
    this.#self.receive({ type: 'connect-failed', peer, reason }, undefined);
  }

  #giveUp(peer: NodeId, call: Call, afterMs: number, isDue: () => boolean): void {
    this.#around.queue.pushTask(this.#around.now + afterMs, {
      run: () => {
        if (this.#calls.get(peer) === call && isDue()) this.failed(peer, 'no answer');
      },
    });
  }

  #say(to: NodeId, signal: Signal, way: SignalWay): void {
    if (way === 'mesh') this.#self.receive({ type: 'signal', to, signal }, undefined);
    else this.#around.carry(this.#self, to, signal);
  }
}
