/**
 * The room beside the stage, as long as it is not there: a button. What stands behind it comes when somebody opens it here, or has said
 * something in it elsewhere; from then on it stays, in sight or not.
 */
import { type Signal, signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { RenderJob } from '../../render/job/index.ts';
import type { KeptRoom } from '../../services/rooms/index.ts';
import type { Session } from '../session.ts';
import type { Preview } from '../stage/preview.ts';

/** What lies over the scene, or over a picture. */
export interface MarksProps {
  readonly preview?: Preview | undefined;
  readonly job?: RenderJob | undefined;
}

export type ShownRoom = KeptRoom & { readonly stateHash: string };

export interface RoomDoor {
  readonly isOpen: Signal<boolean>;
  /** There is a reason to have it here. */
  readonly isAwake: Signal<boolean>;
  /** Lines of others that nobody has looked at here. */
  readonly unread: Signal<number>;
  readonly marks: Signal<ComponentType<MarksProps> | undefined>;
  /** The room itself, once it is here: for the debug panel. */
  readonly opened: Signal<ShownRoom | undefined>;
  toggle(): void;
}

/** Whoever has the room tells those who come, once there is something in it. */
export const ROOM_WORD = 'room';

export function createRoomDoor({ node, hasRoomLink }: Pick<Session, 'node' | 'hasRoomLink'>): RoomDoor {
  const isOpen = signal(hasRoomLink);
  const isAwake = signal(hasRoomLink);
  node.receive(ROOM_WORD, () => {
    isAwake.value = true;
  });
  return {
    isOpen,
    isAwake,
    unread: signal(0),
    marks: signal(undefined),
    opened: signal(undefined),
    toggle() {
      isAwake.value = true;
      isOpen.value = !isOpen.value;
    },
  };
}
