import { expect, it } from 'vitest';
import type { Member, UpdateHash } from '../services/rooms/index.ts';
import { otherNode, someNode } from './job-views.testing.ts';
import { type RoomWork, untilWhole } from './room-command.ts';

const self = { node: someNode, isSelf: true, isHere: true } as Member;
const other = { node: otherNode, isSelf: false, isHere: true } as Member;
const { signal } = new AbortController();

/** Synced as far as anybody is here to say what there is. */
const roomOf = (members: readonly Member[], heads?: readonly UpdateHash[]): RoomWork['room'] =>
  ({ synced: async () => undefined, members, headsOf: () => heads }) as unknown as RoomWork['room'];

it('takes a room for whole when somebody who is still there has said what it has, be that nothing', async () => {
  await untilWhole({ room: roomOf([self, other], []), signal });
});

it('says that whoever had the room has left, instead of showing what is here as if it were all', async () => {
  const left = { ...other, isHere: false };
  for (const members of [[self], [self, left]]) {
    const whole = untilWhole({ room: roomOf(members), signal });
    await expect(whole).rejects.toThrow('whoever had the room has just left: try again');
  }
});

it('says that whoever has the room is silent', async () => {
  const whole = untilWhole({ room: roomOf([self, other]), signal });
  await expect(whole).rejects.toThrow('does not say what it has: try again');
});
