/**
 * What was given together (one file, a dropped folder, an archive) as one namespace of paths. Exporters disagree about
 * percent-encoding, letter case, accents and folders, so a path is looked up exactly first, then ever more forgivingly.
 */
import { SceneError } from '../errors.ts';
import { isZip, openArchive } from './archive.ts';
import { decodeDataUri, isDataUri } from './data-uri.ts';
import { baseName, foldedName, isOnTheWeb, readingsOf } from './reference.ts';

/** A file that was given, for reading the same scene of fewer files. */
export interface SourceFile {
  /** As it was given. */
  readonly path: string;
  /** Else only its name counts: to take it away would make another file's name unmistakable. */
  readonly isRead: boolean;
}

/** Fetches what a relative URI means that is not among the files given; undefined where there is nothing. */
export type FetchBeside = (uri: string) => Promise<Uint8Array | undefined>;

export class FileBundle {
  readonly #files = new Map<string, { readonly origin: string; readonly open: () => Uint8Array }>();
  /** All that was given: a file of its own, or one in an archive. */
  readonly #given: { readonly path: string; readonly origin: string }[] = [];
  readonly #archives = new Set<string>();
  readonly #read = new Set<string>();
  readonly #byFoldedName = new Map<string, string>();
  /** A base name that several files share maps to undefined: a guess would be wrong. */
  readonly #byBaseName = new Map<string, string | undefined>();

  /** Archives among the files are opened in place. @throws SceneError `archive-damaged`, `too-large` */
  constructor(files: ReadonlyMap<string, Uint8Array>) {
    for (const [name, bytes] of files) {
      // A .usdz is an archive that its own reader opens.
      if (isZip(bytes) && !/\.usdz$/i.test(name)) {
        this.#archives.add(name);
        for (const [path, open] of openArchive(name, bytes)) this.#add(path, name, open);
      } else {
        this.#add(name, name, () => bytes);
      }
    }
  }

  #add(name: string, origin: string, open: () => Uint8Array): void {
    const path = normalise(name);
    this.#files.set(path, { origin, open });
    this.#given.push({ path, origin });
    this.#byFoldedName.set(foldedName(path), path);
    const base = foldedName(baseName(path));
    this.#byBaseName.set(base, this.#byBaseName.has(base) ? undefined : path);
  }

  get paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  get archives(): readonly string[] {
    return [...this.#archives];
  }

  /** The bytes of a path that `paths` lists. */
  read(path: string): Uint8Array {
    const file = this.#files.get(path);
    if (!file) throw new SceneError('missing-file', path, 'was not given');
    this.#read.add(path);
    return file.open();
  }

  /** What of the given files has been read so far, in their order, and of the others what the same look-ups depend on. */
  get sources(): readonly SourceFile[] {
    const origins = new Set([...this.#read].map((path) => this.#files.get(path)?.origin));
    const nameOf = (path: string): string => foldedName(baseName(path));
    const names = new Set(
      this.#given.filter(({ origin }) => origins.has(origin)).map(({ path }) => nameOf(path)),
    );
    const sources = new Map<string, SourceFile>();
    for (const { path, origin } of this.#given) {
      // An archive's names are inside of it.
      const isRead = origins.has(origin) || this.#archives.has(origin);
      if (origins.has(origin) || names.has(nameOf(path))) sources.set(origin, { path: origin, isRead });
    }
    return [...sources.values()];
  }

  /** The listed path that is meant by `path`, if any. */
  find(path: string): string | undefined {
    return this.#at(path) ?? this.#byBaseName.get(foldedName(baseName(normalise(path))));
  }

  /** The one that lies there, in whatever spelling. */
  #at(path: string): string | undefined {
    const wanted = normalise(path);
    return this.#files.has(wanted) ? wanted : this.#byFoldedName.get(foldedName(wanted));
  }

  /**
   * What a file at `from` means by `uri`: a `data:` URI, or a relative reference.
   * @param part the reference's place in the file, for messages
   * @throws SceneError `missing-file`, `json-damaged` for a `data:` URI that does not decode
   */
  async resolve(from: string, uri: string, part: string, beside?: FetchBeside): Promise<Uint8Array> {
    if (isDataUri(uri)) return decodeDataUri(uri, part);
    const folder = from.slice(0, from.lastIndexOf('/') + 1);
    const readings = readingsOf(uri);
    for (const reading of readings) {
      const path = this.find(folder + reading) ?? this.#at(folder + baseName(reading));
      if (path !== undefined) return this.read(path);
    }
    const found = await beside?.(uri);
    if (found) return found;
    const name = readings.at(-1) ?? uri;
    const reason = isOnTheWeb(uri)
      ? `is at ${uri.slice(0, 200)}; give the file together with the scene`
      : `the file "${name.slice(0, 200)}" was not given; it belongs together with the scene`;
    throw new SceneError('missing-file', part, reason);
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
