/** Why a room does not do what it was asked to. */
import { LeafcutterError } from '../../runtime/index.ts';
import type { RoomId } from './identifiers.ts';

/** The text is no room link, or its key is not one of that room. It is never repeated: it may be nearly right. */
export class RoomLinkError extends LeafcutterError {
  constructor(problem: string) {
    super('bad-room-link', `${problem}; ask for the whole link`);
  }
}

/** A Node has a room open once. */
export class RoomOpenError extends LeafcutterError {
  constructor() {
    super('room-open', 'this room is open here already: use it, or close it first');
  }
}

/** Of a link that nobody here answers to: which of the two it is, nobody can know. */
export const NOBODY_HAS_IT = 'nobody here has this room, or the key of its link is not theirs';

/** In the time that `open` was given, nobody who has the room was met. */
export class RoomUnavailableError extends LeafcutterError {
  constructor(id: RoomId, afterMs: number) {
    super(
      'room-unavailable',
      `nobody with the room ${id.slice(0, 8)} was met within ${afterMs / 1000} s: open it again when somebody who has it is here, or ask for the whole link, if its key is not theirs`,
    );
  }
}

/** This Node's reducer is not the room's. Nothing was changed. */
export class RoomReducerError extends LeafcutterError {
  constructor(needed: string, given: string) {
    super(
      'room-reducer',
      `this room needs ${needed}, and this device has ${given}: reload the page, or update the program`,
    );
  }
}

/** The link that it was opened with only reads. */
export class RoomReadOnlyError extends LeafcutterError {
  constructor() {
    super('room-read-only', 'this link lets you read the room and not write: ask for a link that does');
  }
}

/** The link that it was opened with does not administer. */
export class RoomNotAdminError extends LeafcutterError {
  constructor() {
    super('room-not-admin', 'this link does not let you administer the room: ask for a link that does');
  }
}

/** Nobody who could be removed. */
export class RoomMemberError extends LeafcutterError {
  constructor(problem: string) {
    super('room-member', `${problem}: take one of room.members`);
  }
}

/** An administrator has taken this device out, or changed the keys when it was not known yet. */
export class RoomRemovedError extends LeafcutterError {
  constructor(reason: string) {
    super('room-removed', reason);
  }
}

/** The link is from before somebody was removed, and this device is no member. */
export class RoomLinkOutdatedError extends LeafcutterError {
  constructor() {
    super(
      'room-link-outdated',
      'this link is from before somebody was removed from the room, and opens it no more: ask for a new one',
    );
  }
}

/** The room was begun by another version of Leafcutter. What this device keeps of it stays as it is. */
export class RoomVersionError extends LeafcutterError {
  constructor() {
    super(
      'room-version',
      'this room was begun with another version of Leafcutter, which is not read here: open it with that version, and begin a new room with what is in it',
    );
  }
}

/** There is nothing to undo or redo, or it is final. */
export class RoomUndoError extends LeafcutterError {
  constructor(problem: string) {
    super('room-undo', problem);
  }
}

/** What is too large for a room, and what one can do about it. */
const TOO_LARGE = {
  update: ['the update', 'write it in parts, or share it as a Blob and write its hash'],
  state: ['the state after this update', 'write an update that takes something out of the room first'],
  initial: ['the initial state', 'begin with less of it, or with a larger `maxBytes`'],
  word: ['what is said', 'say it in parts, or share it as a Blob and say its hash'],
  shown: ['all that you show in latest channels', 'set a key that is not needed any more to undefined first'],
  change: ['the change', 'make it in parts, or take something out of the document first'],
} as const;

/** The update, or the state that it would make, is larger than the room may be. It has not left this Node. */
export class RoomTooLargeError extends LeafcutterError {
  constructor(what: keyof typeof TOO_LARGE, bytes: number, limitBytes: number) {
    const [name, remedy] = TOO_LARGE[what];
    super(
      'room-too-large',
      `${name} would be ${bytes} bytes, and at most ${limitBytes} are allowed: ${remedy}`,
    );
  }
}

/** A Node shows as much as it may in latest channels. */
export class RoomKeysError extends LeafcutterError {
  constructor(limit: number) {
    super(
      'room-keys',
      `a device shows at most ${limit} keys in latest channels: set one that is not needed any more to undefined first`,
    );
  }
}

/**
 * What others wrote at the same time sorts before this update, and after that it does nothing, for all alike. `cause` says why. It has left
 * this Node, and is in the room's history.
 */
export class RoomOvertakenError extends LeafcutterError {
  constructor(cause: Error) {
    super(
      'room-overtaken',
      `what somebody else wrote at the same time came before it, and now it does nothing (${cause.message}): look at the room as it is, and write it again if it is still wanted`,
      { cause },
    );
  }
}

/** So much waits for this author's rate that one more would wait for a minute. It has not left this Node. */
export class RoomTooFastError extends LeafcutterError {
  /** @param rate as `RoomRate` */
  constructor(rate: { readonly updatesPerSecond: number; readonly bytesPerSecond: number }, afterS: number) {
    const { updatesPerSecond, bytesPerSecond } = rate;
    super(
      'room-too-fast',
      `this room takes ${updatesPerSecond} updates and ${bytesPerSecond} bytes a second of each author, and ${afterS} s of that wait already: wait for some, or write more in one`,
    );
  }
}

/** The reducer answered differently the second time: what the state of this room is cannot be said here. Its updates are as they were. */
export class RoomStoppedError extends LeafcutterError {
  constructor(reason: string) {
    super(
      'room-stopped',
      `the room has stopped here: ${reason}; its updates are as they were: reload the page, or update the program, and open it again`,
    );
  }
}

/** What no checkpoint has closed has reached what a Node keeps of it. It has not left this Node. */
export class RoomFullError extends LeafcutterError {
  /** @param waitedMs for the administrator who is here; undefined: there is none */
  constructor(limitBytes: number, waitedMs: number | undefined) {
    const why =
      waitedMs === undefined
        ? 'an administrator has to be here, who makes checkpoints'
        : `the administrator who is here has closed nothing of it for ${Math.round(waitedMs / 1000)} s; write it again when \`events.finality\` says that something is`;
    super('room-full', `what is open in this room has reached ${limitBytes} bytes: ${why}`);
  }
}

/** Whoever passes writes for others, and nobody is left who has said that it has the update: it may have come to one that left. */
export class RoomLeftError extends LeafcutterError {
  constructor() {
    super(
      'room-left',
      'whoever had the room has left, and nobody has said that the update is there: look for it, and try again',
    );
  }
}

/** `close` was called, or the Node has closed. */
export class RoomClosedError extends LeafcutterError {
  constructor() {
    super('room-closed', 'this room is closed here: open it again');
  }
}
