import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullOf, type PayloadForm, payloadFrom, previewOf, visible } from './payload-text.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a payload on one line', () => {
  it('is JSON without its blanks, in its own words', () => {
    expect(previewOf(bytes('{ "a" : 1.50,\n "b":[12345678901234567890 , "x: y"] }'), 'json')).toBe(
      '{"a": 1.50, "b": [12345678901234567890, "x: y"]}',
    );
  });

  it('is a text where it is no JSON, and hex where it is no text', () => {
    expect(previewOf(bytes('hello\n\tworld'), 'json')).toBe('hello world');
    expect(previewOf(new Uint8Array([0xff, 0, 1]), 'json')).toBe('ff 00 01');
    expect(previewOf(bytes('42'), 'hex')).toBe('34 32');
  });

  it('is short, whatever comes, also where a character is cut in two', () => {
    const long = previewOf(bytes('葉'.repeat(100_000)), 'json');
    expect(long).toMatch(/^葉+ …$/);
    expect(long.length).toBeLessThan(170);
    expect(previewOf(new Uint8Array(1e6).fill(0xff), 'json')).toMatch(/^(ff )+…$/);
  });

  it('shows what a screen would obey', () => {
    expect(visible('a\0b\x1bc\x7f\x85\u202egpj.exe')).toBe('a␀b␛c␡\ufffd\ufffdgpj.exe');
    expect(visible('line\n\ttab')).toBe('line\n\ttab');
  });
});

describe('a payload in full', () => {
  it('is JSON by lines', () => {
    expect(fullOf(bytes('{"a":[1,2],"b":{},"c":"[,]"}'), 'json')).toEqual({
      text: '{\n  "a": [\n    1,\n    2\n  ],\n  "b": {},\n  "c": "[,]"\n}',
      form: 'json',
      omittedBytes: 0,
    });
  });

  it('says what it is shown as, and how much of it is not', () => {
    expect(fullOf(bytes('no JSON'), 'json')).toEqual({ text: 'no JSON', form: 'text', omittedBytes: 0 });
    expect(fullOf(new Uint8Array(100_000), 'text').omittedBytes).toBe(100_000 - 65_536);
    expect(fullOf(bytes('0123456789'), 'hex').text).toBe(
      '0000  30 31 32 33 34 35 36 37  01234567\n0008  38 39                    89',
    );
  });

  it('stays small, however deep it is nested', () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    expect(fullOf(bytes(deep), 'json').text.length).toBeLessThan(100 * deep.length);
  });

  it('says the same as what came: its blanks aside nothing is added or taken', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const { text: shown, form } = fullOf(bytes(text), 'json');
        expect(form).toBe('json');
        expect(JSON.parse(shown)).toEqual(JSON.parse(visible(text)));
      }),
    );
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom<PayloadForm>('json', 'text', 'hex'),
        (data, form) => {
          previewOf(data, form);
          fullOf(data, form);
        },
      ),
    );
  });
});

describe('a payload as typed', () => {
  it('travels as text, as JSON that is some, or as the bytes that hex means', () => {
    expect(payloadFrom('葉', 'text')).toEqual({ data: bytes('葉') });
    expect(payloadFrom('{"a": 1}', 'json')).toEqual({ data: bytes('{"a": 1}') });
    expect(payloadFrom('00 fF\n7f', 'hex')).toEqual({ data: new Uint8Array([0, 255, 127]) });
    expect(payloadFrom('', 'hex')).toEqual({ data: new Uint8Array() });
  });

  it('says what is wrong with it', () => {
    expect(payloadFrom("{'a': 1}", 'json')).toMatchObject({ problem: expect.stringContaining('no JSON') });
    expect(payloadFrom('abc', 'hex')).toMatchObject({ problem: expect.stringContaining('pairs') });
  });
});
