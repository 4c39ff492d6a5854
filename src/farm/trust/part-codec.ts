/**
 * A part as it travels to the second copy and lies on a disk: what the store says of it, or only the results that have come into it since
 * (results-codec.ts), and in front of it whose results are in it and which of their pieces nobody has checked yet. So what is known of a
 * part's makers is wherever the part is.
 *
 * Layout, little-endian: mark (u32; tells the two forms apart), generation (u32), makers (u32), pieces (u32); each maker (16 bytes);
 * each piece: Task, first piece, count, number of its maker (u32 each), hash (16 bytes); then the bytes of its form.
 */
import { fromHex, LeafcutterError, toHex } from '../../runtime/index.ts';
import { type NodeId, nodeIdFromBytes, nodeIdToBytes } from '../../wire/index.ts';
import { MAX_RESULT_BYTES, type PieceRange } from '../contract.ts';

/** A piece of a result that is here, and that nobody else has computed yet. */
export interface UncheckedPiece {
  readonly task: number;
  readonly range: PieceRange;
  readonly maker: NodeId;
  /** Of its bytes as the maker brought them: `hashOfPiece`. */
  readonly hash: string;
}

export interface AttributedPart {
  /** `whole`: the store's bytes. `results`: those of results-codec.ts. */
  readonly form: 'whole' | 'results';
  /** How many liars were known when it was begun: what was begun with more of them known counts. */
  readonly generation: number;
  readonly makers: readonly NodeId[];
  readonly unchecked: readonly UncheckedPiece[];
  readonly bytes: Uint8Array;
}

const MARKS: Readonly<Record<AttributedPart['form'], number>> = { whole: 0x3150464c, results: 0x3152464c };
const FORMS = ['whole', 'results'] as const;
const HEADER_BYTES = 16;
const NODE_BYTES = 16;
export const HASH_BYTES = 16;
const PIECE_BYTES = 16 + HASH_BYTES;
/** More of either in one part would be no honest one. */
const MAX_MAKERS = 1024;
const MAX_UNCHECKED = 4096;
export const MAX_PART_BYTES =
  HEADER_BYTES + NODE_BYTES * MAX_MAKERS + PIECE_BYTES * MAX_UNCHECKED + MAX_RESULT_BYTES;

export function encodeAttributed(part: AttributedPart): Uint8Array {
  const { form, generation, makers, unchecked, bytes } = part;
  const whole = new Uint8Array(
    HEADER_BYTES + NODE_BYTES * makers.length + PIECE_BYTES * unchecked.length + bytes.length,
  );
  const view = new DataView(whole.buffer);
  for (const [i, number] of [MARKS[form], generation, makers.length, unchecked.length].entries())
    view.setUint32(4 * i, number, true);
  let at = HEADER_BYTES;
  for (const maker of makers) {
    whole.set(nodeIdToBytes(maker), at);
    at += NODE_BYTES;
  }
  for (const { task, range, maker, hash } of unchecked) {
    for (const [i, number] of [task, range.first, range.count, makers.indexOf(maker)].entries())
      view.setUint32(at + 4 * i, number, true);
    whole.set(fromHex(hash), at + 16);
    at += PIECE_BYTES;
  }
  whole.set(bytes, at);
  return whole;
}

/** @throws LeafcutterError `bad-part` */
export function decodeAttributed(whole: Uint8Array): AttributedPart {
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  if (whole.length < HEADER_BYTES) throw damaged();
  const form = FORMS.find((one) => MARKS[one] === view.getUint32(0, true));
  if (!form) throw damaged();
  const [generation, makerCount, uncheckedCount] = [4, 8, 12].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
  ];
  const start = HEADER_BYTES + NODE_BYTES * makerCount;
  const end = start + PIECE_BYTES * uncheckedCount;
  if (makerCount > MAX_MAKERS || uncheckedCount > MAX_UNCHECKED || end > whole.length) throw damaged();
  const makers = Array.from({ length: makerCount }, (_, i) =>
    nodeIdFromBytes(whole, HEADER_BYTES + NODE_BYTES * i),
  );
  const unchecked = Array.from({ length: uncheckedCount }, (_, i): UncheckedPiece => {
    const at = start + PIECE_BYTES * i;
    const maker = makers[view.getUint32(at + 12, true)];
    if (maker === undefined) throw damaged();
    const range = { first: view.getUint32(at + 4, true), count: view.getUint32(at + 8, true) };
    const hash = toHex(whole.subarray(at + 16, at + PIECE_BYTES));
    return { task: view.getUint32(at, true), range, maker, hash };
  });
  return { form, generation, makers, unchecked, bytes: whole.subarray(end) };
}

export const damaged = (): LeafcutterError =>
  new LeafcutterError('bad-part', 'a part of the results is damaged');
