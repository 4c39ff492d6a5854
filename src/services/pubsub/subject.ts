/**
 * Subjects and patterns as NATS has them (docs.nats.io, "Subject-Based Messaging"), read once where they come in: what carries one of the
 * two brands has been checked. Stricter in one thing: no control characters, so that a subject is one line wherever it is shown.
 */
import { LeafcutterError } from '../../runtime/index.ts';
import { MAX_SUBJECT_BYTES, MAX_TOKENS, type Pattern, type Subject } from './contract.ts';

export const ANY_TOKEN = '*';
export const ANY_REST = '>';

/** A text that is no subject, or no pattern. `code` is `bad-subject` or `bad-pattern`, or `kept-subject` for one of the system's own. */
export class SubjectError extends LeafcutterError {}

/** @throws SubjectError */
export function subject(text: string): Subject {
  const problem = subjectProblem(text);
  if (problem) throw new SubjectError('bad-subject', `"${shown(text)}" is no subject: ${problem}`);
  return text as Subject;
}

/** @throws SubjectError */
export function pattern(text: string): Pattern {
  const problem = patternProblem(text);
  if (problem) throw new SubjectError('bad-pattern', `"${shown(text)}" cannot be subscribed to: ${problem}`);
  return text as Pattern;
}

/** Why it is none, as half a sentence; undefined when it is one. */
export function subjectProblem(text: string): string | undefined {
  return problemOf(text, false);
}

/** The same for a pattern. */
export function patternProblem(text: string): string | undefined {
  return problemOf(text, true);
}

/** Whether the pattern could match more than the subject of its own name. */
export function hasWildcard(pattern: Pattern): boolean {
  return pattern.split('.').some((token) => token === ANY_TOKEN || token === ANY_REST);
}

/**
 * What matching means, token by token, for one pattern and the tokens of a subject. Which of many patterns match a subject is for
 * trie.ts, which is held against this.
 */
export function matches(pattern: string, given: readonly string[]): boolean {
  const wanted = pattern.split('.');
  for (const [at, token] of wanted.entries()) {
    if (token === ANY_REST) return given.length > at;
    if (given[at] === undefined || (token !== ANY_TOKEN && token !== given[at])) return false;
  }
  return wanted.length === given.length;
}

const DOT = 0x2e;
const STAR = 0x2a;
const REST = 0x3e;
const BLANK = 0x20;
const DELETE = 0x7f;
const LAST_CONTROL = 0x9f;

function problemOf(text: string, mayHaveWildcards: boolean): string | undefined {
  // From a program without types: an error of ours, not of whoever reads it first.
  if (typeof text !== 'string') return 'it is no text';
  if (text === '') return 'it is empty';
  let bytes = 0;
  let tokens = 1;
  let tokenAt = 0;
  for (let at = 0; at <= text.length; at++) {
    const unit = at < text.length ? text.charCodeAt(at) : DOT;
    if (unit === DOT) {
      const length = at - tokenAt;
      if (length === 0) return 'a token between two dots is empty';
      const problem = length === 1 && wildcardProblem(text, tokenAt, mayHaveWildcards);
      if (problem) return problem;
      if (at === text.length) break;
      if (++tokens > MAX_TOKENS) return `it has more than ${MAX_TOKENS} tokens`;
      tokenAt = at + 1;
    } else if (unit <= BLANK) {
      return 'it has a blank or a control character in it';
    } else if (unit >= DELETE && unit <= LAST_CONTROL) {
      return 'it has a control character in it';
    } else if (unit >= 0xd800 && unit <= 0xdfff) {
      const isPair = unit < 0xdc00 && text.charCodeAt(at + 1) >= 0xdc00 && text.charCodeAt(at + 1) <= 0xdfff;
      if (!isPair) return 'it is no valid Unicode';
      at++;
      bytes += 3;
    } else {
      bytes += unit < 0x80 ? 0 : unit < 0x800 ? 1 : 2;
    }
    if (++bytes > MAX_SUBJECT_BYTES) return `it has more than ${MAX_SUBJECT_BYTES} bytes`;
  }
  return undefined;
}

/** Of a token of one character. */
function wildcardProblem(text: string, at: number, mayHaveWildcards: boolean): string | undefined {
  const unit = text.charCodeAt(at);
  if (unit !== STAR && unit !== REST) return undefined;
  if (!mayHaveWildcards) return `"${text[at]}" stands for other tokens, and a message has one subject`;
  if (unit === REST && at !== text.length - 1) return '">" stands for the rest, so nothing comes after it';
  return undefined;
}

/** In an error: on one line and not endless. */
function shown(text: string): string {
  const whole = String(text);
  const line = whole.slice(0, 80).replace(/[\p{Cc}\s]/gu, '?');
  return whole.length > 80 ? `${line}...` : line;
}
