/**
 * Test support: a protocol with MeshState's face that is no mesh. It calls everyone it hears of, counts whoever it has a
 * channel to as a member, and says everything over that channel; it believes all it is told. With it the simulator itself
 * is tested. Flaws on request show that the checks see them.
 */
import type { Member, MeshSnapshot } from '../../src/mesh/contract.ts';
import { NEVER } from '../../src/mesh/protocol.ts';
import type { ChannelId, MeshEffect, MeshEvent, StreamId, Token } from '../../src/mesh/vocabulary.ts';
import { decodeMessage, encodeMessage, type MeshMessage } from '../../src/mesh/window/message.ts';
import { concatBytes } from '../../src/runtime/index.ts';
import type { NodeId } from '../../src/wire/index.ts';
import type { MeshMaker } from './mesh-maker.ts';
import type { Birth, SimulatedMesh } from './surroundings.ts';

export type ToyFlaw = 'doubles' | 'loses' | 'settles-twice' | 'throws' | 'restless' | 'damages';

const WORD = { unicast: 0, broadcast: 1, acknowledgement: 2 } as const;
const HEAD_BYTES = 7;
const BEAT_MS = 500;

export function toyMaker(flaw?: ToyFlaw): MeshMaker {
  return () => (birth, _budget, now) => new ToyMesh(birth, now, flaw);
}

class ToyMesh implements SimulatedMesh {
  nextWakeAt: number;
  readonly #self: NodeId;
  readonly #flaw: ToyFlaw | undefined;
  readonly #channels = new Map<ChannelId, NodeId>();
  readonly #byPeer = new Map<NodeId, ChannelId>();
  readonly #questions = new Map<number, Token>();
  readonly #pending = new Set<Token>();
  #said = 0;

  constructor({ own }: Birth, now: number, flaw: ToyFlaw | undefined) {
    this.#self = own.id;
    this.#flaw = flaw;
    this.nextWakeAt = now + BEAT_MS;
  }

