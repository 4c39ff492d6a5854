/**
 * Payloads as people read and type them: JSON, text or hex. What others send is shown on one line or in full, bounded, and with nothing
 * in it that a screen would obey instead of show: control characters, and those that turn the direction of what stands beside them.
 */
export type PayloadForm = 'json' | 'text' | 'hex';

export const PAYLOAD_FORMS = [
  { id: 'json', title: 'JSON' },
  { id: 'text', title: 'Text' },
  { id: 'hex', title: 'Hex' },
] as const satisfies readonly { readonly id: PayloadForm; readonly title: string }[];

/** A payload in full, as far as it is shown. */
export interface ShownPayload {
  readonly text: string;
  /** What it is shown as: what is no JSON is shown as text, what is no text either as hex. */
  readonly form: PayloadForm;
  /** At the end. */
  readonly omittedBytes: number;
}

/** Of a line: nobody sees more of it. */
const PREVIEW_CHARACTERS = 160;
const PREVIEW_BYTES = 1_024;
/** In full: past it a page of text is slow, and nobody reads it here. */
const FULL_BYTES = 64 * 1024;
const HEX_COLUMNS = 8;
/** JSON that is nested deeper is not indented any further: else a kilobyte of brackets is a megabyte of blanks. */
const MAX_INDENT = 32;

const STRICT = new TextDecoder('utf-8', { fatal: true });
const LENIENT = new TextDecoder();
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const CONTROL = /\p{Cc}/gu;
const DELETE = 0x7f;
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** What cannot be seen, or would move what can, as a sign that can be seen. */
export function visible(text: string): string {
  return text.replace(CONTROL, controlPicture).replace(TURNING, '\ufffd');
}

/** Unicode has a picture for each of the first 32, and for DELETE. Line breaks and tabs stay what they are. */
function controlPicture(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\n' || character === '\t') return character;
  if (code === DELETE) return '\u2421';
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
}

/** On one line. */
export function previewOf(data: Uint8Array, form: PayloadForm): string {
  const head = data.subarray(0, PREVIEW_BYTES);
  const isWhole = head.length === data.length;
  const used = form === 'json' ? jsonFormOf(head, isWhole) : form;
  if (used === 'hex') {
    const shown = head.subarray(0, PREVIEW_CHARACTERS / 3);
    return hexOf(shown) + (shown.length < data.length ? ' …' : '');
  }
  const text = LENIENT.decode(head);
  const line = visible((used === 'json' ? compactJson(text) : text).replace(/\s+/g, ' ').trim());
  const isCut = line.length > PREVIEW_CHARACTERS || !isWhole;
  return isCut ? `${line.slice(0, PREVIEW_CHARACTERS)} …` : line;
}

export function fullOf(data: Uint8Array, form: PayloadForm): ShownPayload {
  const head = data.subarray(0, FULL_BYTES);
  const omittedBytes = data.length - head.length;
  const used = form === 'json' ? jsonFormOf(head, omittedBytes === 0) : form;
  if (used === 'hex') return { text: hexDump(head), form: used, omittedBytes };
  const text = LENIENT.decode(head);
  return { text: visible(used === 'json' ? indentedJson(text) : text), form: used, omittedBytes };
}

/** What is typed, as it travels, or why it cannot be that, as a sentence. */
export function payloadFrom(
  typed: string,
  form: PayloadForm,
): { readonly data: Uint8Array } | { readonly problem: string } {
  if (form !== 'hex') {
    if (form === 'json' && !isJson(typed))
      return { problem: 'This is no JSON: texts stand in "double quotes".' };
    return { data: new TextEncoder().encode(typed) };
  }
  const digits = typed.replace(/\s+/g, '');
  if (!/^(?:[\da-f]{2})*$/i.test(digits)) return { problem: 'Hex is pairs of the digits 0 to 9 and a to f.' };
  const pairs = digits.match(/../g) ?? [];
  return { data: Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)) };
}

/** Of what is wanted as JSON. The end of a text that is cut off may be half a character. */
function jsonFormOf(head: Uint8Array, isWhole: boolean): PayloadForm {
  const text = textOf(isWhole ? head : head.subarray(0, wholeCharacters(head)));
  if (text === undefined) return 'hex';
  return isWhole && isJson(text) ? 'json' : 'text';
}

/** Undefined for what is no UTF-8. */
function textOf(data: Uint8Array): string | undefined {
  try {
    return STRICT.decode(data);
  } catch {
    return undefined;
  }
}

/** Bytes up to the last character, of which a part may be missing. */
function wholeCharacters(data: Uint8Array): number {
  let end = data.length - 1;
  while (end > 0 && ((data[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return Math.max(0, end);
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Its own words, so that no number is shown as another. */
function compactJson(text: string): string {
  return (text.match(JSON_TOKEN) ?? [])
    .map((token) => (token === ',' || token === ':' ? `${token} ` : token))
    .join('');
}

function indentedJson(text: string): string {
  let depth = 0;
  let out = '';
  let before = '';
  const line = (): string => `\n${'  '.repeat(Math.min(depth, MAX_INDENT))}`;
  for (const token of text.match(JSON_TOKEN) ?? []) {
    const isOpening = token === '{' || token === '[';
    const isClosing = token === '}' || token === ']';
    const isAfterOpening = before === '{' || before === '[';
    if (isClosing) depth -= 1;
    if (isClosing ? !isAfterOpening : isAfterOpening || before === ',') out += line();
    out += token === ':' ? ': ' : token;
    if (isOpening) depth += 1;
    before = token;
  }
  return out;
}

function hexOf(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function hexDump(data: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < data.length; at += HEX_COLUMNS) {
    const part = data.subarray(at, at + HEX_COLUMNS);
    const letters = Array.from(part, (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·',
    );
    lines.push(
      `${at.toString(16).padStart(4, '0')}  ${hexOf(part).padEnd(3 * HEX_COLUMNS)} ${letters.join('')}`,
    );
  }
  return lines.join('\n');
}
