/**
 * The common shape of our binary formats: an 8-byte magic and version, a JSON manifest, then sections of raw
 * little-endian data, each aligned to 16 bytes so that a reader can view them in place.
 *
 *   0  4 bytes  magic ("LCSC" scene, "LCEN" environment, "LCSO" a scene's files)
 *   4  u32      version
 *   8  u32      length of the manifest in bytes (UTF-8 JSON, padded with spaces to a multiple of 16 from the file's start)
 *   12 u32      number of sections
 *   16 u32 x 2  offset and length in bytes of each section, in order
 *   .. manifest, then the sections with zero padding between; the file ends with the last section's last byte
 *
 * A format may give its sections other places ({@link Placing}).
 *
 * All hosts that run WASM in a browser are little-endian, so typed arrays are copied as they are.
 */
import { SceneError } from '../errors.ts';

const ALIGNMENT = 16;
const HEADER_BYTES = 16;

/** Where a section begins, behind what comes before it. One place for each: the same sections have one encoding, hence one hash. */
export type Placing = (section: Uint8Array, end: number) => number;

export const aligned = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
const plain: Placing = (_, end) => aligned(end);

export interface SectionFile {
  readonly manifest: unknown;
  readonly sections: readonly Uint8Array[];
}

/** @param magic four ASCII characters @throws SceneError `too-large` above 4 GiB */
export function writeSections(
  magic: string,
  version: number,
  manifest: unknown,
  views: readonly ArrayBufferView[],
  placing = plain,
): Uint8Array {
  const sections = views.map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  const text = new TextEncoder().encode(JSON.stringify(manifest));
  const manifestStart = HEADER_BYTES + 8 * sections.length;
  const offsets: number[] = [];
  let end = aligned(manifestStart + text.length);
  const manifestBytes = end - manifestStart;
  for (const section of sections) {
    const offset = placing(section, end);
    offsets.push(offset);
    end = offset + section.length;
  }
  if (end > 0xffff_ffff) throw new SceneError('too-large', `${magic} blob`, `would take ${end} bytes`);
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 4; i++) bytes[i] = magic.charCodeAt(i);
  view.setUint32(4, version, true);
  view.setUint32(8, manifestBytes, true);
  view.setUint32(12, sections.length, true);
  sections.forEach((section, i) => {
    const offset = offsets[i] ?? 0;
    view.setUint32(HEADER_BYTES + 8 * i, offset, true);
    view.setUint32(HEADER_BYTES + 8 * i + 4, section.length, true);
    bytes.set(section, offset);
  });
  bytes.fill(0x20, manifestStart, manifestStart + manifestBytes);
  bytes.set(text, manifestStart);
  return bytes;
}

/** Sections are views of `bytes`. @throws SceneError `blob-damaged` */
export function readSections(
  bytes: Uint8Array,
  magic: string,
  version: number,
  sectionLimit: number,
  placing = plain,
): SectionFile {
  const damaged = (reason: string, cause?: unknown): SceneError =>
    new SceneError('blob-damaged', `${magic} blob`, reason, { cause });
  if (bytes.length < HEADER_BYTES) throw damaged(`is cut short at ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== magic) throw damaged('has another magic number');
  if (view.getUint32(4, true) !== version) {
    throw damaged(`has version ${view.getUint32(4, true)}, this reader knows ${version}`);
  }
  const manifestBytes = view.getUint32(8, true);
  const count = view.getUint32(12, true);
  if (count > sectionLimit) throw damaged(`claims ${count} sections`);
  const manifestStart = HEADER_BYTES + 8 * count;
  if (manifestStart + manifestBytes > bytes.length) throw damaged('is cut short in its manifest');
  let manifest: unknown;
  try {
    const text = bytes.subarray(manifestStart, manifestStart + manifestBytes);
    manifest = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (cause) {
    throw damaged('has a manifest that is not JSON', cause);
  }
  const sections: Uint8Array[] = [];
  let previousEnd = manifestStart + manifestBytes;
  for (let i = 0; i < count; i++) {
    const offset = view.getUint32(HEADER_BYTES + 8 * i, true);
    const length = view.getUint32(HEADER_BYTES + 8 * i + 4, true);
    const section = bytes.subarray(offset, offset + length);
    if (offset !== placing(section, previousEnd) || offset + length > bytes.length) {
      throw damaged(`has section ${i} out of place`);
    }
    sections.push(section);
    previousEnd = offset + length;
  }
  if (previousEnd !== bytes.length && count > 0) throw damaged('has bytes after its last section');
  return { manifest, sections };
}

/** A view where the platform's alignment allows it, else a copy. `length` must be a multiple of the element size. */
export function viewFloat32(section: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = section.byteOffset % 4 === 0 ? section : section.slice();
  return new Float32Array(buffer, byteOffset, byteLength / 4);
}

/** As {@link viewFloat32}. */
export function viewUint32(section: Uint8Array): Uint32Array {
  const { buffer, byteOffset, byteLength } = section.byteOffset % 4 === 0 ? section : section.slice();
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}
