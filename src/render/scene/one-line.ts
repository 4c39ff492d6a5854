/**
 * Texts of a stranger's file as they may stand in a message: on one line, without what a terminal would obey (escapes,
 * controls) or what turns the direction of reading.
 */

/** C0 and C1 controls, line and paragraph separators, and Unicode's marks, embeddings and isolates of direction. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** @param most characters, beyond which the text is cut */
export function oneLine(text: string, most: number): string {
  const line = text.replace(UNPRINTABLE, ' ').replace(/ {2,}/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
