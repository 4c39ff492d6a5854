/** What one build of the page consists of; the build (scripts/page-build.ts) writes it into the service worker. */
export interface BuildFiles {
  /** Another one for other files. */
  readonly id: string;
  /** Every file that the page may ever ask for, the page itself first. */
  readonly files: readonly BuildFile[];
}

export interface BuildFile {
  /** Relative to the page's folder: "./" is the page, others have a hash or a version in their address. */
  readonly url: string;
  /** "sha256-…", as `fetch` checks it. */
  readonly integrity: string;
}
