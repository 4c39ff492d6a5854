/**
 * Words of others in one line: no line breaks or control characters, which a terminal obeys, also one that they are pasted into, and nothing that
 * turns the direction of writing. No spaces around it.
 */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what must go
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
}
