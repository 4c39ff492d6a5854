/**
 * Addresses of the files that come with the page under names of their own (`public/`): kernel, samples, environments. The
 * version of their content is part of the address, so that the server lets a browser keep them for ever.
 */

/** Path to version, put in by the build (scripts/page-build.ts); the server computes the same (signaling/page-files.ts). */
declare const __PAGE_FILE_VERSIONS__: Readonly<Record<string, string>>;

/** @param path below the page, e.g. "generated/kernel.wasm" */
export function pageFile(path: string): URL {
  const url = new URL(path, document.baseURI);
  const version = __PAGE_FILE_VERSIONS__[path];
  if (version !== undefined) url.searchParams.set('v', version);
  return url;
}
