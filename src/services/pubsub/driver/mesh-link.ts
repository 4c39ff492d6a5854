/** A Broker's words to other Nodes, on a stream of the mesh, and theirs to it. */

import type { Member, MeshNode, MeshStream } from '../../../mesh/index.ts';
import { concatBytes, log, messageOf } from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import type { BrokerEvent } from '../broker-events.ts';
import { type BrokerMessage, decodeMessage, encodeMessage } from '../interest-messages.ts';
import { decodePublications, encodePublication, MAX_TOGETHER_BYTES } from '../publication-codec.ts';
import type { Outgoing } from '../publishing.ts';
import type { Place } from '../sending-order.ts';
import { Assembly, type Piece, piecesOf } from './pieces.ts';

export const PUBSUB = 'pubsub';
const MESSAGE_TYPES: readonly BrokerMessage['type'][] = [
  'delta',
  'table',
  'hello',
  'seen',
  'bye',
  'result',
  'gap',
];
const PIECES: readonly Piece['name'][] = ['whole', 'first', 'more'];
/** Of publications on their way out, over all clients: twice what the mesh has on its way of one source. */
const ROOM_BYTES = 4 * 1024 * 1024;
/**
 * Publications that leave before one of them has arrived: a tenth of a second of a page's time. A loop over many small ones that awaits room lets
 * the page go on then, and its Node hear the others.
 */
const MAX_BURST = 5_000;
const NEVER_SENT = 'nothing';
const FAR = Number.MAX_SAFE_INTEGER;

export interface MeshLinkPort {
  /** Takes what happens. */
  handle(event: BrokerEvent): void;
  /** Less is on its way out than before. */
  roomier(): void;
  /** The Node has left the network. */
  closed(): void;
}

/** Publications that leave in one turn for the same Nodes, the same way: one message of the mesh. */
interface Departure {
  readonly way: Place['way'];
  readonly targets: readonly NodeId[];
  readonly publications: { readonly outgoing: Outgoing; readonly place: Place }[];
  readonly parts: Uint8Array[];
  bytes: number;
}

export class MeshLink {
  readonly #node: MeshNode;
  readonly #stream: MeshStream;
  readonly #port: MeshLinkPort;
  readonly #assembly: Assembly;
  readonly #off: readonly (() => void)[];
  /** Of the members, as of `#seen`. */
  #hops = new Map<NodeId, number>();
  #seen: readonly Member[] | undefined;
  #leavingBytes = 0;
  #burst = 0;
  #departure: Departure | undefined;
  /** What became of the publications of others, on its way to them. */
  #leavingResults = 0;
  /** Publications that have reached the one Node that they were for, since the last turn: one acknowledgement settles hundreds. */
  readonly #delivered = new Map<NodeId, number>();
  #isTurnAwaited = false;

