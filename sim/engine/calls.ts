/**
 * What a Node's transport does for a new channel, with WebRTC left out: an offer goes to the peer, an answer comes back the
 * way the offer went (through the mesh in signal frames, or by the rendezvous), then the two find a path between them, which
 * takes some round trips and fails where the network is cut. An offer that nobody answers is given up. Each step costs work
 * (machine.ts). Of two calls that cross, that of the smaller id is made, as a page's transport has it.
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
/** Where an offer takes longer, that, and the time for an answer, are so many times as long. */
const USUAL_OFFER_MS = 1_000;
/** Of a connection's work: an offer, its answer, and what is left when both are known. */
const OFFER_SHARE = 1 / 4;
const ANSWER_SHARE = 1 / 4;
const PATH_SHARE = 1 / 2;

interface Call {
  readonly connection: string;
  readonly way: SignalWay;
  isAnswered: boolean;
  /** The other end calls, too, and its call is the one that is made. */
  isTheirs: boolean;
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
    const { now, medium, machine } = this.#around;
    const connection = `${this.#self.index}-${++this.#made}`;
    const call: Call = { connection, way, isAnswered: false, isTheirs: false };
    this.#calls.set(peer, call);
    machine.begin();
    machine.after(OFFER_SHARE, now, (at) => {
      const slowness = Math.max(1, (at - now) / USUAL_OFFER_MS);
      if (this.#calls.get(peer) !== call || !this.#self.isAlive) return;
      this.#giveUp(peer, call, slowness * CONNECT_TIMEOUT_MS, () => true);
      if (call.isTheirs) return;
      const answerMs = slowness * medium.conditions.connectTimeoutMs;
      this.#giveUp(peer, call, answerMs, () => !call.isAnswered && !call.isTheirs);
      this.#say(peer, { kind: 'offer', connection, text: String(this.#self.index) }, way);
      this.#self.receive({ type: 'offered', peer }, undefined);
    });
  }

  /** A signal has come this way, and we run. */
  heard(from: NodeId, { kind, connection, text }: Signal, way: SignalWay): void {
    const { queue, medium, machine, now } = this.#around;
    const call = this.#calls.get(from);
    if (kind === 'offer') {
      if (call?.way === way && !call.isAnswered) {
        if (this.#self.id < from) return;
        call.isTheirs = true;
      }
      machine.begin();
      machine.after(ANSWER_SHARE, now, () => {
        if (this.#self.isAlive)
          this.#say(from, { kind: 'answer', connection, text: String(this.#self.index) }, way);
      });
      return;
    }
    if (kind !== 'answer' || call?.connection !== connection || call.isAnswered || call.isTheirs) return;
    call.isAnswered = true;
    const callee = this.#around.stationAt(Number(text));
    if (callee === undefined) return;
    const look = (at: number): void => {
      if (this.#calls.get(from) !== call || !callee.isAlive || !this.#self.isAlive) return;
      if (medium.isCut(callee, this.#self) || medium.isCut(this.#self, callee)) return; // given up in time
      if (callee.isRunning && this.#self.isRunning) medium.open(this.#self, callee, at);
      else queue.pushTask(at + LOOK_AGAIN_MS, { run: look });
    };
    const pathMs = ROUND_TRIPS * 2 * medium.delay(this.#self, callee);
    machine.after(PATH_SHARE, now, (at) => queue.pushTask(at + pathMs, { run: look }));
  }

  /** A channel to this peer is open, whoever called. */
  opened(peer: NodeId, isInitiator: boolean): void {
    if (isInitiator || this.#calls.get(peer)?.isTheirs) this.#calls.delete(peer);
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
