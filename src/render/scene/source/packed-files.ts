/**
 * The files of a scene as one Blob: what travels to other Nodes, and is read there. Files are as they were given, so that it is hardly
 * larger than they are. How they are read is no part of it: another moment of an animation is the same Blob.
 *
 * The form is that of our other formats (bytes/sections.ts) with the magic "LCSO". The manifest is
 *
 *   { "files": [[path, isRead], ...], "beside": [uri, ...] }
 *
 * and the sections are the bytes of the files that are read, in order, then of what the terminal found beside the scene for a URI.
 * A file that is not read comes as its name alone (files/bundle.ts says why).
 *
 * Large files lie on the borders of the pieces in which Blobs travel (services/blobs): when one is changed the others are the same pieces
 * as before, and so is all that a GLB holds when only its JSON is another, as of a material. Whoever has the scene before gets what is new.
 */
import { aligned, readSections, writeSections } from '../bytes/sections.ts';
import { SceneError } from '../errors.ts';
import type { SourceFile } from '../files/bundle.ts';
import { MAX_ARCHIVE_ENTRIES } from '../limits.ts';

const MAGIC = 'LCSO';
const VERSION = 2;
/** Of which a Blob's pieces are. */
const PIECE_BYTES = 256 * 1024;
/** What lies on a border takes up to a piece more: a sixteenth of it at most. */
const LARGE_BYTES = 16 * PIECE_BYTES;
/** "glTF" */
const GLB_MAGIC = 0x46546c67;
const GLB_HEADER_BYTES = 12;
const GLB_CHUNK_BYTES = 8;
/** Longer than file systems allow. */
const MAX_PATH = 4_096;

/** The files of a scene by their paths, as they travel. */
export interface SceneFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What was found for a URI that names none of the files. */
  readonly beside: ReadonlyMap<string, Uint8Array>;
}

/**
 * @param sources of SceneFile.sourceFiles
 * @throws SceneError `missing-file` where one that is read is not given, `too-large` above 4 GiB
 */
export function packFiles(sources: readonly SourceFile[], { files, beside }: SceneFiles): Uint8Array {
  const contents: Uint8Array[] = [];
  for (const { path, isRead } of sources) {
    if (!isRead) continue;
    const bytes = files.get(path);
    if (!bytes) throw new SceneError('missing-file', path, 'was not given');
    contents.push(bytes);
  }
  const manifest = {
    files: sources.map(({ path, isRead }) => [path, isRead]),
    beside: [...beside.keys()],
  };
  return writeSections(MAGIC, VERSION, manifest, [...contents, ...beside.values()], onBorder);
}

/** The contents are views of `bytes`. @throws SceneError `blob-damaged` */
export function unpackFiles(bytes: Uint8Array): SceneFiles {
  const { manifest, sections } = readSections(bytes, MAGIC, VERSION, 2 * MAX_ARCHIVE_ENTRIES, onBorder);
  const { files: listed, beside: uris } = readManifest(manifest);
  const files = new Map<string, Uint8Array>();
  const beside = new Map<string, Uint8Array>();
  const contents = sections.values();
  const next = (): Uint8Array => {
    const { value } = contents.next();
    if (!value) throw damaged('names more files than it holds');
    return value;
  };
  for (const [path, isRead] of listed) files.set(path, isRead ? next() : new Uint8Array());
  for (const uri of uris) beside.set(uri, next());
  if (files.size < listed.length || beside.size < uris.length) throw damaged('names a file twice');
  if (!contents.next().done) throw damaged('holds more files than it names');
  return { files, beside };
}

/** A small file at the next place, a large one where it, or of a GLB its binary chunk, lies on a border. */
function onBorder(file: Uint8Array, end: number): number {
  if (file.length < LARGE_BYTES) return aligned(end);
  const head = binaryStart(file);
  return Math.ceil((end + head) / PIECE_BYTES) * PIECE_BYTES - head;
}

/** Where the binary chunk's bytes begin, behind the JSON chunk (glTF 2.0, 4.4); 0 for whatever is no GLB. */
function binaryStart(file: Uint8Array): number {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (view.getUint32(0, true) !== GLB_MAGIC) return 0;
  const start = GLB_HEADER_BYTES + GLB_CHUNK_BYTES + view.getUint32(12, true) + GLB_CHUNK_BYTES;
  return start < file.length ? start : 0;
}

interface Manifest {
  readonly files: readonly (readonly [path: string, isRead: boolean])[];
  readonly beside: readonly string[];
}

function readManifest(manifest: unknown): Manifest {
  if (
    typeof manifest !== 'object' ||
    manifest === null ||
    !('files' in manifest) ||
    !('beside' in manifest)
  ) {
    throw damaged('has a manifest of another form');
  }
  const { files, beside } = manifest;
  if (!isShortList(files) || !files.every(isListed)) throw damaged('has a damaged list of files');
  if (!isShortList(beside) || !beside.every(isPath)) throw damaged('has a damaged list of files beside it');
  return { files, beside };
}

const isShortList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.length <= MAX_ARCHIVE_ENTRIES;

const isPath = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_PATH;

const isListed = (value: unknown): value is readonly [string, boolean] =>
  Array.isArray(value) && value.length === 2 && isPath(value[0]) && typeof value[1] === 'boolean';

const damaged = (reason: string): SceneError => new SceneError('blob-damaged', `${MAGIC} blob`, reason);
