import { expect, it } from 'vitest';
import { chooseMember } from './member-choice.ts';
import { id, Surroundings } from './single-node.testing.ts';

const anyone = () => true;

function room(count: number): Surroundings {
  const around = new Surroundings(id(0), 4);
  for (let i = 1; i <= count; i++) around.members.set(id(i), i <= 2 ? i : 50 + i);
  return around;
}

it('is the nearest for a near slot, else whoever comes', () => {
  expect(chooseMember(room(15).options, true, anyone)).toEqual({ peer: id(1), why: 'near' });
  expect(chooseMember(room(15).options, true, (peer) => peer !== id(1))).toEqual({
    peer: id(2),
    why: 'near',
  });
  const chosen = new Set(
    Array.from({ length: 20 }, () => chooseMember(room(15).options, false, anyone)?.why),
  );
  expect(chosen).toEqual(new Set(['random']));
});

it('is one who lacks Links rather than one who has enough', () => {
  const around = room(15);
  for (let i = 1; i <= 15; i++) around.degrees.set(id(i), i === 9 ? 5 : 6);
  expect(chooseMember(around.options, false, anyone)?.peer).toBe(id(9));
});

it('is nobody who has no room or is not free', () => {
  const around = room(3);
  around.degrees.set(id(1), 11);
  expect(chooseMember(around.options, true, (peer) => peer !== id(2))?.peer).toBe(id(3));
  expect(chooseMember(around.options, true, (peer) => peer === id(1))).toBeUndefined();
});
