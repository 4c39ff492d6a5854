/**
 * The files of the built page as they lie on disk: where an address leads, what its bytes hash to, and which compressed
 * forms the build has put beside it. Every lookup looks at the disk again, so that a page built anew is served at once.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** In the order of preference: brotli is a sixth smaller than gzip on this page. */
export const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

export type Encoding = (typeof ENCODINGS)[number]['name'];

export interface PageFile {
  /** Below the page's folder, without a slash in front. */
  readonly path: string;
  /** The first 16 hex digits of the SHA-256 of its bytes: the `v` of an address that names one version of the file. */
  readonly version: string;
  /** Its compressed forms by encoding, as paths like `path`. */
  readonly encoded: ReadonlyMap<Encoding, string>;
}

const VERSION_DIGITS = 16;
/** Names of one plain segment: no hidden file, nothing that a file system could read as more than a name. */
const SEGMENT = /^[\w@-][\w.@ -]*$/;

/** The path below the page's folder that a request's path names; undefined where it names none or is no address. */
export function pagePath(requestPath: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(requestPath);
  } catch {
    return undefined;
  }
  const path = decoded.endsWith('/') ? `${decoded}index.html` : decoded;
  const [root, ...segments] = path.split('/');
  if (root !== '' || segments.length === 0) return undefined;
  return segments.every((segment) => SEGMENT.test(segment)) ? segments.join('/') : undefined;
}

export class PageFiles {
  readonly folder: string;
  readonly #versions = new Map<string, { readonly stamp: string; readonly version: string }>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** @param path as `pagePath` gives it. */
  async find(path: string): Promise<PageFile | undefined> {
    const found = await this.#stat(path);
    if (!found) return undefined;
    const stamp = `${found.mtimeMs} ${found.size}`;
    let known = this.#versions.get(path);
    if (known?.stamp !== stamp) {
      known = { stamp, version: versionOf(await readFile(join(this.folder, path))) };
      this.#versions.set(path, known);
    }
    const encoded = new Map<Encoding, string>();
    for (const { name, suffix } of ENCODINGS) {
      const compressed = await this.#stat(path + suffix);
      // An older one was made from another file.
      if (compressed && compressed.mtimeMs >= found.mtimeMs) encoded.set(name, path + suffix);
    }
    return { path, version: known.version, encoded };
  }

  async #stat(path: string): Promise<{ readonly mtimeMs: number; readonly size: number } | undefined> {
    try {
      const found = await stat(join(this.folder, path));
      return found.isFile() ? found : undefined;
    } catch {
      return undefined;
    }
  }
}

function versionOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, VERSION_DIGITS);
}
