import { expect, it } from 'vitest';
import { chooseMembers } from './member-choice.ts';
import { id, Surroundings } from './single-node.testing.ts';

const anyone = () => true;

function room(count: number): Surroundings {
  const around = new Surroundings(id(0), 4);
  for (let i = 1; i <= count; i++) around.members.set(id(i), i <= 2 ? i : 50 + i);
  return around;
}

it('gives the near slots to the nearest and the others to whoever comes', () => {
  const chosen = chooseMembers(room(15).options, 6, 0, anyone);
  expect(chosen.map(({ why }) => why)).toEqual(['near', 'near', 'random', 'random', 'random', 'random']);
  expect(chosen.slice(0, 2).map(({ peer }) => peer)).toEqual([id(1), id(2)]);
  expect(new Set(chosen.map(({ peer }) => peer)).size).toBe(6);
});

it('gives only what near slots are free', () => {
  expect(chooseMembers(room(15).options, 3, 1, anyone).map(({ why }) => why)).toEqual([
    'near',
    'random',
    'random',
  ]);
  expect(chooseMembers(room(15).options, 1, 2, anyone).map(({ why }) => why)).toEqual(['random']);
});

it('leaves alone who has no room or is not free', () => {
  const around = room(4);
  around.degrees.set(id(1), 11);
  const chosen = chooseMembers(around.options, 6, 0, (peer) => peer !== id(2));
  expect(chosen.map(({ peer }) => peer).sort()).toEqual([id(3), id(4)]);
});
