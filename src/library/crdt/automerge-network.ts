/**
 * Automerge's Repos over a room: each Node that has the room and a Repo is a peer of the others, told from it by its Node, so that nobody speaks as
 * another. What a reader of the room has changed is not taken from it, and who was removed is heard no more. What a path lost when it ended is
 * sent anew: a Node that comes back is a new peer to Automerge.
 */
import { decodeSyncMessage } from '@automerge/automerge/slim';
import { type Message, NetworkAdapter, type PeerId, type PeerMetadata } from '@automerge/automerge-repo';
import type { Member, Plain, Room } from '../../services/rooms/index.ts';

/** What of a room the network adapter needs. */
export type AdapterRoom = Pick<Room<Plain, Plain>, 'members' | 'events' | 'send'>;
type Node = Member['node'];

/** Who has the room and no Repo never answers: a keeper. */
const ANSWERS_MS = 1_000;

/** A network adapter for an Automerge Repo: all who have the room and a Repo are its peers. */
export class LeafcutterNetworkAdapter extends NetworkAdapter {
  readonly #room: AdapterRoom;
  readonly #peers = new Map<Node, PeerId>();
  readonly #asked = new Set<Node>();
  readonly #ready: Promise<void>;
  #offs: (() => void)[] = [];
  #isReady = false;
  #resolve: () => void = () => undefined;

  constructor(room: AdapterRoom) {
    super();
    this.#room = room;
    this.#ready = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  isReady(): boolean {
    return this.#isReady;
  }

  /** When all who are here have answered, so that a document is not taken for missing because they had not been asked. */
  whenReady(): Promise<void> {
    return this.#ready;
  }

  connect(peerId: PeerId, peerMetadata: PeerMetadata = {}): void {
    this.peerId = peerId;
    this.peerMetadata = peerMetadata;
    this.#stop();
    const timer = setTimeout(() => this.#setReady(), ANSWERS_MS);
    this.#offs = [
      () => clearTimeout(timer),
      this.#room.events.on('members', () => this.#look()),
      this.#room.events.on('closed', () => this.#loseAll()),
      this.#room.events.on('message', ({ from, message }) => this.#received(from, message)),
    ];
    this.#look();
  }

  send(message: Message): void {
    if (this.#offs.length === 0) return;
    for (const [node, peerId] of this.#peers) {
      if (peerId === message.targetId) this.#say(node, { message: plainOf(message) });
    }
  }

  disconnect(): void {
    if (this.#offs.length === 0) return;
    this.#stop();
    for (const node of this.#peers.keys()) this.#say(node, { bye: true });
    this.#loseAll();
  }

  #loseAll(): void {
    for (const node of [...this.#peers.keys()]) this.#lose(node);
    this.#asked.clear();
  }

  #stop(): void {
    for (const off of this.#offs.splice(0)) off();
  }

  /** Who has come is greeted, who is gone is no peer. */
  #look(): void {
    const here = new Set<Node>();
    for (const { node, isSelf, isHere } of this.#room.members) if (isHere && !isSelf) here.add(node);
    for (const node of [...this.#asked]) {
      if (here.has(node)) continue;
      this.#asked.delete(node);
      this.#lose(node);
    }
    for (const node of here) {
      if (this.#asked.has(node)) continue;
      this.#asked.add(node);
      this.#greet(node, false);
    }
    if (this.#peers.size === here.size) this.#setReady();
  }

  #greet(node: Node, isAnswer: boolean): void {
    const { storageId = null, isEphemeral = false } = this.peerMetadata ?? {};
    this.#say(node, { hello: this.peerId ?? '', storageId, isEphemeral, isAnswer });
  }

  #received(from: Node, said: Plain): void {
    if (!isRecord(said)) return;
    if (typeof said['hello'] === 'string') this.#met(from, said['hello'] as PeerId, said);
    else if (said['bye'] === true) this.#lose(from);
    else if (isRecord(said['message'])) this.#take(from, said['message'] as unknown as Message);
  }

  #met(from: Node, peerId: PeerId, { storageId, isEphemeral, isAnswer }: Record<string, Plain>): void {
    const before = this.#peers.get(from);
    if (before !== undefined && before !== peerId) this.#lose(from);
    if (isAnswer !== true) this.#greet(from, true);
    this.#asked.add(from);
    this.#peers.set(from, peerId);
    const peerMetadata = {
      ...(typeof storageId === 'string' && { storageId }),
      isEphemeral: isEphemeral === true,
    } as PeerMetadata;
    this.emit('peer-candidate', { peerId, peerMetadata });
    if (this.#peers.size === this.#asked.size) this.#setReady();
  }

  #take(from: Node, message: Message): void {
    // As it is known to us: it is passed on in nobody else's name, but for what is said to all through somebody.
    const peerId = this.#peers.get(from);
    if (peerId === undefined || (message.type !== 'ephemeral' && message.senderId !== peerId)) return;
    const member = this.#room.members.find(({ node }) => node === from);
    if (member?.grant === 'read' && hasChanges(message)) {
      this.#room.events.emit('refused', { from, reason: 'it has changed a document and may only read' });
      return;
    }
    this.emit('message', message);
  }

  #lose(node: Node): void {
    const peerId = this.#peers.get(node);
    if (peerId === undefined) return;
    this.#peers.delete(node);
    this.emit('peer-disconnected', { peerId });
  }

  #setReady(): void {
    this.#isReady = true;
    this.#resolve();
  }

  #say(node: Node, what: Plain): void {
    // Whom it does not reach is gone, or soon met again.
    this.#room.send(node, what).catch(() => this.#lose(node));
  }
}

function hasChanges({ type, data }: Message): boolean {
  if ((type !== 'sync' && type !== 'request') || !data) return false;
  try {
    return decodeSyncMessage(data).changes.length > 0;
  } catch {
    return true; // nothing that Automerge could read
  }
}

/** What is undefined is not there. */
function plainOf(message: object): Plain {
  const entries = Object.entries(message).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      isRecord(value) && !(value instanceof Uint8Array) ? plainOf(value) : value,
    ]),
  ) as Plain;
}

function isRecord(value: unknown): value is Record<string, Plain> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
