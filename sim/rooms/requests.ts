/** What rooms ask each other for: over a bulk stream, and as a mesh's requests go, which wait while something of an answer comes. */
import type { Cryptography } from '../../src/mesh/index.ts';
import { toHex } from '../../src/runtime/index.ts';
import type { PieceQuestion } from '../../src/services/rooms/fetching.ts';
import type { RoomEffect, RoomEvent } from '../../src/services/rooms/room-events.ts';
import type { NodeId } from '../../src/wire/index.ts';
import type { SimRoom } from './sim-room.ts';

/** As in `ask-for-piece.ts`. */
const TIMEOUT_MS = 15_000;
const LONGEST_MS = 120_000;
const QUESTION_BYTES = 100;

/** The network that they go over. */
export interface RequestNet {
  readonly cryptography: Pick<Cryptography, 'sha256'>;
  readonly liars: ReadonlyMap<NodeId, () => readonly Uint8Array[]>;
  send(from: SimRoom, to: NodeId, bytes: number, arrive: (room: SimRoom) => void, isBulk?: boolean): void;
  /** Something of what is bulk is on its way to that one. */
  isComing(from: NodeId, to: NodeId): boolean;
  handle(room: SimRoom, event: RoomEvent): void;
  deliver(room: SimRoom, run: () => void): void;
  now(): number;
  after(delayMs: number, run: () => void): unknown;
}

type Asked = Extract<RoomEffect, { type: 'ask' | 'askPiece' | 'askTurns' }>;

export function ask(net: RequestNet, room: SimRoom, asked: Asked): void {
  switch (asked.type) {
    case 'ask':
      askForMore(net, room, asked);
      return;
    case 'askPiece':
      askForPiece(net, room, asked.question);
      return;
    case 'askTurns':
      net.send(room, asked.to, QUESTION_BYTES, (giver) => {
        const rotations = giver.state.rotationsAfter(asked.after);
        const arrive = (at: SimRoom): void => net.handle(at, { type: 'turns', from: giver.id, rotations });
        net.send(giver, room.id, 1_000, arrive);
      });
  }
}

function askForMore(net: RequestNet, room: SimRoom, { to, known }: Extract<Asked, { type: 'ask' }>): void {
  const answered = once(net, room, to, { type: 'answered', from: to, answer: undefined });
  const give = (giver: SimRoom): void => {
    if (!giver.state.peers.includes(room.id)) return;
    const lie = net.liars.get(giver.id);
    const answer = lie ? { items: lie(), left: 3, isSnapshot: false } : giver.state.giving.answerTo(known);
    const bytes = answer.items.reduce((sum, update) => sum + update.length, 0);
    net.send(giver, room.id, bytes, (at) => answered(at, { type: 'answered', from: to, answer }), true);
  };
  net.send(room, to, 32 * known.hashes.length, give, true);
}

function askForPiece(net: RequestNet, room: SimRoom, question: PieceQuestion): void {
  const answered = once(net, room, question.to, { type: 'piece', question, piece: undefined });
  const give = (giver: SimRoom): void => {
    if (!giver.state.peers.includes(room.id)) return;
    const given = giver.state.giving.snapshotPiece(question.checkpoint, question.index);
    const bytes = net.liars.has(giver.id) ? new Uint8Array(10) : (given ?? new Uint8Array());
    const piece = { bytes, hash: toHex(net.cryptography.sha256(bytes)) };
    net.send(giver, room.id, bytes.length, (at) => answered(at, { type: 'piece', question, piece }), true);
  };
  net.send(room, question.to, QUESTION_BYTES, give, true);
}

/** What is answered counts once; when nothing comes any more, `nothing` is the answer. */
function once(
  net: RequestNet,
  room: SimRoom,
  giver: NodeId,
  nothing: RoomEvent,
): (at: SimRoom, event: RoomEvent) => void {
  const untilMs = net.now() + LONGEST_MS;
  let isAnswered = false;
  const answered = (at: SimRoom, event: RoomEvent): void => {
    if (isAnswered) return;
    isAnswered = true;
    net.handle(at, event);
  };
  const giveUp = (): void => {
    if (net.now() < untilMs && net.isComing(giver, room.id)) net.after(TIMEOUT_MS, giveUp);
    else net.deliver(room, () => answered(room, nothing));
  };
  net.after(TIMEOUT_MS, giveUp);
  return answered;
}
