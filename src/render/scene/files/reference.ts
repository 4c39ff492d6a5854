/**
 * What exporters write for the name of a file beside the scene, and what may be meant. URIs are percent-encoded or not, with
 * slashes of either kind, with queries; some are the path of a file on the exporter's own machine. The page and the terminal
 * both try these readings, in this order.
 */

import { windowsText } from './text.ts';

/** The beginning of a path on the exporter's own machine (`C:/`, `//server`, `/home`, `file:///`) or on the web. */
const ROOT = /^(?:[a-z][a-z0-9+.-]*:|\/)+/i;

/** Relative paths with forward slashes, the most literal reading first; never empty ones. */
export function readingsOf(uri: string): readonly string[] {
  const plain = uri.trim();
  const readings = [plain, percentDecoded(plain), percentDecoded(plain.replace(/[?#].*$/, ''))]
    .map((reading) => reading.replaceAll('\\', '/'))
    .flatMap((reading) => [reading, reading.replace(ROOT, '')])
    .filter((reading) => !/^[./]*$/.test(reading));
  return [...new Set(readings)];
}

/** Whether the file is fetched by another protocol than that of the file system. */
export function isOnTheWeb(uri: string): boolean {
  return /^\s*(?!file:)[a-z][a-z0-9+.-]+:/i.test(uri);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Under which two spellings of a name are one: letter case, and accents composed (Windows, Linux) or not (macOS). */
export function foldedName(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** Of UTF-8, or, from older programs, of the letters of Windows; a percent sign without a number is itself. */
function percentDecoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      windowsText(Uint8Array.of(Number.parseInt(hex, 16))),
    );
  }
}
