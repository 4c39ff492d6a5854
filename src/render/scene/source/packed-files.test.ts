import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeSections } from '../bytes/sections.ts';
import { SceneError } from '../errors.ts';
import { packFiles, unpackFiles } from './packed-files.ts';

const contents = fc.uint8Array({ maxLength: 40 });
const named = fc.uniqueArray(fc.tuple(fc.string({ maxLength: 20 }), contents), {
  selector: ([name]) => name,
});

describe('the files of a scene', () => {
  it('arrive in their order as they were, those that are not read as names alone', () => {
    fc.assert(
      fc.property(named, named, fc.infiniteStream(fc.boolean()), (listed, found, isRead) => {
        const files = new Map(listed);
        const sources = listed.map(([path]) => ({ path, isRead: isRead.next().value }));
        const beside = new Map(found);
        const arrived = unpackFiles(packFiles(sources, { files, beside }));
        const expected = sources.map((one) => [
          one.path,
          one.isRead ? files.get(one.path) : new Uint8Array(),
        ]);
        expect([...arrived.files]).toEqual(expected);
        expect([...arrived.beside]).toEqual(found);
      }),
    );
  });

  it('are not packed where one that is read is missing', () => {
    const pack = () => packFiles([{ path: 'a.bin', isRead: true }], { files: new Map(), beside: new Map() });
    expect(pack).toThrow('a.bin: was not given');
  });

  it.each([
    ['no object', 5],
    ['no lists', { files: 1, beside: [] }],
    ['no list beside', { files: [] }],
    ['a file that is none', { files: [['a']], beside: [] }],
    ['a name that is none', { files: [[1, true]], beside: [] }],
    ['a name longer than any', { files: [['a'.repeat(5_000), false]], beside: [] }],
    ['more names than an archive may have', { files: Array(10_001).fill(['a', false]), beside: [] }],
    ['a name beside that is none', { files: [], beside: [[]] }],
    [
      'a name twice',
      {
        files: [
          ['a', false],
          ['a', false],
        ],
        beside: [],
      },
    ],
    ['a name beside twice', { files: [], beside: ['a', 'a'] }, 2],
    ['fewer contents than names', { files: [['a', true]], beside: [] }, 0],
    ['more contents than names', { files: [['a', true]], beside: [] }, 2],
  ])('are refused with %s', (_, manifest, sections = 0) => {
    const bytes = writeSections('LCSO', 1, manifest, Array(sections).fill(Uint8Array.of(1)));
    expect(() => unpackFiles(bytes)).toThrow(SceneError);
    expect(() => unpackFiles(bytes)).toThrow(/LCSO blob/);
  });

  it('are refused, and nothing worse, whatever arrives', () => {
    const whole = packFiles([{ path: 'a', isRead: true }], {
      files: new Map([['a', new Uint8Array(20)]]),
      beside: new Map(),
    });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, value, isCut) => {
        const damaged = isCut ? whole.slice(0, at) : whole.with(at, value);
        try {
          unpackFiles(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(SceneError);
        }
      }),
    );
  });
});
