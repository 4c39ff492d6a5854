/**
 * Somebody has to make checkpoints, or a room fills up and newcomers get its whole history. In the Network's room everyone may: the role is
 * taken when much is open and whoever has it is not here, by the first of those who are, so that mostly one tab does.
 */
import type { RoomFinality } from '../../services/rooms/index.ts';
import type { NodeId } from '../../wire/index.ts';

/** Fewer are given to a newcomer in one message. */
const MANY_UPDATES = 512;

export interface RoleFacts {
  readonly self: NodeId;
  /** Those here that have the room, ourselves included. */
  readonly members: readonly NodeId[];
  readonly finality: RoomFinality;
  /** Updates that no checkpoint has closed. */
  readonly open: number;
}

export function takesRole({ self, members, finality, open }: RoleFacts): boolean {
  if (open < MANY_UPDATES) return false;
  if (finality.type === 'final' && members.includes(finality.next)) return false;
  return members.every((node) => self <= node);
}
