/** Many byte strings as one: how inputs travel to the workers, and outcomes back. Little-endian u32 count, u32 lengths, then the bytes. */
import { LeafcutterError } from '../runtime/index.ts';

export function pack(items: readonly Uint8Array[]): Uint8Array {
  const headerBytes = 4 + 4 * items.length;
  const bytes = new Uint8Array(items.reduce((sum, { length }) => sum + length, headerBytes));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, items.length, true);
  let at = headerBytes;
  for (const [i, item] of items.entries()) {
    view.setUint32(4 + 4 * i, item.length, true);
    bytes.set(item, at);
    at += item.length;
  }
  return bytes;
}

/** Views of `bytes`, exactly `count` of them. @throws LeafcutterError `damaged-pack` */
export function unpack(bytes: Uint8Array, count: number): readonly Uint8Array[] {
  const headerBytes = 4 + 4 * count;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerBytes || view.getUint32(0, true) !== count) throw damaged();
  const items: Uint8Array[] = [];
  let at = headerBytes;
  for (let i = 0; i < count; i++) {
    const end = at + view.getUint32(4 + 4 * i, true);
    if (end > bytes.length) throw damaged();
    items.push(bytes.subarray(at, end));
    at = end;
  }
  if (at !== bytes.length) throw damaged();
  return items;
}

const damaged = (): LeafcutterError =>
  new LeafcutterError('damaged-pack', 'a list of inputs or results arrived damaged');
