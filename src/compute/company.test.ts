import { expect, it } from 'vitest';
import { Company } from './company.ts';

/** Who is inside now, in the order in which they came in. */
function hall() {
  const company = new Company();
  const inside: string[] = [];
  const leave = new Map<string, () => void>();
  const act = (name: string) => async (): Promise<void> => {
    inside.push(name);
    await new Promise<void>((done) => leave.set(name, done));
    inside.splice(inside.indexOf(name), 1);
  };
  return {
    inside: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return [...inside];
    },
    together: (name: string) => company.together(act(name)),
    alone: (name: string) => company.alone(act(name)),
    leave: (name: string) => leave.get(name)?.(),
    company,
  };
}

it('lets many in together, and one alone when all have left, before those who came later', async () => {
  const { inside, together, alone, leave, company } = hall();
  const all = [together('a'), together('b'), alone('c'), together('d'), alone('e'), together('f')];
  expect(await inside()).toEqual(['a', 'b']);
  leave('a');
  expect(await inside()).toEqual(['b']);
  leave('b');
  expect(await inside()).toEqual(['c']);
  leave('c');
  expect(await inside()).toEqual(['d']);
  leave('d');
  expect(await inside()).toEqual(['e']);
  leave('e');
  expect(await inside()).toEqual(['f']);
  leave('f');
  await Promise.all(all);
  expect(company.isEmpty).toBe(true);
});

it('goes on after one that failed', async () => {
  const company = new Company();
  const fails = (): Promise<never> => Promise.reject(new Error('no'));
  await expect(company.alone(fails)).rejects.toThrow('no');
  await expect(company.together(fails)).rejects.toThrow('no');
  expect(await company.alone(() => Promise.resolve(1))).toBe(1);
});
