import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../runtime/index.ts';
import { PIECE_BYTES } from '../../../services/blobs/table.ts';
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

  it('lie so that what did not change is the same pieces of a quarter of a mebibyte', () => {
    const random = (length: number, seed: number): Uint8Array<ArrayBuffer> =>
      Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 0x9e3779b1) >>> 24);
    const [mesh, picture] = [random(5_000_000, 1), random(6_000_001, 7)];
    const glb = (json: string): Uint8Array => {
      const head = new DataView(new ArrayBuffer(28 + json.length));
      head.setUint32(0, 0x46546c67, true);
      head.setUint32(12, json.length, true);
      return concatBytes(new Uint8Array(head.buffer), mesh);
    };
    const piecesOf = (packed: Uint8Array): Set<string> => {
      const pieces = Array.from({ length: Math.ceil(packed.length / PIECE_BYTES) }, (_, i) =>
        createHash('sha256').update(packed.subarray(i * PIECE_BYTES, (i + 1) * PIECE_BYTES)),
      );
      return new Set(pieces.map((hash) => hash.digest('hex')));
    };
    const pack = (json: string) =>
      packFiles(
        ['a.glb', 'b.png'].map((path) => ({ path, isRead: true })),
        {
          files: new Map([
            ['a.glb', glb(json)],
            ['b.png', picture],
          ]),
          beside: new Map(),
        },
      );
    const before = piecesOf(pack('{}  '));
    const after = [...piecesOf(pack('{"materials": [{}, {}, {}]}  '))];
    expect(after.length).toBeGreaterThan(42);
    expect(after.filter((piece) => !before.has(piece)).length).toBeLessThanOrEqual(2);
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
    const bytes = writeSections('LCSO', 2, manifest, Array(sections).fill(Uint8Array.of(1)));
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
