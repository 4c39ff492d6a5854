/**
 * What was given together (one file, a dropped folder, an archive) as one namespace of paths. Exporters disagree about
 * percent-encoding, letter case and folders, so a path is looked up exactly first, then ever more forgivingly.
 */
import { SceneError } from '../errors.ts';
import { isZip, openArchive } from './archive.ts';
import { decodeDataUri } from './data-uri.ts';

export class FileBundle {
  readonly #files = new Map<string, () => Uint8Array>();
  readonly #byLowerCase = new Map<string, string>();
  /** A base name that several files share maps to undefined: a guess would be wrong. */
  readonly #byBaseName = new Map<string, string | undefined>();

  /** Archives among the files are opened in place. @throws SceneError `archive-damaged`, `too-large` */
  constructor(files: ReadonlyMap<string, Uint8Array>) {
    for (const [name, bytes] of files) {
      if (isZip(bytes)) {
        for (const [path, open] of openArchive(name, bytes)) this.#add(path, open);
      } else {
        this.#add(name, () => bytes);
      }
    }
  }

  #add(name: string, open: () => Uint8Array): void {
    const path = normalise(name);
    this.#files.set(path, open);
    this.#byLowerCase.set(path.toLowerCase(), path);
    const base = baseName(path).toLowerCase();
    this.#byBaseName.set(base, this.#byBaseName.has(base) ? undefined : path);
  }

  get paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** The bytes of a path that `paths` lists. */
  read(path: string): Uint8Array {
    const open = this.#files.get(path);
    if (!open) throw new SceneError('missing-file', path, 'was not given');
    return open();
  }

  /** The listed path that is meant by `path`, if any. */
  find(path: string): string | undefined {
    const wanted = normalise(path);
    if (this.#files.has(wanted)) return wanted;
    return (
      this.#byLowerCase.get(wanted.toLowerCase()) ?? this.#byBaseName.get(baseName(wanted).toLowerCase())
    );
  }

  /**
   * What a glTF file at `from` means by `uri`: a `data:` URI, or a relative reference.
   * @param part the reference's place in the file, for messages
   * @throws SceneError `missing-file`, `json-damaged` for a `data:` URI that does not decode
   */
  resolve(from: string, uri: string, part: string): Uint8Array {
    if (uri.startsWith('data:')) return decodeDataUri(uri, part);
    if (/^[a-z][a-z0-9+.-]*:/i.test(uri)) {
      throw new SceneError(
        'missing-file',
        part,
        `is at ${uri.slice(0, 200)}; give the file together with the scene`,
      );
    }
    const folder = from.slice(0, from.lastIndexOf('/') + 1);
    for (const reference of new Set([percentDecoded(uri.replace(/[?#].*$/, '')), percentDecoded(uri), uri])) {
      const path = this.find(folder + reference);
      if (path !== undefined) return this.read(path);
    }
    const name = percentDecoded(uri).slice(0, 200);
    throw new SceneError(
      'missing-file',
      part,
      `the file "${name}" was not given; drop it together with the scene`,
    );
  }
}

/** Slashes forward, no leading "./" or "/", "." and ".." resolved without leaving the root. */
function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function percentDecoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
