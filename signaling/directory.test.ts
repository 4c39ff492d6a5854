import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../src/runtime/index.ts';
import { MAX_INSTANCES, newNodeId } from '../src/wire/index.ts';
import { Directory } from './directory.ts';

const random = seededRandom(5);
const ids = Array.from({ length: 1_200 }, () => newNodeId(random));
type Id = (typeof ids)[number];
const id = (index: number): Id => ids[index] as Id;

const directoryOf = (): Directory<string> => new Directory(seededRandom(7));
const registration = (of: Id, network = 'n', addressTag = 'a') => ({
  id: of,
  network,
  addressTag,
  since: 0,
  home: `home of ${of}`,
});
const names = (entries: readonly { readonly id: Id }[]): Id[] => entries.map((entry) => entry.id).sort();

describe('the directory', () => {
  it('introduces everyone to everyone in a small network, and says whom to tell that somebody is gone', () => {
    const directory = directoryOf();
    for (const index of [0, 1, 2]) {
      directory.add(registration(id(index)));
      const { others, strangers } = directory.introduce(id(index));
      expect(names(others)).toEqual(ids.slice(0, index).sort());
      expect(names(strangers)).toEqual(names(others));
    }
    directory.add(registration(id(3), 'another'));
    expect(directory.introduce(id(3)).others).toEqual([]);
    expect(directory.introduce(id(1)).strangers).toEqual([]);
    expect(names(directory.remove(id(1)))).toEqual([id(0), id(2)].sort());
    expect(directory.remove(id(1))).toEqual([]);
    expect(directory.networkSize('n')).toBe(2);
  });

  it('chooses a bounded number of a large network, by chance, and never oneself', () => {
    const directory = directoryOf();
    for (const each of ids) directory.add(registration(each));
    const seen = new Set<Id>();
    for (let i = 0; i < 200; i++) {
      const { others } = directory.introduce(id(0));
      expect(others.length).toBe(MAX_INSTANCES);
      expect(new Set(others).size).toBe(MAX_INSTANCES);
      for (const other of others) seen.add(other.id);
    }
    expect(seen.has(id(0))).toBe(false);
    expect(seen.size).toBeGreaterThan(1_100);
  });

  it('shows all of a network as long as they fit, and one choice of those who do not', () => {
    const directory = directoryOf();
    for (const each of ids.slice(0, MAX_INSTANCES + 1)) directory.add(registration(each));
    expect(directory.isLarge('n')).toBe(false);
    expect(names(directory.introduce(id(0)).others)).toEqual(ids.slice(1, MAX_INSTANCES + 1).sort());
    directory.add(registration(id(MAX_INSTANCES + 1)));
    expect(directory.isLarge('n')).toBe(true);
    const { length } = directory.introduce(id(0)).others;
    expect(length).toBeLessThanOrEqual(MAX_INSTANCES);
    expect(length).toBeGreaterThan(MAX_INSTANCES / 2);
  });

  it('forgets, with a fresh choice, whom a Node knew before', () => {
    const directory = directoryOf();
    for (const each of ids) directory.add(registration(each));
    const before = directory.introduce(id(0)).others;
    const after = new Set(directory.introduce(id(0)).others);
    for (const { id: each } of before.filter((other) => !after.has(other))) {
      expect(names(directory.remove(each))).not.toContain(id(0));
    }
    for (const { id: each } of after) expect(names(directory.remove(each))).toContain(id(0));
  });

  it('gives a crowd of one address one place among others, and those who speak theirs beside the silent', () => {
    const directory = directoryOf();
    for (const each of ids.slice(2)) directory.add(registration(each));
    directory.add(registration(id(0), 'n', 'elsewhere'));
    directory.add(registration(id(1)));
    let [elsewhere, silent, spoken] = [0, 0, 0];
    for (let i = 0; i < 50; i++) {
      const chosen = names(directory.introduce(id(2)).others);
      elsewhere += Number(chosen.includes(id(0)));
      silent += Number(chosen.includes(id(1)));
    }
    expect(directory.speak(id(1))).toBe(true);
    expect(directory.speak(id(1))).toBe(false);
    for (let i = 0; i < 50; i++) spoken += Number(names(directory.introduce(id(2)).others).includes(id(1)));
    expect([elsewhere, spoken]).toEqual([50, 50]);
    expect(silent).toBeLessThan(10);
  });

  it('tells as many of a loss as knew the lost one, and remembers a bounded number of acquaintances', () => {
    const directory = directoryOf();
    for (const each of ids) directory.add(registration(each));
    for (const each of ids.slice(1)) directory.acquaint(id(0), each);
    expect(directory.acquaint(id(0), id(0))).toBe(false);
    expect(directory.acquaint(id(0), newNodeId(random))).toBe(false);
    const told = directory.remove(id(0));
    expect(told.length).toBe(8 * MAX_INSTANCES);
    expect(told.at(-1)?.id).toBe(ids.at(-1));
    expect(directory.remove(id(1))).toEqual([]);
  });

  it('orders lives of one id: a newer registration is later than the one it replaces, whatever the clock says', () => {
    const directory = directoryOf();
    expect(directory.registeredAfter(id(0), 100)).toBe(100);
    directory.add({ ...registration(id(0)), since: 500 });
    expect(directory.registeredAfter(id(0), 100)).toBe(501);
    expect(directory.registeredAfter(id(0), 900)).toBe(900);
  });

  it('keeps nothing of those who are gone, and knows of the others what is so, whatever happens', () => {
    const step = fc.record({
      what: fc.constantFrom('add', 'remove', 'speak', 'introduce'),
      who: fc.nat(60),
      network: fc.nat(1),
      address: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const directory = directoryOf();
        const networks = new Map<Id, string>();
        for (const [index, each] of ids.slice(10, 60).entries()) {
          directory.add(registration(each, 'n0', `a${index % 3}`));
          networks.set(each, 'n0');
        }
        for (const { what, who, network, address } of steps) {
          const each = id(who);
          if (what === 'add' && !networks.has(each)) {
            directory.add(registration(each, `n${network}`, `a${address}`));
            networks.set(each, `n${network}`);
          } else if (what === 'remove') {
            for (const told of directory.remove(each)) {
              expect(networks.get(told.id)).toBe(networks.get(each));
            }
            networks.delete(each);
          } else if (what === 'speak') directory.speak(each);
          else {
            const own = networks.get(each);
            const mates = [...networks].filter(([other, name]) => name === own && other !== each);
            const { others } = directory.introduce(each);
            expect(new Set(others).size).toBe(others.length);
            if (own === undefined || mates.length <= MAX_INSTANCES) {
              expect(others.length).toBe(own === undefined ? 0 : mates.length);
            }
            for (const other of others) expect(networks.get(other.id)).toBe(own);
          }
          expect(names([...directory])).toEqual([...networks.keys()].sort());
          expect(directory.networkCount).toBe(new Set(networks.values()).size);
        }
        for (const each of networks.keys()) directory.remove(each);
        expect([directory.size, directory.networkCount]).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
  });
});
