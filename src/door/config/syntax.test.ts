import { describe, expect, it } from 'vitest';
import { type ConfigSources, type ConfigValue, parseConfig } from './syntax.ts';

const SOURCES: ConfigSources = {
  read: (path) => ({ path, text: path === 'more.conf' ? 'b: 2\nname: $who' : `include "${path}"` }),
  variable: (name) => ({ PORT: '4333', WORD: '"a b"', LOOP: '$LOOP' })[name],
};

function plain(value: ConfigValue): unknown {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'number':
      return value.number;
    case 'boolean':
      return value.isTrue;
    case 'array':
      return value.items.map(plain);
    case 'map':
      return Object.fromEntries([...value.entries].map(([key, one]) => [key, plain(one)]));
  }
}

const read = (text: string): unknown => plain(parseConfig(text, SOURCES));

describe("NATS' configuration syntax", () => {
  it('has three ways to say what a key is, and two to say where it ends', () => {
    expect(read('a: 1\nb = two, c three; d { e: 1 } f {\n g = h }\n"quoted key": 1')).toEqual({
      a: 1,
      b: 'two',
      c: 'three',
      d: { e: 1 },
      f: { g: 'h' },
      'quoted key': 1,
    });
    expect(read('{ a: 1 }')).toEqual({ a: 1 });
    expect(read('')).toEqual({});
  });

  it('tells numbers, sizes, booleans and texts apart', () => {
    expect(
      read(
        `a: 12, b: 1MB, c: 2k, d: -1, e: true, f: off, g: "12", h: 'x "y"', i: "t\\t\\"", j: 2s, k: nats://h:1/x`,
      ),
    ).toEqual({
      ...{ a: 12, b: 1024 * 1024, c: 2000, d: -1, e: true, f: false },
      ...{ g: '12', h: 'x "y"', i: 't\t"', j: '2s', k: 'nats://h:1/x' },
    });
    expect(read('a: (\n  some\n  lines\n)\nb: 1')).toEqual({ a: 'some\n  lines', b: 1 });
  });

  it('reads arrays with commas, lines or both, and passes over comments', () => {
    expect(read('a: [1, "q.* grp"\n foo.> # why\n { b: [] }] // the end\n# a: 2\nb: x#y')).toEqual({
      a: [1, 'q.* grp', 'foo.>', { b: [] }],
      b: 'x',
    });
  });

  it('puts variables in, of the file and of the environment, and other files', () => {
    expect(read('who: joe\nport: $PORT\nword: $WORD\nuser: { name: $who }\ninclude "more.conf"')).toEqual({
      who: 'joe',
      port: 4333,
      word: 'a b',
      user: { name: 'joe' },
      b: 2,
      name: 'joe',
    });
  });

  it.each([
    ['a: 1\nb: {\nc: 1', 'line 3: a "{" of line 2 is not closed'],
    ['a: [1', 'line 1: a "[" of line 1 is not closed'],
    ['a: "x\nb', 'line 1: a " is not closed'],
    ['a: (x', 'line 1: a "(" is not closed'],
    ['a:', 'line 1: "a" has no value'],
    ['a: }', 'line 1: "a" has no value'],
    ['a: 1\n}', 'line 2: "}" is no name of an option'],
    ['{ a: 1 } b', 'line 1: nothing is expected after the last "}"'],
    ['\na: $NONE', 'line 2: variable $NONE is set nowhere'],
    ['a: $LOOP', 'variable $LOOP is made of itself'],
    ['include 1', 'line 1: include wants the name of a file'],
    ['include "endless.conf"', 'line 1: too many files are included'],
    [`a: ${'{ a: '.repeat(100)}`, 'line 1: this is too deep'],
    [`a: ${'['.repeat(100_000)}`, 'line 1: this is too deep'],
  ])('says of %j where it is wrong', (text, problem) => {
    expect(() => read(text)).toThrow(problem);
  });
});