  handle(event: MeshEvent, now: number): readonly MeshEffect[] {
    const effects: MeshEffect[] = [];
    switch (event.type) {
      case 'wake':
        if (now < this.nextWakeAt || this.#flaw === 'restless') break;
        this.nextWakeAt = now + BEAT_MS;
        for (const channel of this.#channels.keys()) {
          effects.push({ type: 'channel-datagram', channel, bytes: new Uint8Array(17).fill(1) });
        }
        break;
      case 'candidates':
        for (const peer of event.ids) {
          if (peer > this.#self && !this.#byPeer.has(peer))
            effects.push({ type: 'connect', peer, way: 'rendezvous' });
        }
        break;
      case 'channel-opened':
        this.#channels.set(event.channel, event.peer);
        this.#byPeer.set(event.peer, event.channel);
        effects.push({ type: 'joined', member: memberOf(event.peer, now) });
        break;
      case 'channel-closed':
        this.#closed(event.channel, effects);
        break;
      case 'channel-message':
        this.#heard(event.channel, event.bytes, effects);
        break;
      case 'send':
        this.#pending.add(event.token);
        this.#say(event.target, WORD.unicast, event.stream, event.token, event.message, effects);
        break;
      case 'request': {
        this.#pending.add(event.token);
        this.#questions.set(event.token, event.token);
        const { name, body } = event;
        const question: MeshMessage = { kind: 'request', name, requestId: event.token, body };
        this.#say(event.target, WORD.broadcast, event.stream, 0, question, effects);
        break;
      }
      case 'answer': {
        const { requestId } = event;
        const body = 'body' in event.answer ? event.answer.body : new Uint8Array();
        this.#say(event.to, WORD.unicast, event.stream, 0, { kind: 'response', requestId, body }, effects);
        break;
      }
      case 'broadcast':
        for (const peer of event.targets ?? this.#byPeer.keys()) {
          this.#say(peer, WORD.broadcast, event.stream, 0, event.message, effects);
        }
        effects.push({ type: 'settled', tokens: [event.token], failure: undefined });
        break;
      case 'leave':
        for (const channel of this.#channels.keys())
          effects.push({ type: 'channel-close', channel, reason: 'left' });
        effects.push({ type: 'settled', tokens: [...this.#pending], failure: { reason: 'closed' } });
        this.nextWakeAt = NEVER;
        break;
      default:
    }
    return effects;
  }

  get linkedPeers(): Iterable<NodeId> {
    return this.#byPeer.keys();
  }

  snapshot(): MeshSnapshot {
    return { streams: [] } as unknown as MeshSnapshot; // all that the checks read
  }

  #closed(channel: ChannelId, effects: MeshEffect[]): void {
    const peer = this.#channels.get(channel);
    this.#channels.delete(channel);
    if (peer === undefined || this.#byPeer.get(peer) !== channel) return;
    this.#byPeer.delete(peer);
    effects.push({ type: 'left', id: peer, reason: 'its channel closed' });
  }

  #say(
    to: NodeId,
    word: number,
    stream: StreamId,
    token: number,
    message: MeshMessage,
    effects: MeshEffect[],
  ): void {
    const channel = this.#byPeer.get(to);
    const head = Uint8Array.of(word, stream >> 8, stream, token >>> 24, token >>> 16, token >>> 8, token);
    if (channel === undefined) {
      if (this.#pending.delete(token as Token)) {
        effects.push({ type: 'settled', tokens: [token as Token], failure: { reason: 'unreachable' } });
      }
    } else effects.push({ type: 'channel-send', channel, bytes: concatBytes(head, encodeMessage(message)) });
  }

  #heard(channel: ChannelId, bytes: Uint8Array, effects: MeshEffect[]): void {
    const from = this.#channels.get(channel);
    if (from === undefined || bytes.length < HEAD_BYTES) return;
    const [word = 0, high = 0, low = 0] = bytes;
    const token = new DataView(bytes.buffer, bytes.byteOffset).getUint32(3) as Token;
    if (word === WORD.acknowledgement) {
      this.#pending.delete(token);
      effects.push({ type: 'settled', tokens: [token], failure: undefined });
      if (this.#flaw === 'settles-twice')
        effects.push({ type: 'settled', tokens: [token], failure: undefined });
      return;
    }
    if (this.#flaw === 'damages') bytes[bytes.length - 1] = 0xff ^ (bytes[bytes.length - 1] ?? 0);
    const message = decodeMessage(bytes, HEAD_BYTES);
    if (message === undefined) return;
    if (this.#flaw === 'throws' && ++this.#said > 5) throw new Error('on purpose');
    if (message.kind === 'response') {
      const asked = this.#questions.get(message.requestId);
      this.#questions.delete(message.requestId);
      if (asked === undefined) return;
      this.#pending.delete(asked);
      effects.push({ type: 'answered', token: asked, body: message.body });
      return;
    }
    const stream = ((high << 8) | low) as StreamId;
    const isLost = this.#flaw === 'loses' && ++this.#said % 5 === 0;
    const messages = this.#flaw === 'doubles' && ++this.#said % 5 === 0 ? [message, message] : [message];
    const isBroadcast = word === WORD.broadcast && message.kind === 'message';
    const costs = messages.map(() => bytes.length);
    if (!isLost) effects.push({ type: 'deliver', from, stream, isBroadcast, messages, costs });
    if (word === WORD.unicast) {
      const bytes = Uint8Array.of(WORD.acknowledgement, 0, 0, token >>> 24, token >>> 16, token >>> 8, token);
      effects.push({ type: 'channel-send', channel, bytes });
    }
  }
}

function memberOf(id: NodeId, now: number): Member {
  return {
    id,
    attributes: {},
    isSelf: false,
    isNeighbour: true,
    hops: 1,
    rttMs: undefined,
    health: 'healthy',
    sinceMs: now,
  };
}