  constructor(node: MeshNode, port: MeshLinkPort) {
    const handle = (event: BrokerEvent): void => port.handle(event);
    this.#node = node;
    this.#port = port;
    this.#stream = node.stream(PUBSUB);
    // As if the mesh had not brought it: whoever may have wanted it is told.
    this.#assembly = new Assembly((from) => handle({ type: 'missed', node: from, frames: 1 }));
    this.#off = [
      ...MESSAGE_TYPES.map((type) =>
        this.#stream.receive(type, ({ from, body }) => {
          const message = decodeMessage(type, body);
          handle(message ? { type: 'heard', from, message } : { type: 'malformed' });
        }),
      ),
      ...PIECES.map((name) =>
        this.#stream.receive(name, ({ from, body }) => this.#received(from, { name, bytes: body })),
      ),
      node.events.on('joined', ({ id }) => handle({ type: 'joined', node: id })),
      node.events.on('left', ({ id }) => {
        this.#assembly.forget(id);
        handle({ type: 'left', node: id });
      }),
      node.events.on('missed', ({ source, frames }) => {
        this.#assembly.forget(source);
        handle({ type: 'missed', node: source, frames });
      }),
    ];
  }

  /** Whether a publisher that can wait should. */
  get isFull(): boolean {
    return this.#leavingBytes > ROOM_BYTES || this.#burst >= MAX_BURST;
  }

  /** Whether what became of the publications of others is on its way to them. */
  get isTelling(): boolean {
    return this.#leavingResults > 0;
  }

  /** Those who are here already. */
  begin(): void {
    void this.#untilClosed();
    for (const { id, isSelf } of this.#node.members())
      if (!isSelf) this.#port.handle({ type: 'joined', node: id });
  }

  hops(node: NodeId): number {
    this.#look();
    return this.#hops.get(node) ?? FAR;
  }

  send(to: NodeId, message: BrokerMessage): void {
    this.#depart();
    const isResult = message.type === 'result';
    if (isResult) this.#leavingResults++;
    // Everyone who is told of a change says `seen`, and waits for nothing after it.
    const options = { isAwaited: message.type !== 'seen' };
    this.#stream.send(to, message.type, encodeMessage(message), options).then(
      () => {
        if (isResult) this.#told();
        // Of the rest nobody wants to know.
        if (message.type === 'hello' || message.type === 'table')
          this.#port.handle({ type: 'sent', to, message, hasArrived: true });
      },
      () => {
        this.#port.handle({ type: 'sent', to, message, hasArrived: false });
        if (isResult) this.#told();
      },
    );
  }

  #told(): void {
    if (--this.#leavingResults === 0) this.#port.roomier();
  }

  broadcast(message: BrokerMessage): void {
    this.#depart();
    this.#stream.broadcast(message.type, encodeMessage(message)).catch((error: unknown) => {
      // The Node closed, or nothing has left it for a minute: others ask when they miss it.
      log('debug', `interest was not told: ${messageOf(error)}`);
    });
  }

  /** At the end of the turn, or before whatever else leaves. */
  publish(outgoing: Outgoing, place: Place): void {
    const bytes = encodePublication(outgoing, place);
    const departure = this.#departureFor(outgoing.targets, place.way, bytes.length);
    departure.publications.push({ outgoing, place });
    departure.parts.push(bytes);
    departure.bytes += bytes.length;
    this.#leavingBytes += bytes.length;
    this.#burst++;
  }

  #departureFor(targets: readonly NodeId[], way: Place['way'], bytes: number): Departure {
    const gathering = this.#departure;
    const hasRoom = gathering && gathering.bytes + bytes <= MAX_TOGETHER_BYTES;
    if (hasRoom && gathering.way === way && areSame(gathering.targets, targets)) return gathering;
    this.#depart();
    const departure = { way, targets, publications: [], parts: [], bytes: 0 };
    this.#departure = departure;
    queueMicrotask(() => {
      if (this.#departure === departure) this.#depart();
    });
    return departure;
  }

  #depart(): void {
    const departure = this.#departure;
    if (!departure) return;
    this.#departure = undefined;
    const { way, publications, bytes } = departure;
    this.#look();
    // Who has just left would make the mesh refuse it for all; that it left we hear by itself.
    const targets = departure.targets.filter((target) => this.#hops.has(target));
    this.#leave(targets, departure).then(
      () => this.#over(bytes, way === 'line' ? targets[0] : undefined, publications.length),
      () => {
        this.#over(bytes, undefined, 0);
        for (const { outgoing, place } of publications)
          this.#port.handle({ type: 'unsent', outgoing, place });
      },
    );
  }

  async #leave(targets: readonly NodeId[], { way, parts }: Departure): Promise<void> {
    const [target] = targets;
    const [first] = parts;
    if (target === undefined || !first) return;
    const bytes = parts.length === 1 ? first : concatBytes(...parts);
    if (way === 'line') await this.#stream.send(target, 'whole', bytes);
    else
      await Promise.all(piecesOf(bytes).map((piece) => this.#stream.send(targets, piece.name, piece.bytes)));
  }

  #over(bytes: number, deliveredTo: NodeId | undefined, count: number): void {
    this.#leavingBytes -= bytes;
    this.#burst = 0;
    if (deliveredTo !== undefined)
      this.#delivered.set(deliveredTo, count + (this.#delivered.get(deliveredTo) ?? 0));
    if (this.#isTurnAwaited) return;
    this.#isTurnAwaited = true;
    queueMicrotask(() => {
      this.#isTurnAwaited = false;
      for (const [to, count] of this.#delivered) this.#port.handle({ type: 'delivered', to, count });
      this.#delivered.clear();
      this.#port.roomier();
    });
  }

  close(): void {
    this.#depart();
    for (const off of this.#off) off();
    this.#stream.close();
  }

  /** A Node that closes tells nobody, but for loops over messages: they end. */
  async #untilClosed(): Promise<void> {
    for await (const { body } of this.#stream.messages(NEVER_SENT)) {
      log('debug', `${body.length} bytes came under a name that nobody uses`);
    }
    if (this.#node.isClosed) this.#port.closed();
  }

  #received(from: NodeId, piece: Piece): void {
    const bytes = this.#assembly.take(from, piece);
    if (bytes === undefined) return;
    const all = bytes === 'malformed' ? [undefined] : decodePublications(bytes, from, this.#node.id);
    // Each for itself: what a client takes makes room for the next.
    for (const incoming of all)
      this.#port.handle(incoming ? { type: 'published', incoming } : { type: 'malformed' });
  }

  #look(): void {
    const members = this.#node.members();
    if (members === this.#seen) return;
    this.#seen = members;
    this.#hops = new Map(members.map(({ id, hops }) => [id, hops ?? FAR]));
  }
}

function areSame(a: readonly NodeId[], b: readonly NodeId[]): boolean {
  return a === b || (a.length === b.length && a.every((node, i) => node === b[i]));
}
