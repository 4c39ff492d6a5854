/**
 * JSON as people and careless exporters write it: with comments, commas after the last entry, and numbers that JSON does not
 * have (Python's NaN and Infinity, C's nan and 1.#IND). Tried only where the text is no JSON, so that nobody else pays for it.
 */

/** Strings are passed over as a whole: what is in them is theirs. What does not end goes to the end, so that no text is read twice. */
const STRING = /"[^"\\]*(?:\\[\s\S]?[^"\\]*)*(?:"|$)/.source;
const COMMENT = /\/\/[^\n]*|\/\*(?:[\s\S]*?\*\/|[\s\S]*$)/.source;
const NO_NUMBER = /[-+]?\b(?:(?:nan|inf|infinity)\b(?:\(\w*\))?|1\.#\w+)/.source;
const TOKENS = new RegExp(`${STRING}|${COMMENT}|${NO_NUMBER}`, 'gi');
const LAST_COMMAS = new RegExp(`${STRING}|,(?=\\s*[\\]}])`, 'g');

/** The same as JSON: a number that is none is null. */
export function plainJson(text: string): string {
  const kept = (replacement: string) => (token: string) => (token.startsWith('"') ? token : replacement);
  return text
    .replace(TOKENS, (token) => kept(token.startsWith('/') ? ' ' : 'null')(token))
    .replace(LAST_COMMAS, kept(''));
}
