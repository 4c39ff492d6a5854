import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_SUBJECT_BYTES, MAX_TOKENS } from './contract.ts';
import {
  hasWildcard,
  matches,
  pattern,
  patternProblem,
  SubjectError,
  subject,
  subjectProblem,
} from './subject.ts';

describe('a subject', () => {
  it('is tokens between dots, of any letters', () => {
    for (const text of ['a', 'a.b.c', '$SRV.PING', '_INBOX.x1.y2', 'Käse.チーズ.🧀', 'a*b.>c', 'A-b_c/d'])
      expect(subject(text)).toBe(text);
  });

  it('has no empty token', () => {
    for (const text of ['', '.', '.a', 'a.', 'a..b']) expect(subjectProblem(text)).toMatch(/empty/);
  });

  it('has no blank, no control character and no half of one', () => {
    for (const text of ['a b', 'a\tb', 'a\r\nPUB', ' a', '\u0000', 'a\u007f', '\u0085', '\ud800', 'a\udc00b'])
      expect(subjectProblem(text)).toMatch(/blank|control|Unicode/);
  });

  it('is no pattern', () => {
    for (const text of ['*', 'a.*', 'a.*.b', '>', 'a.>']) expect(subjectProblem(text)).toMatch(/stands for/);
  });

  it('is bounded in bytes and in tokens', () => {
    expect(subject('a'.repeat(MAX_SUBJECT_BYTES))).toHaveLength(MAX_SUBJECT_BYTES);
    expect(subjectProblem('a'.repeat(MAX_SUBJECT_BYTES + 1))).toMatch(/bytes/);
    expect(subjectProblem('ä'.repeat(MAX_SUBJECT_BYTES / 2))).toBeUndefined();
    expect(subjectProblem(`${'ä'.repeat(MAX_SUBJECT_BYTES / 2)}a`)).toMatch(/bytes/);
    expect(subjectProblem(`${'🧀'.repeat(MAX_SUBJECT_BYTES / 4)}`)).toBeUndefined();
    expect(subjectProblem(`${'🧀'.repeat(MAX_SUBJECT_BYTES / 4)}a`)).toMatch(/bytes/);
    expect(subjectProblem(Array(MAX_TOKENS).fill('a').join('.'))).toBeUndefined();
    expect(
      subjectProblem(
        Array(MAX_TOKENS + 1)
          .fill('a')
          .join('.'),
      ),
    ).toMatch(/tokens/);
  });

  it('counts its bytes as UTF-8 has them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }), (text) => {
        const plain = text.replace(/[\p{Cc}\s.*>]/gu, 'x');
        const isTooLong = new TextEncoder().encode(plain).length > MAX_SUBJECT_BYTES;
        expect(/bytes/.test(subjectProblem(plain) ?? '')).toBe(isTooLong);
      }),
    );
  });

  it('that is none is told in words, on one line', () => {
    expect(() => subject('a\nb')).toThrow(SubjectError);
    expect(() => subject('a\nb')).toThrow('"a?b" is no subject: it has a blank or a control character in it');
    expect(() => pattern('a.>.b')).toThrow(/cannot be subscribed to: ">" stands for the rest/);
  });
});

describe('a pattern', () => {
  it('means the subjects that agree with it token by token', () => {
    const meant = (one: string, given: string): boolean => matches(one, given.split('.'));
    expect(meant('a.*.c', 'a.b.c') && meant('a.>', 'a.b.c') && meant('>', 'a') && meant('a.b', 'a.b')).toBe(
      true,
    );
    expect(meant('a.*', 'a.b.c') || meant('a.>', 'a') || meant('a.b', 'a') || meant('A', 'a')).toBe(false);
  });

  it('may have * anywhere and > at the end', () => {
    for (const text of ['*', '>', 'a.*', '*.*', 'a.>', '*.b.>']) expect(pattern(text)).toBe(text);
    for (const text of ['>.a', 'a.>.b']) expect(patternProblem(text)).toMatch(/nothing comes after/);
  });

  it('has a wildcard only where it is a token of its own', () => {
    expect(['a.*', '>', 'a.>'].every((text) => hasWildcard(pattern(text)))).toBe(true);
    expect(['a', 'a*', 'a.b>c'].some((text) => hasWildcard(pattern(text)))).toBe(false);
  });
});
