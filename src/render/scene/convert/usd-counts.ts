/**
 * What a USD file says that it has, looked at before three's loader makes it: that believes each count, so that a file of a hundred bytes
 * could take all memory. Tables and arrays of binary files (crates) are looked at where the parser comes to them, faces where they are
 * made into triangles; where a mesh's faces have more corners than it lists, those from there on are left out.
 */
import { unzipSync } from 'fflate';
import { USDComposer } from 'three/examples/jsm/loaders/usd/USDComposer.js';
import { USDCParser } from 'three/examples/jsm/loaders/usd/USDCParser.js';
import { MAX_DECODED_BYTES, MAX_TRIANGLES } from '../limits.ts';

/** In one table or array: of a whole scene's triangles the corners, and as much again. */
const MAX_ELEMENTS = 6 * MAX_TRIANGLES;
/** A byte of LZ4 becomes 255 at most, in each of which four integers may be told. */
const MOST_IN_A_BYTE = 4 * 255;
/** Where a crate says where its tables are listed, and what a line of that list takes: a name, where it begins, its size. */
const TOC_AT = 16;
const TOC_LINE_BYTES = 32;
/** Those that begin with their count; the others only from version 0.4 on. */
const TABLES = /^(?:TOKENS|STRINGS|PATHS)\0*$/;
const PACKED_TABLES = /^(?:FIELDS|FIELDSETS|SPECS)\0*$/;

/** In a sentence for people: `saidBy` tells those of plain errors. */
function checkCount(count: number, fileBytes: number): void {
  if (count <= Math.min(MAX_ELEMENTS, MOST_IN_A_BYTE * fileBytes)) return;
  throw new Error(`it says that it has ${count} elements in its ${fileBytes} bytes`);
}

/** What an archive says that its files take. */
export function checkUsdArchive(bytes: Uint8Array): void {
  let unpacked = 0;
  unzipSync(bytes, {
    filter({ originalSize }) {
      unpacked += originalSize;
      return false;
    },
  });
  if (unpacked > MAX_DECODED_BYTES) throw new Error(`its files would take ${unpacked} bytes`);
}

function checkTables(buffer: ArrayBuffer): void {
  const view = new DataView(buffer);
  const long = (at: number): number => Number(view.getBigUint64(at, true));
  const isPacked = view.getUint8(8) > 0 || view.getUint8(9) >= 4;
  const toc = long(TOC_AT);
  const tables = long(toc);
  checkCount(tables, view.byteLength);
  for (let i = 0; i < tables; i++) {
    const at = toc + 8 + i * TOC_LINE_BYTES;
    const name = new TextDecoder('latin1').decode(new Uint8Array(buffer, at, 16));
    if (TABLES.test(name) || (isPacked && PACKED_TABLES.test(name)))
      checkCount(long(long(at + 16)), view.byteLength);
  }
}

type Fields = Readonly<Record<string, unknown>>;

const lengthOf = (list: unknown): number =>
  Array.isArray(list) || ArrayBuffer.isView(list) ? (list as ArrayLike<unknown> & ArrayBufferView).length : 0;

let facesLeftOut = 0;

/** How many, since it was asked for the last time. */
export function takeFacesLeftOut(): number {
  const taken = facesLeftOut;
  facesLeftOut = 0;
  return taken;
}

/** The fields of a mesh with the faces that have corners. */
function withCorners(fields: Fields): Fields {
  const { faceVertexCounts, faceVertexIndices } = fields;
  const counts = Array.from((faceVertexCounts ?? []) as ArrayLike<unknown>, Number);
  let left = lengthOf(faceVertexIndices);
  const faces = counts.findIndex((count) => {
    left -= count;
    return !(count >= 0 && left >= 0);
  });
  if (faces < 0) return fields;
  facesLeftOut += counts.length - faces;
  // Of no faces at all three makes triangles of the points as they come.
  return { ...fields, faceVertexCounts: counts.slice(0, faces), ...(faces === 0 && { points: [] }) };
}

type Method = (this: unknown, ...given: never[]) => unknown;

/** Has each call of a method of three's looked at first. @param look gives the arguments that it is then called with */
function guard<This>(
  prototype: object,
  name: string,
  look: (self: This, given: unknown[]) => unknown[],
): void {
  const own = Reflect.get(prototype, name) as Method;
  Reflect.set(prototype, name, function guarded(this: This, ...given: unknown[]) {
    return own.apply(this, look(this, given) as never[]);
  });
}

guard(USDCParser.prototype, 'parseData', (_, given) => {
  checkTables(given[0] as ArrayBuffer);
  return given;
});
guard(USDCParser.prototype, '_readCompressedArray', ({ buffer }: { readonly buffer: ArrayBuffer }, given) => {
  checkCount(Number(given[1]), buffer.byteLength);
  return given;
});
guard(USDComposer.prototype, '_buildGeometry', (_, [path, fields, ...rest]) => [
  path,
  withCorners(fields as Fields),
  ...rest,
]);
guard(USDComposer.prototype, '_buildGeometryWithSubsets', (_, [fields, ...rest]) => [
  withCorners(fields as Fields),
  ...rest,
]);
